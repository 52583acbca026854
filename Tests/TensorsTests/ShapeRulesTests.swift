import Tensors
import Testing

/// Applications that kernels cannot compute, each stopped where it is written down.
private let impossible: [@Sendable () -> Tensor] = [
  { bytes.padded([.init(after: 1), .init()]) },
  { Tensor.input("x", shape: [2, 2]).padded([.init(before: -1), .init()]) },
  { bytes.gatheringRows(.input("i", shape: [1], elementType: .int32)) },
  { bytes.isEqual(to: bytes) },
  { words.isLess(than: words) },
  { Tensor(.topIndices(count: 1), [words]) },
  { Tensor(.cumulativeSum(axis: 0, isExclusive: false, isReversed: false), [words]) },
  { Tensor(.scatterAdd(rows: 3), [words, .input("i", shape: [2], elementType: .int32)]) },
  { Tensor.input("x", shape: [1, 1 << 25]).largest(1).values },
  { Tensor.input("x", shape: [2, 0]).largest(1).values },
  { sumOverLanes(Tensor.input("i", shape: [2], elementType: .int32, .perLane)) },
  { Tensor.input("x", shape: [2]).matrixTransposed },
  {
    Tensor.input("x", shape: [1, 7, 7, 1])
      .convolved(with: .input("w", shape: [3, 3, 1, 1]), stride: 2, padding: .explicit(-1))
  },
]
private let bytes = Tensor.input("b", shape: [2, 2], elementType: .uint8)
private let words = Tensor.input("w", shape: [2, 2], elementType: .uint32)

@Suite struct ShapeRulesTests {
  @Test(arguments: impossible.indices)
  func `stop what kernels cannot compute`(_ number: Int) async {
    await #expect(processExitsWith: .failure) { [number] in _ = impossible[number]() }
  }
}
