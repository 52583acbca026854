public import NeuralNetworks
public import Tensors

/// A learner whose adapted tensors are other parameters of its network, with what the network's
/// normalization layers measured of the support set (`network.withStatistics(of:_:)`).
public protocol NetworkLearner: MetaLearner {
  /// Maps inputs to logits or predicted numbers.
  var network: Network { get }
}

extension NetworkLearner {
  /// The parameters of the network.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    network.initialParameters(key)
  }

  /// The network's results, normalised by the support set.
  public func predictions(for inputs: Tensor, with adapted: Parameters) -> Tensor {
    network.inductivePredictions(for: inputs, with: adapted)
  }

  /// The network's results, normalised by the inputs themselves; nil where it normalises nothing.
  public func transductivePredictions(for inputs: Tensor, with adapted: Parameters) -> Tensor? {
    network.normalises ? network(inputs, adapted) : nil
  }
}
