import MetaLearning
import MetaTasks
import NeuralNetworks
import Tensors

/// MAML with implicit gradients, whose inner steps reach the minimum.
extension FixtureFamilies {
  static func implicit(of fixture: Fixture) throws -> FixtureCase {
    // Longer and more steps than the fixture's, which ends by Newton's method.
    let meaning = try fixture.meaning()
    let rate = try fixture.hyper.number("reference_descent_rate")
    let network = try Network(try fixture.hyper.object("network"))
    let learner = ImplicitMAML(
      network: network, steps: 700, learningRate: meaning == .logits ? 2.5 * rate : 1.5 * rate,
      proximity: try fixture.hyper.number("lambda"), solverSteps: 100, meaning: meaning)
    let tasks = FixtureTasks(
      learner, try fixture.parameters(ofNetworkIn: learner.initialParameters(RandomKey(seed: 0))),
      try fixture.episodes(try fixture.target(of: network)))
    let support = tasks.episode.support
    let adapted = learner.adapted(tasks.own, to: support, tasks.adapting)
    let result = tasks.metaGradient
    var outputs = [
      ("meta_loss", result.loss), ("task_query_loss", tasks.objective),
      ("inner_objective", learner.innerLoss(adapted, near: tasks.own, on: support)),
      ("query_logits", tasks.predictions(with: adapted)),
    ]
    for (part, tree) in [("adapted", adapted), ("grad.param", result.gradient)] {
      outputs += tree.subtree(Network.parametersName).entries.map {
        ("\(part).\($0.name)", $0.leaf)
      }
    }
    return FixtureCase(outputs: outputs, values: tasks.values, laneCount: tasks.count)
  }
}
