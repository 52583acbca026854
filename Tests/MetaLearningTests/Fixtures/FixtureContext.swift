import MetaLearning
import MetaTasks
import NeuralNetworks
import Tensors

/// Learners whose inner loop moves context numbers.
extension FixtureFamilies {
  static func context(of fixture: Fixture) throws -> FixtureCase {
    let network = try Network(try fixture.hyper.object("network"))
    let size = try fixture.hyper.integer("context_size")
    let steps = try fixture.hyper.integer("inner_steps")
    let rate = try fixture.hyper.number("inner_rate")
    let width = network.inputs[0].shape[0] - size
    func learner(_ evaluationSteps: Int) -> CAVIA {
      CAVIA(
        network: CAVIA.joining(
          [InputDescription("inputs", shape: [width])], contextSize: size, before: network),
        steps: steps, evaluationSteps: evaluationSteps, learningRate: rate)
    }
    let tasks = FixtureTasks(
      learner(steps),
      try fixture.parameters(ofNetworkIn: learner(steps).initialParameters(RandomKey(seed: 0))),
      try fixture.episodes(try fixture.target(of: network)))
    let support = tasks.episode.support
    let adapted = (0...steps).map {
      learner($0).adapted(tasks.own, to: support, tasks.adapting)
    }
    let losses = adapted.dropLast().map { adapted in
      loss(of: tasks.learner.predictions(for: support.inputs, with: adapted), on: support)
    }
    let result = tasks.metaGradient
    var outputs = [
      ("meta_loss", result.loss), ("task_query_loss", tasks.objective),
      ("step_support_loss", joined(losses)), ("context", adapted[steps]["context"]),
      ("query_logits", tasks.predictions(with: adapted[steps])),
    ]
    outputs += result.gradient.subtree(Network.parametersName).entries.map {
      ("grad.param.\($0.name)", $0.leaf)
    }
    return FixtureCase(outputs: outputs, values: tasks.values, laneCount: tasks.count)
  }
}
