import TensorPrograms
import Tensors
import Testing

@Suite struct RewritingTests {
  private let x = Tensor.input("x", shape: [8, 16])

  @Test func `does equal work once`() {
    let weights = Tensor.input("w", shape: [16, 4])
    let products = [matrixProduct(x, weights), matrixProduct(x, weights)]
    #expect(PassFamily.kindCounts([products[0].exp(), products[1] * 2])["matrixProduct"] == 1)
  }

  @Test func `drops what changes nothing`() {
    let same = (x * 1 + 0).reshaped([128]).reshaped([8, 16]).stopGradient()
    #expect(PassFamily.kindCounts([same]).isEmpty)
    let zero = Tensor.fill(0, shape: x.shape)
    #expect(PassFamily.kindCounts([x + zero])["rowProgram"] == nil)
  }

  @Test func `hoists what all lanes share`() {
    let weights = Tensor.input("w", shape: [16, 16])
    let lane = Tensor.input("y", shape: [8, 16], .perLane)
    let program = Program(
      [("o", (matrixProduct(x, weights) * lane).sum())], laneCount: 3)
    #expect(program.description().laneByteCount < 8 * 16 * 4 * 2, "the product is not in a lane")
  }

  @Test func `refuses a lane that needs a sum over lanes of the same run`() async {
    await #expect(processExitsWith: .failure) {
      let lane = Tensor.input("y", shape: [4], .perLane)
      _ = Program([("o", lane * sumOverLanes(lane))], laneCount: 2)
    }
  }

  @Test func `sums give up factors that are constant along the summed axes`() {
    let row = Tensor.input("r", shape: [1, 16])
    let sums = [
      x.sum(along: [0]), (x * row * 3).sum(along: [0]), (x * row - x * 2).sum(along: [0]),
    ]
    let graph = Rewriting.graph(of: sums, laneCount: 1)
    let count = graph.steps.count { if case .sum = $0.operation { true } else { false } }
    #expect(count == 1)
  }
}
