public import Tensors

// What predictions are judged by, beside losses: pure functions whose results are scalars, and
// whose derivatives are 0 or of no use. Weights [n] of the examples are relative.

// MARK: Classes

/// The part of examples whose largest logit is the label's, for logits [..., n, classes] and labels
/// int32 [n].
public func accuracy(_ logits: Tensor, _ labels: Tensor, weights: Tensor? = nil) -> Tensor {
  expectLabels(labels, for: logits)
  let predicted = logits.argumentMaximum(along: -1)
  let wideLabels = labels.reshaped(
    Shape([Int](repeating: 1, count: predicted.shape.rank - 1) + [labels.shape[0]]))
  return mean(
    predicted.isEqual(to: wideLabels.broadcast(to: predicted.shape)), weights: weights)
}

/// The mean entropy, in nats, of the classes' probabilities that logits [..., n, classes] give.
public func meanEntropy(_ logits: Tensor, weights: Tensor? = nil) -> Tensor {
  let logarithms = logits.logSoftmax(along: -1)
  return mean(-(logarithms.exp() * logarithms).sum(along: [-1]), weights: weights)
}

/// The area under the curve of true against false positives, for scores [..., n] of examples whose
/// labels, int32 [n], are 0 or 1.
///
/// It is the part of pairs of a 1 and a 0 in which the 1 has the larger score, an equal one
/// counting half; the weight of a pair is the product of its examples'. Without any pair it is one
/// half, as by chance.
public func areaUnderCurve(_ scores: Tensor, _ labels: Tensor, weights: Tensor? = nil) -> Tensor {
  guard scores.shape.rank >= 1, labels.elementType == .int32, labels.shape == [scores.shape[-1]]
  else { fatalError("Scores [..., n] need int32 labels [n]: \(scores), \(labels).") }
  let isPositive = labels.converted(to: .float32)
  let weights = weights ?? Tensor.fill(1, shape: labels.shape)
  let (positive, negative) = (isPositive * weights, (1 - isPositive) * weights)
  let pairs = positive.insertingAxis(at: 1) * negative.insertingAxis(at: 0)
  let (own, other) = (scores.insertingAxis(at: -1), scores.insertingAxis(at: -2))
  let wins = other.isLess(than: own) + other.isEqual(to: own) * 0.5
  let total = pairs.sum()
  let won = (wins * pairs).sum(along: [-2, -1]).mean()
  return select(
    total.isEqual(to: Tensor.fill(0)), Tensor.fill(0.5), won / maximum(total, Tensor.fill(1e-30)))
}

// MARK: Choices among candidates

/// The mean of 1 / rank of the chosen candidate, for scores [..., n, candidates] and the chosen
/// ones' numbers int32 [n].
///
/// The rank counts from 1; of candidates with equal scores each has the mean of their ranks. What
/// is not a number counts against the chosen candidate.
public func meanReciprocalRank(
  _ scores: Tensor, _ chosen: Tensor, weights: Tensor? = nil
) -> Tensor { mean(ranks(scores, chosen).reciprocal(), weights: weights) }

/// The part of examples whose chosen candidate has a rank of at most `count`; ranks are those of
/// ``meanReciprocalRank(_:_:weights:)``.
public func hitRate(
  _ scores: Tensor, _ chosen: Tensor, at count: Int, weights: Tensor? = nil
) -> Tensor {
  mean(ranks(scores, chosen).isAtMost(Tensor.fill(Double(count))), weights: weights)
}

/// The normalized discounted cumulative gain of the first `count` where one candidate is right: the
/// mean of 1 / log2(1 + rank), 0 for a rank beyond `count`; ranks are those of
/// ``meanReciprocalRank(_:_:weights:)``.
public func normalizedDiscountedGain(
  _ scores: Tensor, _ chosen: Tensor, at count: Int, weights: Tensor? = nil
) -> Tensor {
  let ranks = ranks(scores, chosen)
  let isFound = ranks.isAtMost(Tensor.fill(Double(count)))
  // The logarithm of 2.
  return mean(isFound * ((ranks + 1).log().reciprocal() * 0.693147180559945309), weights: weights)
}

/// The normalized discounted cumulative gain of the first `count` items in the order of predictions
/// [n, 1], where an item of rating r [n, 1] gains 2^(r / 2) - 1: their sum of gain / log2(1 + rank) over
/// the largest that any order has.
///
/// Of equal predictions the first counts as the better. Items of weight 0 are not there.
public func ratingGain(
  _ predictions: Tensor, _ ratings: Tensor, at count: Int, weights: Tensor? = nil
) -> Tensor {
  let items = ratings.shape[0]
  let isThere = weights.map { Tensor.fill(0).isLess(than: $0) } ?? .fill(1, shape: [items])
  // Half the logarithm of 2.
  let gains = ((ratings.reshaped([items]) * 0.346573590279972655).exp() - 1) * isThere
  let scores = select(isThere, predictions.reshaped([items]), Tensor.fill(-1e30, shape: [items]))
  let places = min(count, items)
  let ranks = Tensor.positions(along: 0, shape: [places]).converted(to: .float32) + 1
  let discounts = (ranks + 1).log().reciprocal() * 0.693147180559945309
  let order = scores.largest(places).positions
  let own = (gains.reshaped([items, 1]).gatheringRows(order).reshaped([places]) * discounts).sum()
  let best = (gains.largest(places).values * discounts).sum()
  return own / maximum(best, Tensor.fill(1e-12))
}

/// The rank [..., n] of the chosen candidate, from 1, that of equals being their mean.
private func ranks(_ scores: Tensor, _ chosen: Tensor) -> Tensor {
  expectLabels(chosen, for: scores)
  let isChosen = chosen.oneHot(scores.shape[-1])
  let own = select(isChosen, scores, Tensor.fill(0)).sum(along: [-1], keepingAxes: true)
  // Counted from below, so that what is not a number counts against the chosen one.
  let below = scores.isLess(than: own).sum(along: [-1])
  let equal = scores.isEqual(to: own).sum(along: [-1])
  let others = maximum(equal - 1, Tensor.fill(0))
  return Double(scores.shape[-1]) - below - others * 0.5
}

// MARK: Numbers

/// The part of targets [n, ...] that lie in the central interval that a normal distribution gives
/// this probability, for means and logarithms of variances [..., n, ...].
public func intervalCoverage(
  mean means: Tensor, logVariance: Tensor, _ targets: Tensor, probability: Double,
  weights: Tensor? = nil
) -> Tensor {
  // The probability of what is nearer to the mean than the target.
  let distances = (targets - means).absolute() * (logVariance * -0.5).exp()
  let inside = (distances * 0.5.squareRoot()).errorFunction()
  return componentMean(inside.isAtMost(Tensor.fill(probability)), targets, weights)
}
