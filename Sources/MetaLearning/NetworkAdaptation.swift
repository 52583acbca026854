import MetaTasks
import NeuralNetworks
import Tensors

extension Network {
  /// Names the statistics of a support set among adapted tensors.
  static let statisticsName = "supportStatistics"

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
    var context = NetworkContext(exampleWeights: support.weights)
    _ = Scope.named("support statistics") { apply(support.inputs, parameters, &context) }
    var result = parameters
    result.append(context.measuredStatistics, below: Network.statisticsName)
    return result
  }

  /// Results that for each input depend on that input and the adapted tensors alone: normalization
  /// uses the statistics of the support set, or running ones.
  func inductivePredictions(for inputs: Tensor, with adapted: Parameters) -> Tensor {
    let statistics = adapted.below(Network.statisticsName)
    var context = NetworkContext(
      givenStatistics: statistics.isEmpty ? nil : statistics, usesRunningStatistics: true)
    return apply(inputs, adapted, &context)
  }
}
