import MetaTasks
package import NeuralNetworks
import Tensors

extension Network {
  /// Names the statistics of a support set among adapted tensors.
  static let statisticsName = "supportStatistics"

  /// Names the inputs of a support set among adapted tensors, where queries are normalised together
  /// with them.
  package static let supportInputsName = "supportInputs"

  /// Names the weights of these inputs, where they have any.
  private static let supportWeightsName = "supportWeights"

  /// Whether a query is normalised together with the support set.
  private var joinsQueries: Bool {
    layers.contains { ($0.layer as? BatchNorm)?.mode == .supportAndQuery }
  }

  /// Whether any layer normalises by statistics of examples.
  var normalises: Bool { layers.contains { $0.layer is BatchNorm } }

  /// The results for a set of examples, whose weights count in statistics.
  func callAsFunction(_ examples: Examples, _ parameters: Parameters) -> Tensor {
    var context = NetworkContext(exampleWeights: examples.weights)
    return apply(examples.inputs, parameters, &context)
  }

  /// Parameters together with what normalization layers measure of a support set under them.
  func withStatistics(of support: Examples, _ parameters: Parameters) -> Parameters {
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
    var context = NetworkContext(exampleWeights: support.weights)
    _ = Scope.named("support statistics") { apply(support.inputs, parameters, &context) }
    var result = parameters
    result.append(context.measuredStatistics, below: Network.statisticsName)
    return result
  }

  /// Results that for each input depend on that input and the adapted tensors alone: normalization
  /// uses the statistics of the support set, or running ones.
  func inductivePredictions(for inputs: Tensor, with adapted: Parameters) -> Tensor {
    if joinsQueries { return joinedPredictions(for: inputs, with: adapted) }
    let statistics = adapted.below(Network.statisticsName)
    var context = NetworkContext(
      givenStatistics: statistics.isEmpty ? nil : statistics, usesRunningStatistics: true)
    return apply(inputs, adapted, &context)
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
