import MetaTasks
import Tensors

/// The weighted means [classes, features] of the features of each class.
func prototypes(_ features: Tensor, of support: Examples) -> Tensor {
  guard let classCount = support.classCount else {
    fatalError("Prototypes are of classes; these examples have none.")
  }
  let flat = features.reshaped([features.shape[0], -1])
  var membership = support.targets.oneHot(classCount)
  if let weights = support.weights { membership = membership * weights.insertingAxis(at: 1) }
  let sums = matrixProduct(membership, flat, transposingLeft: true)
  return sums / membership.sum(along: [0]).insertingAxis(at: 1)
}

/// Minus the squared distances [queries, classes].
func squaredDistanceLogits(_ features: Tensor, _ prototypes: Tensor) -> Tensor {
  let queries = features.reshaped([features.shape[0], -1])
  let products = matrixProduct(queries, prototypes, transposingRight: true)
  return products * 2 - queries.square().sum(along: [1], keepingAxes: true)
    - prototypes.square().sum(along: [1])
}
