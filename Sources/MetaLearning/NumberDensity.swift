import MetaTasks
import NeuralNetworks
import Settings
import Tensors

/// By which density the numbers that a learner predicts are judged in its training.
public enum NumberDensity: String, Hashable, Sendable, CaseIterable {
  /// The normal one, whose best prediction is the mean.
  case normal
  /// That of Laplace, whose best prediction is the median, and which far numbers move less.
  case laplace

  /// The mean of minus the logarithm of the density of targets; the variance of a prediction is that of
  /// the density.
  func loss(of prediction: Prediction, on examples: Examples) -> Tensor {
    let one = prediction.averaged()
    guard self == .laplace, let logVariance = one.logVariance else {
      return MetaLearning.loss(of: prediction, on: examples)
    }
    return laplaceNegativeLogLikelihood(
      mean: one.values, logVariance: logVariance, examples.targets, weights: examples.weights)
  }
}

extension SettingsSection {
  /// The key `density` of a learner of numbers with variances.
  func numberDensity() throws(SettingsError) -> NumberDensity {
    try choice(
      "density",
      "By which density predictions are judged in training; errors are least in the mean square "
        + "or in the mean.", default: NumberDensity.normal)
  }
}
