import NeuralNetworks
import TensorPrograms
import Testing
import Tensors

@Suite struct ClippingTests {
  private let gradient = Parameters(["a": literal([3, 0], [2]), "b": literal([-4], [1])])

  @Test(arguments: [(2.5, 0.5), (5, 1), (10, 1)])
  func `a longer gradient is shortened to the limit, all leaves alike`(
    _ limit: Double, _ factor: Double
  ) {
    let clipped = evaluated(clippedByGlobalNorm(gradient, limit))
    #expect(distance(clipped["a"] ?? [], [3 * factor, 0]) < 1e-12)
    #expect(distance(clipped["b"] ?? [], [-4 * factor]) < 1e-12)
    #expect(evaluated(globalNorm(gradient)) == [5])
  }

  @Test func `each element is brought within the limit`() {
    let clipped = evaluated(clippedByValue(gradient, 3.5))
    #expect(clipped == ["a": [3, 0], "b": [-3.5]])
  }

  @Test func `clipping a zero gradient has finite derivatives`() {
    let variable = Tensor.input("g", shape: [2])
    let clipped = clippedByGlobalNorm(Parameters(["g": variable]), 1)["g"]
    let loss = clipped.sum() + clipped.square().sum()
    let first = Tensors.gradient(of: loss, withRespectTo: [variable])
    let second = Tensors.gradient(of: first[0].square().sum(), withRespectTo: [variable])
    let point = ["g": ReferenceValue(shape: [2], [0, 0])]
    #expect(evaluated(first[0], point) == [1, 1])
    #expect(evaluated(second[0], point) == [4, 4])
  }

  @Test func `derivatives of clipping are those of differences`() {
    let variable = Tensor.input("g", shape: [3])
    let tree = Parameters(["g": variable])
    let point = ["g": ReferenceValue(shape: [3], [1.5, -0.5, 0.25])]
    for clipped in [clippedByGlobalNorm(tree, 1), clippedByValue(tree, 1)] {
      let check = DerivativeCheck(
        loss: clipped["g"].sine().sum(), variables: [variable], point: point)
      #expect(check.firstOrderError() < 1e-6)
      #expect(check.secondOrderError() < 1e-6)
    }
  }
}
