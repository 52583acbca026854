import CTensorKernels
import Testing

/// Lower triangular matrices with a strong diagonal.
private func lowerMatrices(_ numbers: inout Numbers, batch: Int, n: Int) -> [Float] {
  var l = [Float](repeating: 0, count: batch * n * n)
  for matrix in 0..<batch {
    for row in 0..<n {
      let values = numbers.floats(row + 1)
      for column in 0...row {
        l[(matrix * n + row) * n + column] =
          row == column ? 1.5 + abs(values[column]) : values[column] / Float(n)
      }
    }
  }
  return l
}

private let shapes: [(batch: Int, n: Int, m: Int)] = [
  (1, 1, 1), (2, 3, 2), (1, 16, 16), (3, 17, 5), (1, 40, 33), (2, 5, 0), (0, 4, 4), (5, 25, 1),
]

@Suite struct LinearAlgebraKernelTests {
  @Test func `the factor of a product is the factor`() {
    for shape in shapes {
      var numbers = Numbers(shape.n)
      let n = shape.n
      let l = lowerMatrices(&numbers, batch: shape.batch, n: n)
      var a = [Float](repeating: .nan, count: l.count)
      for matrix in 0..<shape.batch {
        for row in 0..<n {
          // The upper half stays NaN: it must not be read.
          for column in 0...row {
            a[(matrix * n + row) * n + column] = Float(
              (0..<n).reduce(0.0) {
                $0 + Double(l[(matrix * n + row) * n + $1])
                  * Double(l[(matrix * n + column) * n + $1])
              })
          }
        }
      }
      let trial = OperationTrial(
        operation: ML_CHOLESKY, sizes: [shape.batch, n], inputs: [bytes(a)], outputs: [l.count * 4])
      expectClose(trial.agreedFloats(), l.map(Double.init), scale: 4, "\(shape)")
    }
  }

  @Test func `a pivot that is not positive gives NaN`() {
    for (matrix, wrong) in [([4, 0, 2, 1] as [Float], 3), ([-1, 0, 0, 1], 0), ([0, 0, 0, 1], 0)] {
      let trial = OperationTrial(
        operation: ML_CHOLESKY, sizes: [1, 2], inputs: [bytes(matrix)], outputs: [16])
      for table in OperationTrial.tables.indices {
        let l = elements(trial.run(table: table, parts: 1)[0], as: Float.self)
        #expect(l[wrong].isNaN)
      }
    }
  }

  @Test(arguments: [0, 1])
  func `triangular systems are solved`(_ transposed: Int) {
    for shape in shapes {
      var numbers = Numbers(shape.n + 100)
      let n = shape.n
      let m = shape.m
      let l = lowerMatrices(&numbers, batch: shape.batch, n: n)
      let x = numbers.floats(shape.batch * n * m)
      var b = [Float](repeating: 0, count: x.count)
      for at in b.indices {
        let (row, column) = (at / m, at % m)
        let (matrix, i) = (row / n, row % n)
        b[at] = Float(
          (0..<n).reduce(0.0) {
            let weight =
              transposed == 1 ? l[(matrix * n + $1) * n + i] : l[(matrix * n + i) * n + $1]
            return $0 + Double(weight) * Double(x[(matrix * n + $1) * m + column])
          })
      }
      let trial = OperationTrial(
        operation: ML_TRIANGULAR_SOLVE, sizes: [shape.batch, n, m, transposed],
        inputs: [bytes(l), bytes(b)], outputs: [x.count * 4])
      expectClose(trial.agreedFloats(), x.map(Double.init), scale: 4, "\(shape)")
    }
  }
}
