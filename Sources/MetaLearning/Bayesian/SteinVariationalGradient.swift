package import Tensors

/// The direction in which particles together come nearer to a density: up its slope, and away from
/// one another.
///
/// Liu and Wang, Stein variational gradient descent, 2016, equation 8:
/// φ_i = 1/M Σ_j [k(θ_j, θ_i) g_j + ∂k(θ_j, θ_i)/∂θ_j], where g_j is the slope of the logarithm of
/// the density and k(a, b) = exp(-|a - b|² / h). A particle's leaves are one vector θ. The bandwidth
/// h = m² / log M, m the median of the distances of pairs, is constant to derivatives.
package struct SteinVariationalGradient {
  /// The bandwidth h, a scalar.
  package let bandwidth: Tensor
  /// How near particles are to one another: `[particles, particles]`.
  package let kernel: Tensor
  /// The leaves as vectors `[particles, elements]`, about their mean.
  private let centered: Parameters
  private let count: Int

  /// Looks at the learned leaves `[particles, ...]` of at least two particles.
  package init(_ particles: Parameters) {
    let count = particles.leaves[0].shape[0]
    guard count > 1 else { fatalError("A particle has no distance from itself alone.") }
    // Distances of large numbers would have few digits; those from the mean have all.
    let centered = particles.learned.map { leaf in
      let rows = leaf.reshaped([count, -1])
      return rows - rows.mean(along: [0], keepingAxes: true)
    }
    let products = centered.leaves
      .map { matrixProduct($0, $0, transposingRight: true) }
      .reduce(Tensor.fill(0, shape: [count, count]), +)
    let isSame = Tensor.positions(along: 0, shape: products.shape)
      .isEqual(to: Tensor.positions(along: 1, shape: products.shape))
    let squares = (products * isSame).sum(along: [1])
    let squaredDistances =
      (squares.insertingAxis(at: 0) + squares.insertingAxis(at: 1) - products * 2).relu()
    self.count = count
    self.centered = centered
    bandwidth = Self.bandwidth(squaredDistances)
    kernel = (-squaredDistances / bandwidth).exp()
  }

  /// The direction of each particle, for the slope of each at its place.
  package func direction(_ slopes: Parameters) -> Parameters {
    let nearness = kernel.sum(along: [1], keepingAxes: true)
    return slopes.mapEntries { slope in
      let place = centered[slope.name]
      let attraction = matrixProduct(kernel, slope.leaf.reshaped(place.shape))
      let repulsion = (place * nearness - matrixProduct(kernel, place)) * bandwidth.reciprocal() * 2
      return ((attraction + repulsion) / Double(count)).reshaped(slope.leaf.shape)
    }
  }

  /// Keeps particles finite that are all in one place.
  private static let leastBandwidth = 1e-8

  private static func bandwidth(_ squaredDistances: Tensor) -> Tensor {
    let count = squaredDistances.shape[0]
    let pairCount = count * (count - 1) / 2
    // Sorted, each pair stands there twice, and what is nearest to itself comes last.
    let sorted = squaredDistances.reshaped([count * count]).largest(pairCount + 1).values
    let median = sorted.slice(along: 0, from: pairCount - 1, to: pairCount + 1)
      .squareRoot().mean()
    return maximum(median.square() / RandomKey.logarithm(Double(count)), .fill(leastBandwidth))
      .stopGradient()
  }
}
