public import MetaTasks
public import NeuralNetworks
public import Tensors

/// What a learner needs of a network whose normalization layers measure examples.
///
/// The parameters of a learner's network are the subtree `network/` of its own; what adapting adds
/// to them stands beside it: `statistics/`, or `supportInputs/` where queries are normalised
/// together with the support set.
extension Network {
  /// Names the network's parameters among a learner's.
  public static let parametersName = "network"
  /// Names what layers measured of a support set among adapted tensors.
  private static let statisticsName = "statistics"
  /// Names the inputs of a support set among adapted tensors.
  private static let supportInputsName = "supportInputs"
  /// Names the weights of these inputs, where they have any.
  private static let supportWeightsName = "supportWeights"

  /// Whether any layer normalises by statistics of examples.
  var normalises: Bool { !normalizationModes.isEmpty }

  /// Whether any layer normalises queries by the support set, or by it and the query.
  var measuresSupport: Bool { normalises(by: [.support, .supportAndQuery, .taskNorm]) }

  /// Whether a query is normalised together with the support set.
  private var joinsQueries: Bool { normalises(by: [.supportAndQuery]) }

  private func normalises(by modes: Set<NormalizationMode>) -> Bool {
    !normalizationModes.isDisjoint(with: modes)
  }

  /// The parameters of the network, as a learner's.
  public func initialSubtree(_ key: RandomKey) -> ParameterValues {
    ParameterValues(initialParameters(key), as: Network.parametersName)
  }

  /// The results for a set of examples, whose weights count in statistics, with a learner's
  /// parameters.
  public func callAsFunction(_ examples: Examples, _ parameters: Parameters) -> Tensor {
    var context = NetworkContext(exampleWeights: examples.weights)
    return callAsFunction(examples.inputs, parameters, &context)
  }

  /// The results for inputs with a learner's parameters, in a context.
  public func callAsFunction(
    _ inputs: Inputs, _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    let own = parameters.subtree(Network.parametersName)
    // Where there is one of each, their names need not agree.
    return inputs.count == 1 && self.inputs.count == 1
      ? apply(inputs.only, own, &context) : apply(inputs, own, &context)
  }

  /// The results for inputs, normalised by these inputs themselves.
  func transductiveResults(for inputs: Inputs, with adapted: Parameters) -> Tensor {
    var context = NetworkContext()
    return self(inputs, adapted, &context)
  }

  /// Parameters together with what normalization layers measure of a support set under them: what
  /// `inductiveResults(for:with:)` needs of a learner's adapted tensors.
  public func withStatistics(of support: Examples, _ parameters: Parameters) -> Parameters {
    guard normalises else { return parameters }
    var result = parameters
    if joinsQueries {
      result.append(support.inputs.asStatistics, as: Network.supportInputsName)
      if let weights = support.weights {
        result.append(.init(name: Network.supportWeightsName, leaf: weights, role: .statistic))
      }
      return result
    }
    var context = NetworkContext(exampleWeights: support.weights, usesRunningStatistics: true)
    _ = Scope.named("support statistics") { self(support.inputs, parameters, &context) }
    result.append(context.measuredStatistics, as: Network.statisticsName)
    return result
  }

  /// Results that for each input depend on that input and the adapted tensors alone: normalization
  /// uses the statistics of the support set, or running ones, those of inner step `step`.
  ///
  /// Stops where layers normalise by the support set and its statistics are not among the adapted
  /// tensors, and where layers know only the examples at hand.
  public func inductiveResults(
    for inputs: Inputs, with adapted: Parameters, step: Int = 0
  ) -> Tensor {
    if joinsQueries { return joinedResults(for: inputs, with: adapted) }
    let statistics = adapted.subtree(Network.statisticsName)
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
      givenStatistics: statistics.isEmpty ? nil : statistics, usesRunningStatistics: true,
      step: step)
    return self(inputs, adapted, &context)
  }

  /// Results for the queries of an episode with fast weights: normalised by the queries themselves
  /// where `transductively`, else as `inductiveResults(for:with:)` does.
  func queryResults(
    of episode: Episode, _ fast: Parameters, transductively: Bool
  ) -> Tensor {
    Scope.named("query") {
      transductively
        ? transductiveResults(for: episode.query.inputs, with: fast)
        : inductiveResults(
          for: episode.query.inputs, with: withStatistics(of: episode.support, fast))
    }
  }

  /// The result of each input in a pass of its own together with the support set; passes of one
  /// shape give the same bits however many there are.
  private func joinedResults(for inputs: Inputs, with adapted: Parameters) -> Tensor {
    let support = adapted.subtree(Network.supportInputsName)
    let weights = adapted.leaf(named: Network.supportWeightsName).map {
      Tensor.concatenating([$0, .fill(1, shape: [1])], along: 0)
    }
    let supportCount = support.exampleCount
    let results = (0..<inputs.exampleCount).map { number in
      let joined = inputs.mapEntries { entry in
        Tensor.concatenating(
          [support[entry.name], entry.leaf.slice(along: 0, from: number, to: number + 1)],
          along: 0)
      }
      var context = NetworkContext(exampleWeights: weights)
      let results = self(joined, adapted, &context)
      return results.slice(along: 0, from: supportCount, to: results.shape[0])
    }
    return Tensor.concatenating(results, along: 0)
  }
}

extension NamedTree where Leaf == Tensor {
  /// The extent of the first axis of inputs.
  var exampleCount: Int { leaves.first?.shape[0] ?? 0 }

  /// The same leaves, followed rather than learned.
  var asStatistics: Parameters {
    Parameters(entries.map { .init(name: $0.name, leaf: $0.leaf, role: .statistic) })
  }
}
