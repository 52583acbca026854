import MetaLearning
import MetaTasks
import NeuralNetworks
import Tensors

/// Attentive neural processes.
extension FixtureFamilies {
  /// The learner's networks with what the fixture's names of their parameters begin with.
  private static let parts = [
    ("encoder", "encoder"), ("position", "position"), ("latentEncoder", "latent_encoder"),
    ("latentHead", "latent_head"), ("decoder", "decoder"),
  ]

  static func attentiveProcess(of fixture: Fixture) throws -> FixtureCase {
    let learner = AttentiveNeuralProcess(
      networks: .init(
        encoder: try fixture.denseNetwork("encoder"),
        position: try fixture.denseNetwork("position_encoder"),
        latentEncoder: try fixture.denseNetwork("latent_encoder"),
        latentHead: try fixture.denseNetwork("latent_head"),
        decoder: try fixture.denseNetwork("decoder")),
      heads: try fixture.hyper.integer("heads"),
      inputs: [InputDescription("x", shape: [try fixture.input("context_x").shape[2]])],
      leastDeviation: try fixture.hyper.number("sigma_floor"),
      leastLatentDeviation: try fixture.hyper.number("latent_sigma_floor"))
    let tasks = FixtureTasks(
      learner, try parameters(of: learner, fixture), try fixture.pointEpisodes())
    let noise = try fixture.input("noise")
    let bound = learner.bound(
      tasks.own, on: tasks.episode,
      noise: .input("noise", shape: [noise.shape[1]], .perLane))
    let loss = sumOverLanes(bound.loss) / Double(tasks.count)
    let slope = gradient(of: loss, withRespectTo: tasks.parameters)
    var outputs = [
      ("meta_loss", loss), ("task_loss", bound.loss), ("kl", bound.divergence),
      ("attended", bound.attended), ("mu", bound.prediction.values),
      ("prior_mu", bound.prior.mean), ("prior_sigma", bound.prior.deviation),
      ("posterior_mu", bound.posterior.mean), ("posterior_sigma", bound.posterior.deviation),
    ]
    outputs += bound.prediction.logVariance.map { [("sigma", ($0 * 0.5).exp())] } ?? []
    outputs += fixtureNames(slope).entries.map { ("grad.param.\($0.name)", $0.leaf) }
    return FixtureCase(
      outputs: outputs, values: tasks.values.merging(["noise": noise]) { $1 },
      laneCount: tasks.count)
  }

  /// The parameters by the fixture's names, where the layers of a network have its name.
  private static func fixtureNames<Leaf>(_ tree: NamedTree<Leaf>) -> NamedTree<Leaf> {
    var named = NamedTree(parts.flatMap { tree.subtree($0.0).entries })
    named.append(tree.subtree("attention"), below: "attention")
    return named
  }

  private static func parameters(
    of learner: AttentiveNeuralProcess, _ fixture: Fixture
  ) throws -> ParameterValues {
    let tree = learner.initialParameters(RandomKey(seed: 0))
    let given = try fixture.parameters(like: fixtureNames(tree), below: "param")
    var numbers = parts.reduce(into: ParameterValues()) { numbers, part in
      numbers.append(given.filter { $0.name.hasPrefix("\(part.1).") }, as: part.0)
    }
    numbers.append(given.below("attention"), as: "attention")
    return numbers
  }
}
