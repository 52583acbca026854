public import Tensors

/// The mean over examples, with a weight for each where given; 0 where all weigh nothing.
func mean(_ losses: Tensor, weights: Tensor?) -> Tensor {
  guard let weights else { return losses.mean() }
  guard losses.shape.dimensions.suffix(1) == weights.shape.dimensions[...] else {
    fatalError("Weights \(weights.shape) are not one for each example of \(losses.shape).")
  }
  return (losses * relative(weights)).sum(along: [-1]).mean()
}

/// Weights [n] over their sum; zeros where all are 0, as in a mini-batch of padding.
func relative(_ weights: Tensor) -> Tensor {
  weights / maximum(weights.sum(), Tensor.fill(Double(Float.leastNormalMagnitude)))
}

// MARK: Classification

/// The mean over examples of -log softmax(logits)[label].
///
/// Logits are [..., n, classes], labels int32 [n], weights (where given) [n]. With label smoothing
/// s the target is 1 - s of the label and s spread evenly over all classes.
public func crossEntropy(
  _ logits: Tensor, _ labels: Tensor, weights: Tensor? = nil, labelSmoothing: Double = 0
) -> Tensor {
  mean(crossEntropies(logits, labels, labelSmoothing: labelSmoothing), weights: weights)
}

/// -log softmax(logits)[label] of each example: [..., n] for logits [..., n, classes].
public func crossEntropies(
  _ logits: Tensor, _ labels: Tensor, labelSmoothing: Double = 0
) -> Tensor {
  expectLabels(labels, for: logits)
  let shifted = logits - logits.maximum(along: [-1], keepingAxes: true).stopGradient()
  let normalizer = shifted.exp().sum(along: [-1]).log()
  let chosen = select(labels.oneHot(logits.shape[-1]), shifted, Tensor.fill(0)).sum(along: [-1])
  guard labelSmoothing > 0 else { return normalizer - chosen }
  let spread = shifted.mean(along: [-1])
  return normalizer - (chosen * (1 - labelSmoothing) + spread * labelSmoothing)
}

/// Stops where labels are not int32 [n] for logits, or other scores of classes, [..., n, classes].
func expectLabels(_ labels: Tensor, for logits: Tensor) {
  guard logits.shape.rank >= 2, labels.elementType == .int32, labels.shape == [logits.shape[-2]]
  else { fatalError("Logits [..., n, classes] need int32 labels [n]: \(logits), \(labels).") }
}

/// The mean of -t log sigmoid(x) - (1 - t) log(1 - sigmoid(x)) over components and examples, for
/// logits x [..., n, ...] and targets t [n, ...] between 0 and 1.
public func binaryCrossEntropy(
  _ logits: Tensor, _ targets: Tensor, weights: Tensor? = nil
) -> Tensor {
  elementwise(logits, targets, weights) { logit, target in logit.softplus() - logit * target }
}

// MARK: Regression

/// The mean squared difference over components and examples, for predictions [..., n, ...] and
/// targets [n, ...], with weights [n] of the examples where given.
public func meanSquaredError(
  _ predictions: Tensor, _ targets: Tensor, weights: Tensor? = nil
) -> Tensor {
  elementwise(predictions, targets, weights) { ($0 - $1).square() }
}

/// The mean over components and examples of half the squared difference e where |e| is at most
/// `threshold`, and of threshold (|e| - threshold / 2) beyond (Huber 1964).
public func huber(
  _ predictions: Tensor, _ targets: Tensor, threshold: Double = 1, weights: Tensor? = nil
) -> Tensor {
  elementwise(predictions, targets, weights) { prediction, target in
    let difference = prediction - target
    let distance = difference.absolute()
    return select(
      distance.isAtMost(Tensor.fill(threshold, shape: distance.shape)),
      difference.square() * 0.5, (distance - threshold / 2) * threshold)
  }
}

/// The mean absolute difference over components and examples, for predictions [..., n, ...] and
/// targets [n, ...], with weights [n] of the examples where given.
public func meanAbsoluteError(
  _ predictions: Tensor, _ targets: Tensor, weights: Tensor? = nil
) -> Tensor {
  elementwise(predictions, targets, weights) { ($0 - $1).absolute() }
}

/// The mean over components and examples of -log of the normal density of the targets [n, ...], for
/// means and logarithms of variances [..., n, ...]: (log 2π + v + (t - m)² e^-v) / 2.
public func gaussianNegativeLogLikelihood(
  mean means: Tensor, logVariance: Tensor, _ targets: Tensor, weights: Tensor? = nil
) -> Tensor {
  let squares = (targets - means).square() * (-logVariance).exp()
  // Half the logarithm of 2π.
  let losses = (logVariance + squares) * 0.5 + 0.918938533204672742
  return componentMean(losses, targets, weights)
}

/// The same for the density of Laplace of that mean and variance, whose best mean is a median: log 2b +
/// |t - m| / b with 2b² the variance.
public func laplaceNegativeLogLikelihood(
  mean means: Tensor, logVariance: Tensor, _ targets: Tensor, weights: Tensor? = nil
) -> Tensor {
  // The logarithm of 2.
  let logBreadth = (logVariance - 0.693147180559945309) * 0.5
  let distances = (targets - means).absolute() * (-logBreadth).exp()
  return componentMean(distances + logBreadth + 0.693147180559945309, targets, weights)
}

/// The mean of a function of elements, over components and then over examples.
func elementwise(
  _ predictions: Tensor, _ targets: Tensor, _ weights: Tensor?,
  _ function: (Tensor, Tensor) -> Tensor
) -> Tensor { componentMean(function(predictions, targets), targets, weights) }

/// The mean of numbers [..., n, ...] for targets [n, ...], over components and then over examples.
func componentMean(_ numbers: Tensor, _ targets: Tensor, _ weights: Tensor?) -> Tensor {
  let rank = targets.shape.rank
  guard rank >= 1, numbers.shape.dimensions.suffix(rank) == targets.shape.dimensions[...] else {
    fatalError(
      "Predictions \(numbers.shape) do not end in the shape \(targets.shape) of the targets.")
  }
  let components = rank == 1 ? numbers : numbers.mean(along: Array(1 - rank..<0))
  return mean(components, weights: weights)
}
