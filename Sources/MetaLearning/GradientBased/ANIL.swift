public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// Almost no inner loop (Raghu, Raghu, Bengio and Vinyals 2020): MAML whose inner loop moves the
/// head alone, on features that are computed once.
public struct ANIL: NetworkLearner {
  /// Maps inputs to logits or predicted numbers.
  public let network: Network
  /// The steps of the head on a support set.
  public let innerLoop: InnerLoop
  /// Whether meta-training normalises queries by their own statistics.
  public let trainsTransductively: Bool
  /// What the network's outputs are.
  public let meaning: Prediction.Meaning
  private let body: Network
  private let headDescent: HeadDescent

  /// Makes a learner whose inner loop moves the layer of a name and what follows it.
  ///
  /// Stops where these normalise: they see features alone.
  public init(
    network: Network, innerLoop: InnerLoop, headName: String = "head",
    trainsTransductively: Bool = false, meaning: Prediction.Meaning = .logits
  ) {
    self.network = network
    self.innerLoop = innerLoop
    self.trainsTransductively = trainsTransductively
    self.meaning = meaning
    body = network.prefix(before: headName)
    headDescent = HeadDescent(of: network, from: headName, innerLoop)
    guard !headDescent.head.normalises else {
      fatalError("The head of ANIL, from '\(headName)' on, must have no normalization layer.")
    }
  }

  /// The parameters of the network, and the learned rates of the head.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    headDescent.initialParameters(of: network, key)
  }

  /// Second derivatives, where the inner loop is of first order.
  public func approximation(at progress: LearningProgress) -> String? { innerLoop.approximation }

  /// The body as it is, the head after some steps on the support set, and the statistics.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    let fast = descend(parameters, body(support, parameters), support, context)
    return body.withStatistics(of: support, fast)
  }

  /// The query loss of the moved head.
  public func objective(
    _ parameters: Parameters, on episode: Episode, _ context: LearningContext
  ) -> Objective {
    let support = body(episode.support, parameters)
    let fast = descend(parameters, support, episode.support, context)
    let queries = body.queryResults(
      of: episode, parameters, transductively: trainsTransductively)
    return Objective(
      Prediction(headDescent.results(queries, fast), meaning), on: episode.query, context)
  }

  /// The network's parameters after some steps of the head on the features of a support set.
  private func descend(
    _ parameters: Parameters, _ features: Tensor, _ support: Examples, _ context: LearningContext
  ) -> Parameters {
    headDescent.descended(
      from: innerLoop.start(parameters, of: network, for: support), on: features, of: support,
      steps: innerLoop.stepCount(context), rates: parameters.subtree(InnerLoop.ratesName))
  }
}

extension ANIL {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "anil", "MAML whose inner loop moves the head alone (Raghu et al. 2020)"
  ) { (settings) throws(SettingsError) in
    let isFirstOrder = try settings.boolean(
      "firstOrder", "Whether inner gradients are constants to the meta-gradient.", default: false)
    let loop = try InnerLoop(settings, isFirstOrder: isFirstOrder)
    let trainsTransductively = try settings.trainsTransductively()
    return LearnerPlan(needs: loop.needs()) { parts in
      ANIL(
        network: parts.network, innerLoop: loop.adjusted(to: parts),
        trainsTransductively: trainsTransductively, meaning: parts.meaning)
    }
  }
}
