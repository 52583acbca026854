public import MetaTasks
public import NeuralNetworks
public import Tensors

/// Almost no inner loop (Raghu, Raghu, Bengio and Vinyals 2020): MAML whose inner loop moves the head
/// alone, on features that are computed once.
public struct ANIL: NetworkLearner {
  /// Maps inputs to logits or predicted numbers.
  public let network: Network
  /// The steps of the head on a support set.
  public let innerLoop: InnerLoop
  /// Whether meta-training normalises queries by their own statistics.
  public let trainsTransductively: Bool
  private let body: Network
  private let head: Network

  /// Makes a learner whose inner loop moves the layer of a name and what follows it.
  ///
  /// Stops where these normalise: they see features alone.
  public init(
    network: Network, innerLoop: InnerLoop, headName: String = "head",
    trainsTransductively: Bool = false
  ) {
    self.network = network
    self.innerLoop = innerLoop
    self.trainsTransductively = trainsTransductively
    body = network.prefix(before: headName)
    head = network.suffix(from: headName)
    guard !head.normalises else {
      fatalError("The head of ANIL, from '\(headName)' on, must have no normalization layer.")
    }
  }

  /// The parameters of the network, and the learned rates of the head.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    innerLoop.initialParameters(of: network, moving: isOfHead, key)
  }

  /// The body as it is, the head after some steps on the support set, and the statistics.
  public func adapted(
    _ parameters: Parameters, to support: Examples, key: SymbolicKey
  ) -> Parameters {
    let fast = descend(
      parameters, body(support, parameters), support, steps: innerLoop.evaluationSteps)
    return body.withStatistics(of: support, fast)
  }

  /// The query loss of the moved head.
  public func objective(
    _ parameters: Parameters, on episode: Episode, key: SymbolicKey
  ) -> Objective {
    let support = body(episode.support, parameters)
    let fast = descend(parameters, support, episode.support, steps: innerLoop.steps)
    let queries = body.queryResults(
      of: episode, parameters, transductively: trainsTransductively)
    return Objective(predictions: head(queries, fast), on: episode.query)
  }

  private func isOfHead(_ name: String) -> Bool {
    head.layers.contains { name.hasPrefix("\($0.name).") }
  }

  /// The network's parameters after some steps of the head on the features of a support set.
  private func descend(
    _ parameters: Parameters, _ features: Tensor, _ support: Examples, steps: Int
  ) -> Parameters {
    let start = innerLoop.start(parameters, of: network, for: support)
    let fast = innerLoop.descend(
      start.filter { isOfHead($0.name) }, steps: steps,
      rates: parameters.below(InnerLoop.ratesName)
    ) { loss(of: head(features, $0), on: support) }
    return start.replacing(with: fast)
  }
}
