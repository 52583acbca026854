import MetaTasks
import Tensors

/// The support examples as they are: what learners remember that compare a query with each of them.
struct SupportMemory {
  /// Features `[examples, features]`.
  let features: Tensor
  /// The class of each as a row of zeros and a one, times its weight: `[examples, classes]`.
  let classes: Tensor

  /// How much each example weighs: `[examples]`.
  var weights: Tensor { classes.sum(along: [1]) }

  /// Remembers the features of a support set.
  init(_ features: Tensor, of support: Examples) {
    self.features = features.rows
    classes = membership(of: support)
  }

  /// Takes up what `leaves` gave.
  init(_ leaves: Parameters) {
    features = leaves["features"]
    classes = leaves["classes"]
  }

  /// All that is remembered, by name.
  var leaves: Parameters { Parameters(["features": features, "classes": classes]) }

  /// The logarithm of each class's part `[queries, classes]` of the softmax over the examples that
  /// weigh anything of similarities `[queries, examples]`.
  func logProbabilities(_ similarities: Tensor) -> Tensor {
    logProbabilities(counted: SupportMemory.counted(similarities, weights: weights))
  }

  /// The same of the `count` most similar examples that weigh anything alone, and of those that are
  /// as similar as the last of them.
  func logProbabilities(ofNearest count: Int, _ similarities: Tensor) -> Tensor {
    let examples = similarities.shape[1]
    guard count < examples else { return logProbabilities(similarities) }
    let counted = SupportMemory.counted(similarities, weights: weights)
    let least = counted.largest(count).values.slice(along: 1, from: count - 1, to: count)
    let margin = least.absolute() * SupportMemory.relativeTie + SupportMemory.tie
    return logProbabilities(
      counted: select(
        (least - margin).isAtMost(counted), counted, SupportMemory.none(like: counted)))
  }

  /// The softmax's parts, where examples that do not count are the farthest.
  private func logProbabilities(counted similarities: Tensor) -> Tensor {
    let largest = similarities.maximum(along: [1], keepingAxes: true).stopGradient()
    let parts = matrixProduct((similarities - largest).exp(), classes)
    return (parts / parts.sum(along: [1], keepingAxes: true) + SupportMemory.least).log()
  }

  /// Similarities `[queries, examples]`, those to examples that weigh nothing being the farthest.
  static func counted(_ similarities: Tensor, weights: Tensor) -> Tensor {
    let isCounted = Tensor.fill(0).isLess(than: weights.insertingAxis(at: 0))
    return select(isCounted, similarities, none(like: similarities))
  }

  private static func none(like similarities: Tensor) -> Tensor {
    .fill(-farthest, shape: similarities.shape)
  }

  /// Similarities that differ by no more are the same but for rounding, which depends on how many
  /// queries are asked at a time.
  private static let tie = 1e-3
  private static let relativeTie = 1e-5

  /// A similarity whose exponential is zero beside any other.
  private static let farthest = 1e30

  /// Keeps the logarithm of a class finite that is like nothing here.
  private static let least = 1e-30
}
