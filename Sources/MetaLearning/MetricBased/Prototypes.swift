public import MetaTasks
public import Tensors

/// The weighted means [classes, features] of the features of each class.
public func prototypes(_ features: Tensor, of support: Examples) -> Tensor {
  let flat = features.rows
  let membership = membership(of: support)
  let sums = matrixProduct(membership, flat, transposingLeft: true)
  return sums / membership.sum(along: [0]).insertingAxis(at: 1)
}

/// The weights [classes] of the examples of each class together.
func classWeights(of support: Examples) -> Tensor { membership(of: support).sum(along: [0]) }

/// How much each example counts for each class: [examples, classes].
func membership(of support: Examples) -> Tensor {
  let membership = support.targets.oneHot(support.classCount)
  return support.weights.map { membership * $0.insertingAxis(at: 1) } ?? membership
}

extension Examples {
  /// How many examples there are, a scalar: the sum of their weights where they have any.
  var weighedCount: Tensor { weights?.sum() ?? .fill(Double(targets.shape[0])) }

  /// The mean `[features]` of rows `[examples, features]`, weighted where examples have weights.
  func mean(of rows: Tensor) -> Tensor {
    guard let weights else { return rows.mean(along: [0]) }
    return (rows * weights.insertingAxis(at: 1)).sum(along: [0]) / weighedCount
  }
}

/// Minus the squared distances [queries, classes].
///
/// Differences are squared and summed: 2 q p - q q - p p would lose what the distances have in
/// common, and with it the digits that tell near classes apart.
public func squaredDistanceLogits(_ features: Tensor, _ prototypes: Tensor) -> Tensor {
  let queries = features.reshaped([features.shape[0], 1, -1])
  return -(queries - prototypes.insertingAxis(at: 0)).square().sum(along: [2])
}
