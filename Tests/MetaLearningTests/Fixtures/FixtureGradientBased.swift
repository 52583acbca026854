import MetaLearning
import MetaTasks
import NeuralNetworks
import Tensors

/// MAML, its first-order form, ANIL, BOIL, Meta-SGD, and MAML with losses after every step.
extension FixtureFamilies {
  static func gradientBased(
    of fixture: Fixture, recomputing: Bool = false
  ) throws -> FixtureCase {
    let setting = try GradientSetting(fixture, recomputes: recomputing)
    let tasks = FixtureTasks(
      try setting.learner(), try setting.parameters(),
      try fixture.episodes(try fixture.target(of: setting.network)))
    // The parameters after 0, 1, ... inner steps.
    let adapted = try (0...setting.steps).map {
      try setting.gradientLearner(evaluationSteps: $0)
        .adapted(tasks.own, to: tasks.episode.support, tasks.adapting)
    }
    func losses(_ examples: Examples) -> [Tensor] {
      adapted.map { loss(of: setting.network(examples, $0), on: examples) }
    }
    let (supportLosses, queryLosses) = (losses(tasks.episode.support), losses(tasks.episode.query))
    let last = adapted[setting.steps]
    let result = tasks.metaGradient
    var outputs = [
      ("meta_loss", result.loss), ("task_objective", tasks.objective),
      ("task_query_loss", queryLosses[setting.steps]),
      ("step_support_loss", joined(supportLosses)),
      ("step_query_loss", joined(Array(queryLosses.dropFirst()))),
      ("query_logits", tasks.predictions(with: last)),
    ]
    let moved = last.subtree(Network.parametersName)
    outputs += setting.adaptedNames.map { ("adapted.\($0)", moved[$0]) }
    for (subtree, prefix) in [(Network.parametersName, "param"), (InnerLoop.ratesName, "rate")] {
      outputs += result.gradient.subtree(subtree).entries.map {
        ("grad.\(prefix).\($0.name)", $0.leaf)
      }
    }
    return FixtureCase(outputs: outputs, values: tasks.values, laneCount: tasks.count)
  }
}

/// What a fixture says of a learner by gradient descent.
private struct GradientSetting {
  let fixture: Fixture
  let network: Network
  let steps: Int
  let adaptedNames: [String]
  let recomputes: Bool

  init(_ fixture: Fixture, recomputes: Bool) throws {
    self.fixture = fixture
    self.recomputes = recomputes
    network = try Network(try fixture.hyper.object("network"))
    steps = try fixture.hyper.integer("inner_steps")
    adaptedNames = try fixture.hyper.strings("adapted_parameters")
  }

  /// The learner that a fixture is about.
  func learner() throws -> any MetaLearner { try gradientLearner(evaluationSteps: steps) }

  /// The same learner, which takes so many steps when it adapts.
  func gradientLearner(evaluationSteps: Int) throws -> any MetaLearner {
    let loop = try innerLoop(evaluationSteps: evaluationSteps)
    let meaning = try fixture.meaning()
    if try fixture.hyper.flag("multi_step_loss") {
      return WeightedSteps(
        base: MAMLPlusPlus(
          network: network, innerLoop: loop, scalesEachStep: false, meaning: meaning),
        weights: try fixture.input("step_weights").doubles)
    }
    let names = network.initialParameters(RandomKey(seed: 0)).names
    if Set(names) == Set(adaptedNames) {
      return MAML(
        network: network, innerLoop: loop, trainsTransductively: true, meaning: meaning)
    }
    let fixed = Set(names).subtracting(adaptedNames)
    if let last = network.nodes.last, fixed.allSatisfy({ $0.hasPrefix("\(last.name).") }) {
      return BOIL.learner(
        network: network, innerLoop: loop, headName: last.name, trainsTransductively: true,
        meaning: meaning)
    }
    guard
      let head = network.nodes.first(where: { node in
        adaptedNames.contains { $0.hasPrefix("\(node.name).") }
      }),
      Set(network.suffix(from: head.name).initialParameters(RandomKey(seed: 0)).names)
        == Set(adaptedNames)
    else { throw FixtureError("\(fixture.name): no learner moves just \(adaptedNames)") }
    return ANIL(
      network: network, innerLoop: loop, headName: head.name, trainsTransductively: true,
      meaning: meaning)
  }

  private func innerLoop(evaluationSteps: Int) throws -> InnerLoop {
    let learnedRates: InnerLoop.LearnedRates
    switch try fixture.hyper.string("rates") {
    case "scalar": learnedRates = .fixed
    case "per_layer_per_step": learnedRates = .perLayerAndStep
    case "per_parameter": learnedRates = .perNumber
    case let rates: throw FixtureError("\(fixture.name): no rates of kind \(rates) are known")
    }
    return InnerLoop(
      steps: steps, evaluationSteps: evaluationSteps,
      learningRate: try learnedRates == .fixed ? fixture.hyper.number("inner_rate") : 0,
      isFirstOrder: try fixture.hyper.boolean("first_order"), learnedRates: learnedRates,
      recomputes: recomputes)
  }

  /// The fixture's initial parameters and rates under the learner's names.
  func parameters() throws -> ParameterValues {
    let tree = try learner().initialParameters(RandomKey(seed: 0))
    var numbers = try fixture.parameters(ofNetworkIn: tree)
    let rates = tree.subtree(InnerLoop.ratesName)
    numbers.append(try fixture.parameters(like: rates, below: "rate"), as: InnerLoop.ratesName)
    return numbers
  }
}

/// MAML++ with given weights of the query losses after its steps.
private struct WeightedSteps: MetaLearner {
  let base: MAMLPlusPlus
  let weights: [Double]

  func initialParameters(_ key: RandomKey) -> ParameterValues { base.initialParameters(key) }

  func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters { base.adapted(parameters, to: support, context) }

  func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction {
    base.predictions(for: inputs, with: adapted)
  }

  func transductivePredictions(for inputs: Inputs, with adapted: Parameters) -> Prediction? {
    base.transductivePredictions(for: inputs, with: adapted)
  }

  func objective(
    _ parameters: Parameters, on episode: Episode, _ context: LearningContext
  ) -> Objective {
    var objective = base.objective(
      parameters, on: episode, context, weights: weights.map { Tensor.fill($0) })
    objective.reportedLoss = nil
    return objective
  }
}
