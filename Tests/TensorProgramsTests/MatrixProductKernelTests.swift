import CTensorKernels
import Foundation
import Testing

struct MatrixProductKernelTests {
  struct Product: CustomTestStringConvertible {
    var batch = 1
    let rows: Int
    let columns: Int
    let depth: Int
    var repeatsA = false
    var repeatsB = false

    var testDescription: String {
      "\(batch) x \(rows)x\(columns)x\(depth)"
        + (repeatsA ? ", one a" : "") + (repeatsB ? ", one b" : "")
    }
  }

  static let products: [Product] = [
    Product(rows: 1, columns: 1, depth: 1),
    Product(rows: 10, columns: 40, depth: 40),
    Product(rows: 75, columns: 5, depth: 64),
    Product(rows: 13, columns: 17, depth: 19),
    Product(rows: 1, columns: 70, depth: 50),
    Product(rows: 70, columns: 1, depth: 50),
    Product(rows: 33, columns: 65, depth: 1),
    Product(batch: 3, rows: 6, columns: 5, depth: 1),
    Product(batch: 2, rows: 9, columns: 1, depth: 1, repeatsB: true),
    Product(rows: 7, columns: 9, depth: 0),
    Product(rows: 100, columns: 80, depth: 31),
    Product(rows: 300, columns: 97, depth: 60),
    Product(rows: 50, columns: 520, depth: 512),
    Product(batch: 4, rows: 10, columns: 40, depth: 3),
    Product(batch: 3, rows: 6, columns: 16, depth: 21, repeatsA: true),
    Product(batch: 3, rows: 5, columns: 33, depth: 20, repeatsB: true),
    Product(batch: 3, rows: 9, columns: 1, depth: 20, repeatsB: true),
    Product(batch: 2, rows: 150, columns: 80, depth: 130, repeatsA: true),
    Product(batch: 0, rows: 9, columns: 4, depth: 20),
  ]

  @Test(arguments: products, [(false, false), (true, false), (false, true), (true, true)])
  func `a product is near the exact one, and has the same bits on every table in any parts`(
    product p: Product, transposed: (a: Bool, b: Bool)
  ) {
    let stepA = p.repeatsA ? 0 : p.rows * p.depth
    let stepB = p.repeatsB ? 0 : p.columns * p.depth
    let a = testNumbers(p.batch * p.rows * p.depth, seed: 1)
    let b = testNumbers(p.batch * p.columns * p.depth, seed: 2)
    let trial = KernelTrial(
      operation: ML_MATRIX_PRODUCT,
      sizes: [
        p.batch, p.rows, p.columns, p.depth, transposed.a ? 1 : 0, transposed.b ? 1 : 0, stepA,
        stepB,
      ].map(Int64.init),
      inputs: [a, b], outputCount: p.batch * p.rows * p.columns)
    let outcomes = trial.outcomes()
    let positions = samplePositions(trial.outputCount)
    let error = relativeError(outcomes[0].values, at: positions) { position in
      let matrix = position / (p.rows * p.columns)
      let row = position / p.columns % p.rows
      let column = position % p.columns
      return (0..<p.depth).reduce(0) { sum, k in
        let inA = transposed.a ? k * p.rows + row : row * p.depth + k
        let inB = transposed.b ? column * p.depth + k : k * p.columns + column
        return sum + Double(a[matrix * stepA + inA]) * Double(b[matrix * stepB + inB])
      }
    }
    #expect(error < 1e-6)
    expectOneResult(outcomes)
  }
}

/// All outcomes have the bits of the first, and none wrote behind its memory.
func expectOneResult(_ outcomes: [KernelTrial.Outcome]) {
  let first = outcomes[0].values
  for outcome in outcomes {
    let same = unsafe first.withUnsafeBytes { one in
      unsafe outcome.values.withUnsafeBytes { other in
        guard let one = one.baseAddress, let other = other.baseAddress else {
          return true
        }
        return unsafe memcmp(one, other, 4 * first.count) == 0
      }
    }
    #expect(same, "\(outcome.label) has other bits")
    #expect(outcome.keptToItsMemory, "\(outcome.label) wrote behind its memory")
  }
}
