import TensorPrograms
import Tensors
import Testing

@Suite struct OrderingTests {
  @Test(arguments: PassFamily.rows)
  func `keeps every step and needs no more than the order as built`(_ row: PassFamily.Row) {
    let graph = Fusion.fused(
      Rewriting.graph(of: row.outputs, laneCount: row.laneCount))
    let ordered = Ordering.ordered(graph)
    #expect(
      ordered.steps.map(\.outputs).sorted(by: isBefore)
        == graph.steps.map(\.outputs)
        .sorted(by: isBefore))
    #expect(Ordering.peak(ordered) <= Ordering.peak(graph))
  }

  @Test func `runs each of many branches to its end before the next begins`() {
    // As built all wide values are there at once; each is summed where there is but one at a time.
    let x = Tensor.input("x", shape: [64, 64])
    let wide = (1...8).map { matrixProduct(x, x + Double($0)) }
    let sums = wide.map { matrixProduct($0, x).sum() }
    let graph = Rewriting.graph(of: [sums.dropFirst().reduce(sums[0], +)], laneCount: 1)
    let matrix = 64 * 64 * 4
    #expect(
      Ordering.peak(Ordering.ordered(graph)) <= 5 * matrix)
  }

  private func isBefore(_ left: [Int], _ right: [Int]) -> Bool {
    left.lexicographicallyPrecedes(right)
  }
}
