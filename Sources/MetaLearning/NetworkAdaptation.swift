public import MetaTasks
public import NeuralNetworks
public import Tensors

/// What a learner needs of a network whose normalization layers measure examples.
extension Network {
  /// Names the statistics of a support set among adapted tensors.
  private static let statisticsName = "supportStatistics"

  /// Names the inputs of a support set among adapted tensors, where queries are normalised together
  /// with them.
  package static let supportInputsName = "supportInputs"

  /// Names the weights of these inputs, where they have any.
  private static let supportWeightsName = "supportWeights"

  /// Whether any layer normalises by statistics of examples.
  var normalises: Bool { layers.contains { $0.layer is BatchNorm } }

  /// Whether any layer normalises queries by the support set, or by it and the query.
  var measuresSupport: Bool { normalises(by: [.support, .supportAndQuery, .taskNorm]) }

  /// Whether a query is normalised together with the support set.
  private var joinsQueries: Bool { normalises(by: [.supportAndQuery]) }

  private func normalises(by modes: Set<NormalizationMode>) -> Bool {
    layers.contains { ($0.layer as? BatchNorm).map { modes.contains($0.mode) } ?? false }
  }

  /// The results for a set of examples, whose weights count in statistics.
  public func callAsFunction(_ examples: Examples, _ parameters: Parameters) -> Tensor {
    var context = NetworkContext(exampleWeights: examples.weights)
    return apply(examples.inputs, parameters, &context)
  }

  /// Parameters together with what normalization layers measure of a support set under them: what
  /// `inductivePredictions(for:with:)` needs of a learner's adapted tensors.
  public func withStatistics(of support: Examples, _ parameters: Parameters) -> Parameters {
    guard normalises else { return parameters }
    if joinsQueries {
      var result = parameters
      result.append(
        .init(name: Network.supportInputsName, leaf: support.inputs, role: .statistic))
      if let weights = support.weights {
        result.append(.init(name: Network.supportWeightsName, leaf: weights, role: .statistic))
      }
      return result
    }
    var context = NetworkContext(exampleWeights: support.weights, usesRunningStatistics: true)
    _ = Scope.named("support statistics") { apply(support.inputs, parameters, &context) }
    var result = parameters
    result.append(context.measuredStatistics, below: Network.statisticsName)
    return result
  }

  /// Results that for each input depend on that input and the adapted tensors alone: normalization
  /// uses the statistics of the support set, or running ones.
  ///
  /// Stops where layers normalise by the support set and its statistics are not among the adapted
  /// tensors, and where layers know only the examples at hand.
  public func inductivePredictions(for inputs: Tensor, with adapted: Parameters) -> Tensor {
    if joinsQueries { return joinedPredictions(for: inputs, with: adapted) }
    let statistics = adapted.below(Network.statisticsName)
    guard !normalises(by: [.examples]) else {
      fatalError(
        "Layers that normalise by the examples at hand have no inductive predictions; make the "
          + "network with another mode, such as 'support'.")
    }
    guard !statistics.isEmpty || !normalises(by: [.support, .taskNorm]) else {
      fatalError(
        "The adapted tensors lack what layers measured of the support set; add it with "
          + "'network.withStatistics(of: support, ...)'.")
    }
    var context = NetworkContext(
      givenStatistics: statistics.isEmpty ? nil : statistics, usesRunningStatistics: true)
    return apply(inputs, adapted, &context)
  }

  /// Results for the queries of an episode with fast weights: normalised by the queries themselves
  /// where `transductively`, else as `inductivePredictions(for:with:)` does.
  func queryResults(
    of episode: Episode, _ fast: Parameters, transductively: Bool
  ) -> Tensor {
    Scope.named("query") {
      transductively
        ? self(episode.query.inputs, fast)
        : inductivePredictions(
          for: episode.query.inputs, with: withStatistics(of: episode.support, fast))
    }
  }

  /// The result of each input in a pass of its own together with the support set; passes of one shape
  /// give the same bits however many there are.
  private func joinedPredictions(for inputs: Tensor, with adapted: Parameters) -> Tensor {
    let support = adapted[Network.supportInputsName]
    let weights = adapted.leaf(named: Network.supportWeightsName).map {
      Tensor.concatenating([$0, .fill(1, shape: [1])], along: 0)
    }
    let results = (0..<inputs.shape[0]).map { number in
      let query = inputs.slice(along: 0, from: number, to: number + 1)
      var context = NetworkContext(exampleWeights: weights)
      let joined = Tensor.concatenating([support, query], along: 0)
      let results = apply(joined, adapted, &context)
      return results.slice(along: 0, from: support.shape[0], to: results.shape[0])
    }
    return Tensor.concatenating(results, along: 0)
  }
}
