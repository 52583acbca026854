/// The product of matrices (the last two axes); leading axes are a batch, repeated where 1.
public func matrixProduct(
  _ left: Tensor, _ right: Tensor, transposingLeft: Bool = false, transposingRight: Bool = false
) -> Tensor {
  let (a, b) = Tensor.broadcastingBatch(left, right)
  return Tensor(
    .matrixProduct(transposingLeft: transposingLeft, transposingRight: transposingRight), [a, b])
}

extension Tensor {
  /// Brings the axes before the last two to one shape.
  static func broadcastingBatch(_ left: Tensor, _ right: Tensor) -> (Tensor, Tensor) {
    let rank = max(left.shape.rank, right.shape.rank)
    let (a, b) = (left.paddingRank(to: rank), right.paddingRank(to: rank))
    let batch = zip(a.shape.dimensions, b.shape.dimensions).dropLast(2).map { $0 == 1 ? $1 : $0 }
    func widened(_ tensor: Tensor) -> Tensor {
      tensor.broadcast(to: Shape(batch + tensor.shape.dimensions.suffix(2)))
    }
    return (widened(a), widened(b))
  }

  /// The last two axes exchanged.
  public var matrixTransposed: Tensor {
    guard shape.rank >= 2 else { fatalError("\(self) has no two axes to exchange.") }
    return transposed(shape.matrixTransposition)
  }

  /// The lower Cholesky factor of symmetric positive definite matrices (the last two axes); NaN
  /// where a matrix is not.
  public func choleskyFactor() -> Tensor { Tensor(.cholesky, [self]) }

  /// The solution x of l x = b (or l' x = b) for this lower triangular l.
  public func triangularSolution(_ right: Tensor, transposed: Bool = false) -> Tensor {
    Tensor(.triangularSolve(transposed: transposed), [self, right])
  }

  /// The solution x of a x = b for this symmetric positive definite a.
  public func positiveDefiniteSolution(_ right: Tensor) -> Tensor {
    let factor = choleskyFactor()
    return factor.triangularSolution(factor.triangularSolution(right), transposed: true)
  }

  /// The part of square matrices below the diagonal, with the diagonal times a number.
  func lowerTriangle(diagonalFactor: Double) -> Tensor {
    let rows = Tensor.positions(along: -2, shape: shape)
    let columns = Tensor.positions(along: -1, shape: shape)
    let below = columns.isLess(than: rows)
    return self * (below + columns.isEqual(to: rows) * diagonalFactor)
  }
}
