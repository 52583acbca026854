import Tensors

extension OperationMeaning {
  func linearAlgebra() -> [Double] {
    let (a, b) = (shape(0), shape(operands.count - 1))
    let batch = a.dimensions.dropLast(2).reduce(1, *)
    return (0..<batch).flatMap { index -> [Double] in
      let left = Array(operands[0].matrix(index, a))
      let right = Array(operands[operands.count - 1].matrix(index, b))
      switch node.operation {
      case .matrixProduct(let transposingLeft, let transposingRight):
        return product(left, right, a, b, transposingLeft, transposingRight)
      case .cholesky: return choleskyFactor(left, a[-1])
      case .triangularSolve(let transposed):
        return triangularSolution(left, right, a[-1], b[-1], transposed)
      default: return []
      }
    }
  }

  private func product(
    _ left: [Double], _ right: [Double], _ a: Shape, _ b: Shape, _ transposingLeft: Bool,
    _ transposingRight: Bool
  ) -> [Double] {
    let (rows, columns) = (shape[-2], shape[-1])
    let inner = transposingLeft ? a[-2] : a[-1]
    var result = [Double](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      for column in 0..<columns {
        var sum = 0.0
        for k in 0..<inner {
          sum +=
            left[transposingLeft ? k * rows + row : row * inner + k]
            * right[transposingRight ? column * inner + k : k * columns + column]
        }
        result[row * columns + column] = sum
      }
    }
    return result
  }

  private func choleskyFactor(_ a: [Double], _ n: Int) -> [Double] {
    var l = [Double](repeating: 0, count: n * n)
    for row in 0..<n {
      for column in 0...row {
        var sum = a[row * n + column]
        for k in 0..<column { sum -= l[row * n + k] * l[column * n + k] }
        if row == column {
          l[row * n + row] = sum > 0 ? sum.squareRoot() : .nan
        } else {
          l[row * n + column] = sum / l[column * n + column]
        }
      }
    }
    return l
  }

  private func triangularSolution(
    _ l: [Double], _ b: [Double], _ n: Int, _ columns: Int, _ transposed: Bool
  ) -> [Double] {
    var x = b
    for row in transposed ? Array((0..<n).reversed()) : Array(0..<n) {
      for column in 0..<columns {
        var sum = x[row * columns + column]
        for k in transposed ? row + 1..<n : 0..<row {
          sum -= l[transposed ? k * n + row : row * n + k] * x[k * columns + column]
        }
        x[row * columns + column] = sum / l[row * n + row]
      }
    }
    return x
  }
}

extension [Double] {
  /// The elements of one matrix of a batch.
  fileprivate func matrix(_ index: Int, _ shape: Shape) -> ArraySlice<Double> {
    let size = shape[-1] * shape[-2]
    return self[index * size..<(index + 1) * size]
  }
}
