public import MetaTasks
import NeuralNetworks
public import Tensors

/// What a learner says of some inputs.
public struct Prediction: Sendable {
  /// What the values are.
  public enum Meaning: Hashable, Sendable {
    /// Logits of classes or actions `[n, count]`.
    case logits
    /// Predicted numbers `[n, count]`: means, where there is a variance beside them.
    case numbers
    /// Scores of candidates `[n, candidates]`, the best one the largest.
    case scores

    /// What is said of a target.
    public init(of target: TargetKind) {
      switch target {
      case .classes, .rewards: self = .logits
      case .numbers: self = .numbers
      case .choice: self = .scores
      }
    }
  }

  /// What the values are.
  public let meaning: Meaning
  /// The values `[n, count]`; `[samples, n, count]` where they were drawn several times.
  public let values: Tensor
  /// The logarithm of the variance of each number, in the shape of the values; nil where there is
  /// none.
  public let logVariance: Tensor?

  /// Makes a prediction.
  public init(_ values: Tensor, _ meaning: Meaning, logVariance: Tensor? = nil) {
    self.meaning = meaning
    self.values = values
    self.logVariance = logVariance
  }

  /// The outputs of a network, as the target understands them.
  init(_ outputs: Tensor, for target: Target) {
    switch target {
    case .classes, .rewards: self.init(outputs, .logits)
    case .numbers: self.init(outputs, .numbers)
    case .choice: self.init(outputs, .scores)
    }
  }

  /// Whether there is an axis of samples in front.
  public var isSampled: Bool { values.shape.rank == 3 }

  /// The prediction that several samples make together: the mean of probabilities, of numbers (with
  /// the variance of the mixture), of scores.
  ///
  /// One without samples is as it is.
  public func averaged() -> Prediction {
    guard isSampled else { return self }
    switch meaning {
    case .scores: return Prediction(values.mean(along: [0]), .scores)
    case .logits:
      let mean = values.softmax().mean(along: [0])
      return Prediction((mean + Prediction.leastProbability).log(), .logits)
    case .numbers:
      let mean = values.mean(along: [0])
      // About the mean: the difference of large squares would have few digits.
      let spread = values.variance(along: [0])
      let variance = logVariance.map { $0.exp().mean(along: [0]) + spread } ?? spread
      let least = Tensor.fill(Prediction.leastProbability, shape: variance.shape)
      return Prediction(mean, .numbers, logVariance: maximum(variance, least).log())
    }
  }

  /// What keeps a logarithm finite.
  private static let leastProbability = 1e-12
}

/// The mean loss of predictions: cross-entropy for classes, actions and candidates; squared error
/// for numbers, or the negative log-likelihood where the prediction has a variance.
public func loss(of prediction: Prediction, on examples: Examples) -> Tensor {
  let one = prediction.averaged()
  switch one.meaning {
  case .logits, .scores:
    return crossEntropy(one.values, examples.targets, weights: examples.weights)
  case .numbers:
    guard let logVariance = one.logVariance else {
      return meanSquaredError(one.values, examples.targets, weights: examples.weights)
    }
    return gaussianNegativeLogLikelihood(
      mean: one.values, logVariance: logVariance, examples.targets, weights: examples.weights)
  }
}

/// The mean loss of a network's outputs, as the examples' target understands them.
public func loss(of outputs: Tensor, on examples: Examples) -> Tensor {
  loss(of: Prediction(outputs, for: examples.target), on: examples)
}
