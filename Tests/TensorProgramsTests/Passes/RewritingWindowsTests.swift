import TensorPrograms
import Tensors
import Testing

/// Pooling after work that keeps the order of each channel's numbers, or reverses it.
@Suite struct RewritingWindowsTests {
  struct Row: CustomTestStringConvertible, Sendable {
    let testDescription: String
    var size = 2
    var stride: Int?
    let before: @Sendable (_ pictures: Tensor, _ factor: Tensor, _ offset: Tensor) -> Tensor
  }

  static let rows = [
    Row(testDescription: "nothing") { pictures, _, _ in pictures },
    Row(testDescription: "factors of both signs") { pictures, factor, _ in pictures * factor },
    Row(testDescription: "a factor and an offset") { $0 * $1 + $2 },
    Row(testDescription: "a rectifier") { ($0 * $1 + $2).relu() },
    Row(testDescription: "several factors and numbers") { ($1 * ($0 * 3 - $2) + 1) * $2 * 0.5 },
    Row(testDescription: "a reversing number") { pictures, _, offset in (pictures + offset) * -2 },
    Row(testDescription: "squares, which keep no order") { pictures, factor, _ in
      pictures.square() * factor
    },
    Row(testDescription: "overlapping windows", size: 3, stride: 2) { $0 * $1 + $2 },
    Row(testDescription: "gaps between windows", size: 2, stride: 3) { $0 * $1 + $2 },
    Row(testDescription: "offsets along another last axis") { pictures, _, offset in
      let shape = pictures.shape
      let wide = pictures.reshaped([shape[0] * shape[1], shape[2] * shape[3]])
      let offsets = offset.reshaped([1, 1, shape[3]])
        .broadcast(to: [1, shape[2], shape[3]]).reshaped([1, -1])
      return (wide + offsets.cumulativeSum(along: 1).broadcast(to: wide.shape)).reshaped(shape)
    },
    Row(testDescription: "factors along another last axis") { pictures, factor, _ in
      let narrow = pictures.reshaped([-1, 1])
      let one = factor.sum().reshaped([1, 1]).broadcast(to: narrow.shape)
      return (narrow * one).reshaped(pictures.shape)
    },
    Row(testDescription: "normalization") { pictures, factor, offset in
      let rows = pictures.reshaped([-1, pictures.shape[-1]])
      let centred = rows - rows.mean(along: [0], keepingAxes: true)
      let variance = centred.square().mean(along: [0], keepingAxes: true)
      let scale = factor * (variance + 1e-3).reciprocalSquareRoot()
      return (centred * scale + offset).reshaped(pictures.shape)
    },
  ]

  @Test(arguments: rows, [16, 5])
  func `keeps numbers and their first and second derivatives`(row: Row, channels: Int) {
    let pictures = Tensor.input("p", shape: [6, 15, 14, channels])
    let factor = Tensor.input("f", shape: [channels])
    let offset = Tensor.input("o", shape: [channels])
    let pooled = row.before(pictures, factor, offset)
      .maximumPooled(size: row.size, stride: row.stride).relu()
    let loss = (pooled.square() * pooled).sum()
    let inputs = [pictures, factor, offset]
    let slopes = derivatives(of: loss, inputs)
    let length = slopes.dropFirst().reduce(slopes[0].square().sum()) { $0 + $1.square().sum() }
    let curves = derivatives(of: length, inputs)
    expectSameNumbers(
      [pooled] + slopes + curves,
      [
        "p": numbers(pictures.shape, seed: 1), "f": numbers(factor.shape, seed: 2),
        "o": numbers(offset.shape, seed: 3),
      ])
  }

  /// Of the inputs that a loss depends on.
  private func derivatives(of loss: Tensor, _ inputs: [Tensor]) -> [Tensor] {
    vectorJacobianProducts(
      of: [loss], cotangents: [.fill(1, shape: loss.shape)], withRespectTo: inputs
    ).compactMap(\.self)
  }

  @Test func `positions do not wait for statistics`() {
    let x = Tensor.input("x", shape: [2, 28, 28, 16])
    let normalised = Self.rows[Self.rows.count - 1].before(
      x, Tensor.input("f", shape: [16]), Tensor.input("o", shape: [16]))
    let graph = Fusion.fused(
      Rewriting.graph(of: [normalised.maximumPooled()], laneCount: 1))
    let walks = graph.steps.filter { step in
      if case .rowProgram(let program) = step.kind { program.rows == 2 * 28 * 28 } else { false }
    }
    #expect(walks.count == 1, "sums and windows in one walk")
  }

  @Test func `sums products of numbers scattered by different positions`() {
    let pictures = ["a", "b", "c"].map { Tensor.input($0, shape: [2, 6, 6, 16]) }
    let window = WindowGeometry(
      height: 2, width: 2, stride: 2, padding: .valid, pictureHeight: 6, pictureWidth: 6)
    let scattered = pictures.prefix(2).map { picture in
      Tensor(
        .windowScatter(window, inputShape: picture.shape),
        [Tensor.input("g", shape: [2, 3, 3, 16]), Tensor(.windowIndex(window), [picture])])
    }
    var deep = scattered[1]
    for _ in 0..<7 { deep = deep * pictures[2] }
    let sums = [
      pictures[2] * (deep * scattered[0]), scattered[0] * scattered[1], deep * deep,
      scattered[0] * pictures[2] + scattered[1],
    ].map { $0.sum(along: [0, 1, 2]) }
    let values = Dictionary(
      uniqueKeysWithValues: ["a", "b", "c", "g"].enumerated().map { seed, name in
        let shape: Shape = name == "g" ? [2, 3, 3, 16] : [2, 6, 6, 16]
        return (name, numbers(shape, seed: UInt64(seed)))
      })
    expectSameNumbers(sums, values)
  }

  private func numbers(_ shape: Shape, seed: UInt64) -> TensorValue {
    TensorValue(
      RandomKey(seed: seed).uniform(count: shape.elementCount).map { 2 * $0 - 1 }, shape: shape)
  }

  private func expectSameNumbers(_ outputs: [Tensor], _ values: [String: TensorValue]) {
    let named = outputs.enumerated().map { (name: "\($0)", tensor: $1) }
    let inputs = values.map { Tensor.input($0.key, shape: $0.value.shape) }
    let execution = Runner(.init(threads: 1)).execution(of: Program(named, declaring: inputs))
    for (name, value) in values { execution.set(name, value) }
    execution.run()
    let expected = ReferenceExecutor().evaluate(outputs, values: values)
    for (index, wanted) in expected.enumerated() {
      let got = execution.value("\(index)").doubles
      let scale = wanted.elements.reduce(1e-3) { max($0, abs($1)) }
      let worst = zip(got, wanted.elements).map { abs($0 - $1) }.max() ?? 0
      #expect(worst <= 1e-4 * scale, "output \(index)")
    }
  }
}
