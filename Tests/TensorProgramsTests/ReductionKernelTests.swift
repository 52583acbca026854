import CTensorKernels
import Testing

private let shapes: [(outer: Int, extent: Int, inner: Int)] = [
  (1, 1, 1), (3, 5, 1), (2, 17, 1), (5, 300, 1), (1, 100_003, 1), (2, 7, 3), (3, 31, 5),
  (1, 1000, 1), (2, 9, 16), (1, 33, 40), (2, 5, 64), (1, 3000, 63), (1, 3, 2100), (4, 1, 7),
  (1, 70_000, 2), (0, 4, 3), (2, 3, 0), (1, 2049, 16), (3, 20, 1030),
]

/// One operation over the middle axis, applied to the numbers along it.
private func along<Result>(
  _ shape: (outer: Int, extent: Int, inner: Int), _ x: [Float], _ body: ([Float]) -> Result
) -> [Result] {
  (0..<shape.outer).flatMap { outer in
    (0..<shape.inner).map { inner in
      body((0..<shape.extent).map { x[(outer * shape.extent + $0) * shape.inner + inner] })
    }
  }
}

private func trial(
  _ operation: ml_operation, _ shape: (outer: Int, extent: Int, inner: Int), _ x: [Float],
  more: [Int] = [], outputCount: Int
) -> OperationTrial {
  OperationTrial(
    operation: operation, sizes: [shape.outer, shape.extent, shape.inner] + more,
    inputs: [bytes(x)], outputs: [outputCount * 4])
}

@Suite struct ReductionKernelTests {
  @Test func `sums over the middle axis`() {
    for shape in shapes {
      var numbers = Numbers(shape.extent)
      let x = numbers.floats(shape.outer * shape.extent * shape.inner)
      let y = trial(ML_SUM, shape, x, outputCount: shape.outer * shape.inner).agreedFloats()
      let expected = along(shape, x) { $0.reduce(0) { $0 + Double($1) } }
      expectClose(y, expected, scale: Double(shape.extent).squareRoot() * 2, "\(shape)")
    }
  }

  @Test func `a sum over nothing is zero and a maximum over nothing is minus infinity`() {
    for inner in [1, 5, 70] {
      let sums = trial(ML_SUM, (2, 0, inner), [], outputCount: 2 * inner).agreedFloats()
      #expect(sums.allSatisfy { $0 == 0 })
      let maxima = trial(ML_MAXIMUM, (2, 0, inner), [], outputCount: 2 * inner).agreedFloats()
      #expect(maxima.allSatisfy { $0 == -.infinity })
    }
  }

  @Test func `maxima over the middle axis and the positions of the first of them`() {
    for shape in shapes {
      var numbers = Numbers(shape.extent)
      let x = numbers.coarseFloats(shape.outer * shape.extent * shape.inner)
      let count = shape.outer * shape.inner
      let maxima = trial(ML_MAXIMUM, shape, x, outputCount: count).agreedFloats()
      #expect(maxima == along(shape, x) { $0.max() ?? 0 }, "\(shape)")
      let positions = trial(ML_ARGUMENT_MAXIMUM, shape, x, outputCount: count).agreedOutputs()
      let expected = along(shape, x) { line in
        Int32(line.firstIndex(of: line.max() ?? 0) ?? 0)
      }
      #expect(elements(positions[0], as: Int32.self) == expected, "\(shape)")
    }
  }

  @Test func `a number that is none is the maximum wherever it stands`() {
    for extent in [1, 2, 15, 16, 33, 64, 100] {
      for inner in [1, 3, 20] {
        for position in [0, extent / 2, extent - 1] {
          var x = [Float](repeating: 1, count: extent * inner)
          for column in 0..<inner { x[position * inner + column] = .nan }
          if position + 1 < extent { x[(extent - 1) * inner] = .nan }
          x[x.count - 1] = max(x[x.count - 1], 7)
          if position == extent - 1 { x[x.count - 1] = .nan }
          let shape = (outer: 1, extent: extent, inner: inner)
          let maxima = trial(ML_MAXIMUM, shape, x, outputCount: inner).agreedFloats()
          #expect(maxima.allSatisfy { $0.isNaN }, "\(shape), NaN at \(position)")
          let positions = trial(ML_ARGUMENT_MAXIMUM, shape, x, outputCount: inner).agreedOutputs()
          #expect(
            elements(positions[0], as: Int32.self).allSatisfy { $0 == Int32(position) },
            "\(shape), NaN at \(position)")
        }
      }
    }
  }

  @Test func `cumulative sums forwards and backwards, with and without the position itself`() {
    for shape in shapes {
      var numbers = Numbers(shape.extent)
      let x = numbers.floats(shape.outer * shape.extent * shape.inner)
      for (exclusive, reversed) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
        let y = trial(
          ML_CUMULATIVE_SUM, shape, x, more: [exclusive, reversed], outputCount: x.count
        ).agreedFloats()
        for lane in 0..<shape.outer * shape.inner {
          let first = lane / shape.inner * shape.extent * shape.inner + lane % shape.inner
          var sum = 0.0
          var good = true
          for step in 0..<shape.extent {
            let at = first + (reversed == 1 ? shape.extent - 1 - step : step) * shape.inner
            let with = sum + Double(x[at])
            let wanted = exclusive == 1 ? sum : with
            good = good && abs(Double(y[at]) - wanted) <= 1e-6 * Double(shape.extent)
            sum = with
          }
          #expect(good, "\(shape) exclusive \(exclusive) reversed \(reversed)")
        }
      }
    }
  }

  @Test func `the largest come first, and the lower position first among equal ones`() {
    for (rows, columns, k) in [
      (1, 1, 1), (3, 10, 10), (4, 100, 5), (2, 33, 1), (5, 20, 7), (0, 3, 2), (2, 6, 0),
    ] {
      var numbers = Numbers(columns)
      var x = numbers.coarseFloats(rows * columns)
      if columns == 20 { x[13] = .nan }
      let trial = OperationTrial(
        operation: ML_TOP_INDICES, sizes: [rows, columns, k], inputs: [bytes(x)],
        outputs: [rows * k * 4])
      let y = elements(trial.agreedOutputs()[0], as: Int32.self)
      let expected = (0..<rows).flatMap { row in
        (0..<columns).sorted { left, right in
          let a = x[row * columns + left]
          let b = x[row * columns + right]
          if a.isNaN != b.isNaN { return a.isNaN }
          return a > b || (!(a < b) && left < right)
        }.prefix(k).map(Int32.init)
      }
      #expect(y == expected, "\(rows) x \(columns), k \(k)")
    }
  }

  @Test func `lanes are summed in a fixed binary tree`() {
    func tree(_ lanes: ArraySlice<[Float]>) -> [Float] {
      if lanes.count == 1 { return lanes[lanes.startIndex] }
      var half = 1
      while half * 2 < lanes.count { half *= 2 }
      let left = tree(lanes.prefix(half))
      let right = tree(lanes.dropFirst(half))
      return zip(left, right).map { $0 + $1 }
    }
    for lanes in [1, 2, 3, 4, 5, 7, 8, 13, 25] {
      for count in [1, 5, 128, 300] {
        var numbers = Numbers(lanes + count)
        let x = (0..<lanes).map { _ in numbers.floats(count).map { $0 / 3 } }
        let trial = OperationTrial(
          operation: ML_LANE_SUM, sizes: [lanes, count], inputs: [bytes(x.flatMap { $0 })],
          outputs: [count * 4])
        #expect(trial.agreedFloats() == tree(x[...]), "\(lanes) lanes of \(count)")
      }
    }
  }
}
