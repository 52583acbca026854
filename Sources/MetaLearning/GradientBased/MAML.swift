public import MetaTasks
public import NeuralNetworks
public import Tensors

/// Model-agnostic meta-learning (Finn, Abbeel and Levine 2017, Algorithm 2): parameters from which a
/// few gradient steps on a support set lead to good predictions.
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

  /// Makes a learner.
  public init(network: Network, innerLoop: InnerLoop, trainsTransductively: Bool = false) {
    self.network = network
    self.innerLoop = innerLoop
    self.trainsTransductively = trainsTransductively
  }

  /// The parameters of the network, and the learned rates.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    innerLoop.initialParameters(of: network, key)
  }

  /// The parameters after some steps on the support set, and its statistics under them.
  public func adapted(
    _ parameters: Parameters, to support: Examples, key: SymbolicKey
  ) -> Parameters {
    let fast = descend(parameters, on: support, steps: innerLoop.evaluationSteps)
    return network.withStatistics(of: support, fast)
  }

  /// The query loss after the inner loop.
  public func objective(
    _ parameters: Parameters, on episode: Episode, key: SymbolicKey
  ) -> Objective {
    let fast = descend(parameters, on: episode.support, steps: innerLoop.steps)
    let predictions = network.queryResults(
      of: episode, fast, transductively: trainsTransductively)
    return Objective(predictions: predictions, on: episode.query)
  }

  private func descend(_ parameters: Parameters, on support: Examples, steps: Int) -> Parameters {
    let start = innerLoop.start(parameters, of: network, for: support)
    return innerLoop.descend(start, steps: steps, rates: parameters.below(InnerLoop.ratesName)) {
      loss(of: network(support, $0), on: support)
    }
  }
}
