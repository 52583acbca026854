import TensorPrograms
import Tensors
import Testing

@Suite struct RewritingMomentsTests {
  private let x = Tensor.input("x", shape: [2048, 16])

  private var variance: Tensor {
    (x - x.mean(along: [0], keepingAxes: true)).square().mean(along: [0], keepingAxes: true)
  }

  @Test func `walks over many rows once for mean and variance`() {
    let graph = Fusion.fused(
      Rewriting.graph(of: [x.mean(along: [0], keepingAxes: true), variance], laneCount: 1))
    let walks = graph.steps.filter { step in
      if case .rowProgram(let program) = step.kind { program.rows == 2048 } else { false }
    }
    #expect(walks.count == 1)
  }

  @Test(arguments: [0, 1, -300])
  func `knows before a convolution of few channels what its results are near`(_ offset: Float) {
    let pictures = Tensor.input("x", shape: [3, 28, 28, 2])
    let weights = RandomKey(seed: 2).uniform(count: 9 * 2 * 16).map { 2 * $0 - 1 }
    let rows = pictures.convolved(
      with: .literal(TensorValue(weights, shape: [3, 3, 2, 16])), padding: .valid
    ).reshaped([-1, 16])
    let mean = rows.mean(along: [0], keepingAxes: true)
    let variance = (rows - mean).square().mean(along: [0], keepingAxes: true)
    let graph = Rewriting.graph(of: [mean, variance], laneCount: 1)
    #expect(
      !graph.steps.contains { step in
        if case .slice = step.operation { true } else { false }
      })
    let numbers = RandomKey(seed: 6).uniform(count: 3 * 28 * 28 * 2).map { offset + $0 }
    let values = ["x": TensorValue(numbers, shape: pictures.shape)]
    let execution = Runner(.init(threads: 1)).execution(
      of: Program([("m", mean), ("v", variance)]))
    execution.set("x", values["x"] ?? TensorValue(0))
    execution.run()
    let expected = ReferenceExecutor().evaluate([mean, variance], values: values)
    for (name, expected) in zip(["m", "v"], expected) {
      for (got, wanted) in zip(execution.value(name).doubles, expected.elements) {
        #expect(abs(got - wanted) <= 1e-5 * abs(wanted) + 1e-6 * Double(abs(offset) + 1))
      }
    }
  }

  @Test(arguments: [0, 1, 1000, -30_000])
  func `finds the variance of numbers far from zero`(_ offset: Float) {
    let numbers = RandomKey(seed: 5).uniform(count: 2048 * 16).map { offset + 2 * $0 - 1 }
    expectVariances(of: TensorValue(numbers, shape: x.shape), within: 1e-5)
  }

  @Test func `finds no negative variance where numbers are equal or all but one`() {
    expectVariances(of: TensorValue(repeating: 12345.678, shape: x.shape), within: 1e-5)
    var numbers = [Float](repeating: 3, count: 2048 * 16)
    for column in 0..<16 { numbers[column * 128 * 16 + column] = 1e4 }
    expectVariances(of: TensorValue(numbers, shape: x.shape), within: 1e-3)
  }

  @Test func `sums no distances from a mean`() {
    for rows in [64, 2048] {
      let x = Tensor.input("x", shape: [rows, 16])
      let distances = x - x.mean(along: [0], keepingAxes: true)
      let factor = Tensor.input("f", shape: [1, 16])
      let graph = Rewriting.graph(
        of: [distances.sum(along: [0]), (factor * distances * 2).sum(along: [0])], laneCount: 1)
      #expect(
        graph.steps.allSatisfy { step in
          switch step.operation {
          case .input, .fill, .reshape: true
          default: false
          }
        })
    }
  }

  /// Relative to the variance, or to what the numbers' own rounding makes of it.
  private func expectVariances(of value: TensorValue, within tolerance: Double) {
    let execution = Runner(.init(threads: 1)).execution(of: Program([("v", variance)]))
    execution.set("x", value)
    execution.run()
    let expected = ReferenceExecutor().evaluate([variance], values: ["x": value])[0].elements
    let largest = value.floats.reduce(0) { max($0, abs(Double($1))) }
    for (got, wanted) in zip(execution.value("v").doubles, expected) {
      #expect(got >= 0)
      #expect(abs(got - wanted) <= tolerance * wanted + 1e-13 * largest * largest)
    }
  }
}
