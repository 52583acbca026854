public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// Model-agnostic meta-learning (Finn, Abbeel and Levine 2017, Algorithm 2): parameters from which
/// a few gradient steps on a support set lead to good predictions.
///
/// The network's normalization layers see the support set in the inner loop. A trained learner
/// normalises queries by the support set's statistics (inductive); meta-training does the same, or
/// uses the statistics of the query set, as the paper's code does.
public struct MAML: NetworkLearner {
  /// Maps inputs to logits or predicted numbers.
  public let network: Network
  /// The steps on a support set.
  public let innerLoop: InnerLoop
  /// Whether meta-training normalises queries by their own statistics.
  public let trainsTransductively: Bool
  /// What the network's outputs are.
  public let meaning: Prediction.Meaning
  /// The layer that no inner step moves (``BOIL``); nil: all are moved.
  public let fixedLayer: String?

  /// Makes a learner.
  public init(
    network: Network, innerLoop: InnerLoop, trainsTransductively: Bool = false,
    meaning: Prediction.Meaning = .logits, fixedLayer: String? = nil
  ) {
    self.network = network
    self.innerLoop = innerLoop
    self.trainsTransductively = trainsTransductively
    self.meaning = meaning
    self.fixedLayer = fixedLayer
  }

  /// The parameters of the network, and the learned rates.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    innerLoop.initialParameters(of: network, moving: moves, key)
  }

  /// Second derivatives, where the inner loop is of first order.
  public func approximation(at progress: LearningProgress) -> String? { innerLoop.approximation }

  /// Whether inner steps move a parameter of the network.
  private func moves(_ name: String) -> Bool {
    fixedLayer.map { !name.hasPrefix("\($0).") } ?? true
  }

  /// The parameters after some steps on the support set, and its statistics under them.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    network.withStatistics(of: support, descend(parameters, on: support, context))
  }

  /// The query loss after the inner loop.
  public func objective(
    _ parameters: Parameters, on episode: Episode, _ context: LearningContext
  ) -> Objective {
    let fast = descend(parameters, on: episode.support, context)
    let results = network.queryResults(of: episode, fast, transductively: trainsTransductively)
    return Objective(Prediction(results, meaning), on: episode.query, context)
  }

  private func descend(
    _ parameters: Parameters, on support: Examples, _ context: LearningContext
  ) -> Parameters {
    let start = innerLoop.start(parameters, of: network, for: support)
    let prefix = "\(Network.parametersName)/"
    let moved = innerLoop.descend(
      start.filter { moves(String($0.name.dropFirst(prefix.count))) },
      steps: innerLoop.stepCount(context), rates: parameters.subtree(InnerLoop.ratesName)
    ) { fast, _ in
      loss(of: network(support, start.replacing(with: fast)), on: support)
    }
    return start.replacing(with: moved)
  }
}

extension MAML {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "maml", "model-agnostic meta-learning through second derivatives (Finn et al. 2017)"
  ) { (settings) throws(SettingsError) in try plan(settings, isFirstOrder: false) }

  /// The learner with first derivatives alone, as recipes name it.
  public static let firstOrderEntry = LearnerEntry(
    "fomaml", "MAML whose inner gradients are constants to the meta-gradient (Finn et al. 2017)"
  ) { (settings) throws(SettingsError) in try plan(settings, isFirstOrder: true) }

  private static func plan(
    _ settings: SettingsSection, isFirstOrder: Bool
  ) throws(SettingsError) -> LearnerPlan {
    let loop = try InnerLoop(settings, isFirstOrder: isFirstOrder)
    return try plan(settings, loop, needs: loop.needs())
  }

  /// The plan of a learner with such an inner loop.
  static func plan(
    _ settings: SettingsSection, _ loop: InnerLoop, needs: LearnerNeeds, fixedLayer: String? = nil
  ) throws(SettingsError) -> LearnerPlan {
    let trainsTransductively = try settings.trainsTransductively()
    return LearnerPlan(needs: needs) { parts in
      MAML(
        network: parts.network, innerLoop: loop.adjusted(to: parts),
        trainsTransductively: trainsTransductively, meaning: parts.meaning,
        fixedLayer: fixedLayer)
    }
  }
}

extension SettingsSection {
  /// The key `trainsTransductively`.
  func trainsTransductively() throws(SettingsError) -> Bool {
    try boolean(
      "trainsTransductively",
      "Whether meta-training normalises queries by their own statistics.", default: false)
  }
}
