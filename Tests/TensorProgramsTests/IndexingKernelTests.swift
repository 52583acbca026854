import CTensorKernels
import Tensors
import Testing

private let shapes: [(rows: Int, count: Int, width: Int)] = [
  (1, 1, 1), (5, 9, 3), (7, 4, 16), (20, 100, 33), (3, 0, 5), (0, 4, 3), (4, 6, 0), (300, 50, 40),
]

private func indices(_ shape: (rows: Int, count: Int, width: Int)) -> [Int32] {
  var numbers = Numbers(shape.count + 1)
  let strange: [Int32] = [-1, Int32(shape.rows), .max, .min]
  return (0..<shape.count).map { _ in
    let choice = numbers.below(shape.rows + 4)
    return choice < shape.rows ? Int32(choice) : strange[choice - shape.rows]
  }
}

@Suite struct IndexingKernelTests {
  @Test func `rows are gathered, and an index outside gives zeros`() {
    for shape in shapes {
      var numbers = Numbers(shape.rows + 1)
      let x = numbers.floats(shape.rows * shape.width)
      let taken = indices(shape)
      let trial = OperationTrial(
        operation: ML_GATHER, sizes: [shape.rows, shape.count, shape.width],
        inputs: [bytes(x), bytes(taken)], outputs: [shape.count * shape.width * 4])
      let expected = taken.flatMap { index -> [Float] in
        guard index >= 0, index < shape.rows else {
          return [Float](repeating: 0, count: shape.width)
        }
        return Array(x[Int(index) * shape.width..<(Int(index) + 1) * shape.width])
      }
      #expect(trial.agreedFloats() == expected, "\(shape)")
    }
  }

  @Test func `rows are added at indices in ascending order, and nowhere for an index outside`() {
    for shape in shapes {
      var numbers = Numbers(shape.rows + 1)
      let g = numbers.floats(shape.count * shape.width).map { $0 / 3 }
      let places = indices(shape)
      let trial = OperationTrial(
        operation: ML_SCATTER_ADD, sizes: [shape.rows, shape.count, shape.width],
        inputs: [bytes(g), bytes(places)], outputs: [shape.rows * shape.width * 4])
      var expected = [Float](repeating: 0, count: shape.rows * shape.width)
      for (position, index) in places.enumerated() where index >= 0 && index < shape.rows {
        for column in 0..<shape.width {
          expected[Int(index) * shape.width + column] += g[position * shape.width + column]
        }
      }
      #expect(trial.agreedFloats() == expected, "\(shape)")
    }
  }

  @Test func `random bits are those of the keys`() {
    for (seed, count, stream) in [
      (1, 1, 0), (2, 3, 1), (3, 64, 0), (4, 65, 7), (0xFFFF_FFFF_FFFF, 1000, 0xFFFF_FFFF),
      (5, 0, 0),
    ] as [(UInt64, Int, UInt32)] {
      let key = RandomKey(seed: seed)
      let trial = OperationTrial(
        operation: ML_RANDOM_BITS, sizes: [count, Int(stream)],
        inputs: [bytes([key.words.0, key.words.1])], outputs: [count * 4])
      let y = elements(trial.agreedOutputs()[0], as: UInt32.self)
      #expect(y == key.bits(count: count, stream: stream), "seed \(seed), count \(count)")
    }
  }
}
