public import NeuralNetworks

/// A learner on the features of a network, which can be learned from all classes at once.
public protocol FeatureLearner: MetaLearner {
  /// Maps inputs to features, by the parameters `network/` of the learner.
  var network: Network { get }
}
