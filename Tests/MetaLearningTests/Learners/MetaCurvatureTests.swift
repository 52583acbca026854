import MetaLearning
import TensorPrograms
import Tensors
import Testing

@Suite struct `Meta-Curvature` {
  @Test func `multiplies a gradient along each axis`() {
    let shape: Shape = [1, 2, 3, 4]
    let extents = ["window": 2, "input": 3, "output": 4]
    let gradient = TensorValue(RandomKey(seed: 1).normal(count: 24), shape: shape)
    let matrices = extents.mapValues { extent in
      TensorValue(
        RandomKey(seed: 2).folded(extent).normal(count: extent * extent), shape: [extent, extent])
    }
    let result = MetaCurvature.transformed(
      .literal(gradient),
      by: Parameters(matrices.map { .init(name: $0.key, leaf: Tensor.literal($0.value)) }))
    let found = ReferenceExecutor(laneCount: 1).evaluate([result], values: [:])[0].elements
    func factor(_ axis: String, _ to: Int, _ from: Int) -> Double {
      guard let matrix = matrices[axis], let extent = extents[axis] else { return .nan }
      return matrix.doubles[to * extent + from]
    }
    for (position, value) in found.enumerated() {
      let (window, input, output) = (position / 12, position / 4 % 3, position % 4)
      let expected = gradient.doubles.enumerated().reduce(0) { sum, entry in
        let (at, number) = entry
        return sum + factor("window", window, at / 12) * factor("input", input, at / 4 % 3)
          * factor("output", output, at % 4) * number
      }
      #expect(abs(value - expected) < 1e-9)
    }
    #expect(result.shape == shape)
  }
}
