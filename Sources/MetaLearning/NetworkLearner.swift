public import NeuralNetworks
public import Tensors

/// A learner whose adapted tensors are other parameters of its network, with what the network's
/// normalization layers measured of the support set (`network.withStatistics(of:_:)`).
public protocol NetworkLearner: MetaLearner {
  /// Maps inputs to logits, numbers or scores.
  var network: Network { get }
  /// What the network's outputs are.
  var meaning: Prediction.Meaning { get }
}

extension NetworkLearner {
  /// Logits of classes.
  public var meaning: Prediction.Meaning { .logits }

  /// The parameters of the network.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    network.initialSubtree(key)
  }

  /// The network's results, normalised by the support set.
  public func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction {
    Prediction(network.inductiveResults(for: inputs, with: adapted), meaning)
  }

  /// The network's results, normalised by the inputs themselves; nil where it normalises nothing.
  public func transductivePredictions(
    for inputs: Inputs, with adapted: Parameters
  ) -> Prediction? {
    network.normalises
      ? Prediction(network.transductiveResults(for: inputs, with: adapted), meaning) : nil
  }
}
