import NeuralNetworks
import TensorPrograms
import Testing
import Tensors

@Suite struct NormalizationTests {
  private static let picture: Shape = [2, 2, 2]
  private static let count = 3
  private let inputs = literal(
    (0..<24).map { Double(($0 * 7) % 11) / 4 - 1 }, [count] + picture)

  private func parameters(_ layer: BatchNorm) -> Parameters {
    layer.initialParameters(for: Self.picture, key: RandomKey(seed: 1)).map { .literal($0) }
  }

  /// Mean and variance of one channel of some of the inputs.
  private func moments(_ channel: Int, examples: Range<Int>) -> (mean: Double, variance: Double) {
    let all = evaluated(inputs)
    let elements = examples.flatMap { example in
      (0..<4).map { all[example * 8 + $0 * 2 + channel] }
    }
    let mean = elements.reduce(0, +) / Double(elements.count)
    let squares = elements.map { ($0 - mean) * ($0 - mean) }
    return (mean, squares.reduce(0, +) / Double(elements.count))
  }

  /// What normalising each element by a channel's and example's moments gives.
  private func normalised(
    by moments: (_ channel: Int, _ example: Int) -> (mean: Double, variance: Double)
  ) -> [Double] {
    evaluated(inputs).enumerated().map { index, element in
      let (mean, variance) = moments(index % 2, index / 8)
      return (element - mean) / (variance + 1e-5).squareRoot()
    }
  }

  @Test func `examples normalise themselves by mean and biased variance`() {
    let layer = BatchNorm()
    var context = NetworkContext()
    let result = evaluated(layer(inputs, parameters(layer), &context))
    let expected = normalised { channel, _ in moments(channel, examples: 0..<3) }
    #expect(distance(result, expected) < 1e-12)
    let measured = evaluated(context.measuredStatistics)
    #expect(
      distance(measured["mean"] ?? [], (0..<2).map { moments($0, examples: 0..<3).mean }) < 1e-12)
    #expect(
      distance(measured["variance"] ?? [], (0..<2).map { moments($0, examples: 0..<3).variance })
        < 1e-12)
  }

  @Test func `scale and offset follow the normalisation`() {
    let layer = BatchNorm()
    var context = NetworkContext()
    let moved = parameters(layer).replacing(
      with: Parameters(["scale": literal([2, 3], [2]), "offset": literal([5, 7], [2])]))
    let result = evaluated(layer(inputs, moved, &context))
    let plain = normalised { channel, _ in moments(channel, examples: 0..<3) }
    let expected = plain.enumerated().map { $0 % 2 == 0 ? 2 * $1 + 5 : 3 * $1 + 7 }
    #expect(distance(result, expected) < 1e-12)
  }

  @Test func `weights of one and zero choose the examples that count`() {
    for mode in [NormalizationMode.examples, .taskNorm] {
      let layer = BatchNorm(mode: mode)
      var weighted = NetworkContext(exampleWeights: literal([1, 1, 0], [3]))
      _ = layer(inputs, parameters(layer), &weighted)
      var few = NetworkContext()
      _ = layer(inputs.slice(along: 0, from: 0, to: 2), parameters(layer), &few)
      let (found, expected) = (
        evaluated(weighted.measuredStatistics), evaluated(few.measuredStatistics)
      )
      #expect(found.keys == expected.keys)
      for (name, value) in expected {
        #expect(distance(found[name] ?? [], value) < 1e-12, "\(mode) \(name)")
      }
    }
  }

  @Test func `the support's statistics normalise queries`() {
    let layer = BatchNorm(mode: .support)
    var support = NetworkContext()
    _ = layer(inputs.slice(along: 0, from: 0, to: 2), parameters(layer), &support)
    var queries = NetworkContext(givenStatistics: support.measuredStatistics)
    let result = evaluated(layer(inputs, parameters(layer), &queries))
    let expected = normalised { channel, _ in moments(channel, examples: 0..<2) }
    #expect(distance(result, expected) < 1e-12)
    #expect(queries.measuredStatistics.isEmpty)
  }

  @Test func `TaskNorm blends the moments of support and example by the size of the support`() {
    let layer = BatchNorm(mode: .taskNorm)
    let learned = parameters(layer).replacing(
      with: Parameters(["blendSlope": Tensor.fill(0.3), "blendOffset": Tensor.fill(-0.2)]))
    var support = NetworkContext()
    _ = layer(inputs.slice(along: 0, from: 0, to: 2), learned, &support)
    #expect(evaluated(support.measuredStatistics)["count"] == [2])
    var queries = NetworkContext(givenStatistics: support.measuredStatistics)
    let result = evaluated(layer(inputs, learned, &queries))
    // sigmoid(0.3 · 2 - 0.2)
    let blend = 0.598687660112452
    let expected = normalised { channel, example in
      let of = moments(channel, examples: 0..<2)
      let own = moments(channel, examples: example..<example + 1)
      let mean = blend * of.mean + (1 - blend) * own.mean
      let first = of.variance + (of.mean - mean) * (of.mean - mean)
      let second = own.variance + (own.mean - mean) * (own.mean - mean)
      return (mean, blend * first + (1 - blend) * second)
    }
    #expect(distance(result, expected) < 1e-12)
  }

  @Test func `TaskNorm on vectors blends with the moments of a whole example`() {
    let layer = BatchNorm(mode: .taskNorm)
    let vectors = literal([1, 3, 2, 6], [2, 2])
    let initial = layer.initialParameters(for: [2], key: RandomKey(seed: 1))
    var context = NetworkContext()
    let result = evaluated(layer(vectors, initial.map { .literal($0) }, &context))
    // Channels have means 1.5 and 4.5 and variances 0.25 and 2.25; examples 2 and 4, 1 and 4. Half
    // of each is taken.
    func expected(_ x: Double, _ own: (Double, Double), _ of: (Double, Double)) -> Double {
      let mean = (own.0 + of.0) / 2
      let first = of.1 + (of.0 - mean) * (of.0 - mean)
      let second = own.1 + (own.0 - mean) * (own.0 - mean)
      return (x - mean) / ((first + second) / 2 + 1e-5).squareRoot()
    }
    let wanted = [
      expected(1, (2, 1), (1.5, 0.25)), expected(3, (2, 1), (4.5, 2.25)),
      expected(2, (4, 4), (1.5, 0.25)), expected(6, (4, 4), (4.5, 2.25)),
    ]
    #expect(distance(result, wanted) < 1e-12)
  }

  @Test func `running statistics move by a part, in the row of the step alone`() {
    let layer = BatchNorm(mode: .running, momentum: 0.75, steps: 3)
    var context = NetworkContext(step: 1)
    let result = evaluated(layer(inputs, parameters(layer), &context))
    let expected = normalised { channel, _ in moments(channel, examples: 0..<3) }
    #expect(distance(result, expected) < 1e-12)
    let updated = evaluated(context.updatedStatistics)
    let of = (0..<2).map { moments($0, examples: 0..<3) }
    let means = [0, 0] + of.map { 0.25 * $0.mean } + [0, 0]
    let variances = [1, 1] + of.map { 0.75 + 0.25 * $0.variance } + [1, 1]
    #expect(distance(updated["mean"] ?? [], means) < 1e-12)
    #expect(distance(updated["variance"] ?? [], variances) < 1e-12)
    #expect(context.updatedStatistics.entries.allSatisfy { $0.role == .statistic })
  }

  @Test(arguments: [(0, 0), (2, 2), (9, 2)])
  func `running statistics are those of the step, or of the last`(step: Int, row: Int) {
    let layer = BatchNorm(mode: .running, steps: 3)
    let statistics = Parameters([
      "mean": literal([1, 2, 3, 4, 5, 6], [3, 2]),
      "variance": literal([1, 2, 3, 4, 5, 6], [3, 2]),
    ])
    var context = NetworkContext(usesRunningStatistics: true, step: step)
    let result = evaluated(layer(inputs, parameters(layer).replacing(with: statistics), &context))
    let expected = normalised { channel, _ in
      (Double(2 * row + channel + 1), Double(2 * row + channel + 1))
    }
    #expect(distance(result, expected) < 1e-12)
    #expect(context.updatedStatistics.isEmpty)
  }

  @Test(arguments: NormalizationMode.allCases)
  func `each step may have a scale and an offset of its own`(_ mode: NormalizationMode) {
    let (one, several) = (
      BatchNorm(mode: mode), BatchNorm(mode: mode, steps: 3, scalesEachStep: true)
    )
    let rows = Parameters([
      "scale": literal([1, 2, 3, 4, 5, 6], [3, 2]),
      "offset": literal([7, 8, 9, 10, 11, 12], [3, 2]),
    ])
    for (step, row) in [(0, 0), (1, 1), (2, 2), (5, 2)] {
      var context = NetworkContext(step: step)
      let found = evaluated(several(inputs, parameters(several).replacing(with: rows), &context))
      let chosen = rows.map { $0.slice(along: 0, from: row, to: row + 1).reshaped([2]) }
      var single = NetworkContext()
      let expected = evaluated(one(inputs, parameters(one).replacing(with: chosen), &single))
      #expect(distance(found, expected) < 1e-12, "step \(step)")
      #expect(
        context.measuredStatistics.map(\.shape) == single.measuredStatistics.map(\.shape))
    }
  }

  @Test func `a leading axis of particles may have scales of each step`() {
    let layer = BatchNorm(mode: .examples, steps: 2, scalesEachStep: true)
    let stacked = literal((0..<12).map { Double(($0 * 5) % 7) }, [2, 3, 2])
    let wide = Parameters([
      "scale": literal([9, 9, 1, 2, 9, 9, 3, 4], [2, 2, 2]),
      "offset": literal([9, 9, 0, 1, 9, 9, 2, 3], [2, 2, 2]),
    ])
    let plain = Parameters([
      "scale": literal([1, 2, 3, 4], [2, 2]), "offset": literal([0, 1, 2, 3], [2, 2]),
    ])
    var (context, other) = (NetworkContext(step: 1), NetworkContext())
    #expect(
      evaluated(layer(stacked, wide, &context))
        == evaluated(BatchNorm(mode: .examples)(stacked, plain, &other)))
  }

  @Test func `a leading axis of parameters has statistics of its own`() {
    let layer = BatchNorm()
    let stacked = literal((0..<12).map { Double(($0 * 5) % 7) }, [2, 3, 2])
    let wide = Parameters([
      "scale": literal([1, 2, 3, 4], [2, 2]), "offset": literal([0, 1, 2, 3], [2, 2]),
    ])
    var context = NetworkContext()
    let together = evaluated(layer(stacked, wide, &context))
    let apart = (0..<2).flatMap { index in
      var context = NetworkContext()
      let part = wide.map { $0.slice(along: 0, from: index, to: index + 1).reshaped([2]) }
      let inputs = stacked.slice(along: 0, from: index, to: index + 1).reshaped([3, 2])
      return evaluated(layer(inputs, part, &context))
    }
    #expect(distance(together, apart) < 1e-12)
    #expect(context.measuredStatistics["mean"].shape == [2, 2])
  }

  @Test(arguments: LayerNorm.Extent.allCases)
  func `layer norm normalises each example by itself`(_ extent: LayerNorm.Extent) {
    let layer = LayerNorm(over: extent)
    let initial = layer.initialParameters(for: Self.picture, key: RandomKey(seed: 1))
    var context = NetworkContext()
    let result = evaluated(layer(inputs, initial.map { .literal($0) }, &context))
    let group = extent == .features ? 2 : 8
    let all = evaluated(inputs)
    let expected = all.indices.map { index in
      let start = index / group * group
      let elements = all[start..<start + group]
      let mean = elements.reduce(0, +) / Double(group)
      let variance = elements.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(group)
      return (all[index] - mean) / (variance + 1e-5).squareRoot()
    }
    #expect(distance(result, expected) < 1e-12)
  }
}
