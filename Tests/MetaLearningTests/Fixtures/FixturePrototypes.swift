import MetaLearning
import MetaTasks
import NeuralNetworks
import Tensors

/// Prototypical networks.
extension FixtureFamilies {
  static func prototypes(of fixture: Fixture) throws -> FixtureCase {
    let network = try Network(try fixture.hyper.object("network"))
    let learner = PrototypicalNetworks(network: network, trainsTransductively: true)
    let tasks = FixtureTasks(
      learner,
      try fixture.parameters(ofNetworkIn: learner.initialParameters(RandomKey(seed: 0))),
      try fixture.episodes(.classes(try fixture.hyper.integer("way"))))
    let adapted = learner.adapted(tasks.own, to: tasks.episode.support, tasks.adapting)
    let result = tasks.metaGradient
    var outputs = [
      ("meta_loss", result.loss), ("task_query_loss", tasks.objective),
      ("query_logits", tasks.predictions(with: adapted)),
      ("prototypes", adapted["summary/prototypes"]),
    ]
    outputs += result.gradient.subtree(Network.parametersName).entries.map {
      ("grad.param.\($0.name)", $0.leaf)
    }
    return FixtureCase(outputs: outputs, values: tasks.values, laneCount: tasks.count)
  }
}
