import MetaTasks
import Tensors

/// The weights `[features, classes]` of ridge regression on rows `[examples, features]`: the least
/// Σ w |x W - y|² + λ |W|².
///
/// W = Xᵀ (X Xᵀ + λ I)⁻¹ Y, whose system is as large as there are examples, few where features are
/// many (Woodbury's identity). Examples of weight zero change nothing.
func ridgeWeights(
  _ features: Tensor, _ targets: Tensor, regularizer: Tensor, exampleWeights: Tensor?
) -> Tensor {
  let roots = exampleWeights.map { $0.squareRoot().insertingAxis(at: 1) }
  let rows = roots.map { features * $0 } ?? features
  let right = roots.map { targets * $0 } ?? targets
  let gram = matrixProduct(rows, rows, transposingRight: true)
  let solution = (gram + identity(like: gram) * regularizer).positiveDefiniteSolution(right)
  return matrixProduct(rows, solution, transposingLeft: true)
}

/// The weights `[features, 1]` of a logistic regression on rows `[examples, features]` after some
/// steps of Newton's method from zero: towards the least Σ w log loss + λ/2 |W|².
///
/// Each step is a ridge regression on z = a + (y - μ) / s with μ = σ(a) and s = μ (1 - μ), in which
/// each example weighs s (Bertinetto et al. 2019, section 3.2). `targets` are 0 or 1.
func logisticWeights(
  _ features: Tensor, _ targets: Tensor, regularizer: Tensor, exampleWeights: Tensor?, steps: Int
) -> Tensor {
  var activations = Tensor.fill(0, shape: targets.shape)
  var solution = Tensor.fill(0, shape: [features.shape[1], 1])
  for _ in 0..<steps {
    let means = activations.sigmoid()
    // A certain example would weigh nothing, and what it asks for would be without bound.
    let slopes = maximum(means * (1 - means), .fill(leastSlope, shape: means.shape))
    let asked = activations + (targets - means) / slopes
    // Slopes and examples' weights apart: the root of a product that is zero has no derivative.
    let roots = slopes.squareRoot()
    solution = ridgeWeights(
      features * roots, asked * roots, regularizer: regularizer, exampleWeights: exampleWeights)
    activations = matrixProduct(features, solution)
  }
  return solution
}

private let leastSlope = 1e-6

/// Ones on the diagonal of square matrices.
private func identity(like matrix: Tensor) -> Tensor {
  Tensor.positions(along: -2, shape: matrix.shape)
    .isEqual(to: Tensor.positions(along: -1, shape: matrix.shape))
}
