public import Tensors

/// The 2-norm of all elements of all leaves together, a scalar; its derivative at 0 is 0.
public func globalNorm(_ gradient: Parameters) -> Tensor {
  gradient.squaredNorm().squareRootFlatAtZero()
}

/// The gradient, shortened to a 2-norm of `limit` where it is longer; the norm is that of all
/// leaves together.
public func clippedByGlobalNorm(_ gradient: Parameters, _ limit: Double) -> Parameters {
  let factor = maximum(globalNorm(gradient), Tensor.fill(limit)).reciprocal() * limit
  return factor * gradient
}

/// The gradient with each element brought into [-limit, limit].
public func clippedByValue(_ gradient: Parameters, _ limit: Double) -> Parameters {
  gradient.map { leaf in
    let bounded = maximum(leaf, Tensor.fill(-limit, shape: leaf.shape))
    return minimum(bounded, Tensor.fill(limit, shape: leaf.shape))
  }
}
