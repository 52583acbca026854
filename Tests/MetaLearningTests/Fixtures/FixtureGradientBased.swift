import MetaLearning
import MetaTasks
import NeuralNetworks
import Tensors

/// MAML, its first-order form, ANIL, and MAML with learned rates and losses after every step.
extension FixtureFamilies {
  static func gradientBased(
    of fixture: Fixture, recomputing: Bool = false
  ) throws -> FixtureCase {
    let setting = try GradientSetting(fixture, recomputes: recomputing)
    let tasks = FixtureTasks(
      try setting.learner(), try setting.parameters(),
      try fixture.episodes(classCount: try fixture.classCount(of: setting.network)))
    // The parameters after 0, 1, ... inner steps.
    let adapted = try (0...setting.steps).map {
      try setting.gradientLearner(evaluationSteps: $0)
        .adapted(tasks.own, to: tasks.episode.support, key: tasks.key)
    }
    func losses(_ examples: Examples) -> [Tensor] {
      adapted.map { loss(of: setting.network(examples.inputs, $0), on: examples) }
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
    outputs += setting.adaptedNames.map { ("adapted.\($0)", last[$0]) }
    outputs += result.gradient.entries.map { entry in
      let prefix = "\(InnerLoop.ratesName)."
      return entry.name.hasPrefix(prefix)
        ? ("grad.rate.\(entry.name.dropFirst(prefix.count))", entry.leaf)
        : ("grad.param.\(entry.name)", entry.leaf)
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
  func learner() throws -> any MetaLearner {
    guard try fixture.hyper.flag("multi_step_loss") else {
      return try gradientLearner(evaluationSteps: steps)
    }
    return MultiStepLearner(
      whole: try gradientLearner(evaluationSteps: steps),
      afterSteps: try (1...steps).map { try gradientLearner(evaluationSteps: $0) },
      weights: try fixture.input("step_weights").doubles)
  }

  /// The learner whose objective is the loss after the last step.
  func gradientLearner(evaluationSteps: Int) throws -> any MetaLearner {
    let loop = try innerLoop(evaluationSteps: evaluationSteps)
    let names = network.initialParameters(RandomKey(seed: 0)).names
    if Set(names) == Set(adaptedNames) {
      return MAML(network: network, innerLoop: loop, trainsTransductively: true)
    }
    guard let head = network.layers.first(where: { layer in
      adaptedNames.contains { $0.hasPrefix("\(layer.name).") }
    }), Set(network.suffix(from: head.name).initialParameters(RandomKey(seed: 0)).names)
      == Set(adaptedNames)
    else { throw FixtureError("\(fixture.name): no learner moves just \(adaptedNames)") }
    return ANIL(
      network: network, innerLoop: loop, headName: head.name, trainsTransductively: true)
  }

  private func innerLoop(evaluationSteps: Int) throws -> InnerLoop {
    let learnsRates: Bool
    switch try fixture.hyper.string("rates") {
    case "scalar": learnsRates = false
    case "per_layer_per_step": learnsRates = true
    case let rates: throw FixtureError("\(fixture.name): no rates of kind \(rates) are known")
    }
    return InnerLoop(
      steps: steps, evaluationSteps: evaluationSteps,
      learningRate: learnsRates ? 0 : try fixture.hyper.number("inner_rate"),
      isFirstOrder: try fixture.hyper.boolean("first_order"), learnsRates: learnsRates,
      recomputes: recomputes)
  }

  /// The fixture's initial parameters and rates under the learner's names.
  func parameters() throws -> ParameterValues {
    let tree = try learner().initialParameters(RandomKey(seed: 0))
    let rates = tree.below(InnerLoop.ratesName)
    var numbers = try fixture.parameters(
      like: tree.filter { !$0.name.hasPrefix("\(InnerLoop.ratesName).") }, below: "param")
    numbers.append(try fixture.parameters(like: rates, below: "rate"), below: InnerLoop.ratesName)
    return numbers
  }
}

/// A learner that descends on a weighted sum of the query losses after each inner step.
private struct MultiStepLearner: MetaLearner {
  let whole: any MetaLearner
  /// The same learner stopped after 1, 2, ... steps.
  let afterSteps: [any MetaLearner]
  let weights: [Double]

  func initialParameters(_ key: RandomKey) -> ParameterValues { whole.initialParameters(key) }

  func adapted(_ parameters: Parameters, to support: Examples, key: SymbolicKey) -> Parameters {
    whole.adapted(parameters, to: support, key: key)
  }

  func predictions(for inputs: Tensor, with adapted: Parameters) -> Tensor {
    whole.predictions(for: inputs, with: adapted)
  }

  func transductivePredictions(for inputs: Tensor, with adapted: Parameters) -> Tensor? {
    whole.transductivePredictions(for: inputs, with: adapted)
  }

  func objective(_ parameters: Parameters, on episode: Episode, key: SymbolicKey) -> Objective {
    let losses = afterSteps.map { learner in
      let adapted = learner.adapted(parameters, to: episode.support, key: key)
      let inputs = episode.query.inputs
      return loss(
        of: learner.transductivePredictions(for: inputs, with: adapted)
          ?? learner.predictions(for: inputs, with: adapted), on: episode.query)
    }
    return Objective(loss: zip(losses, weights).reduce(Tensor.fill(0)) { $0 + $1.0 * $1.1 })
  }
}
