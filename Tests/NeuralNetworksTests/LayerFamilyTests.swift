import NeuralNetworks
import Testing
import TensorPrograms
import Tensors

@Suite struct LayerFamilyTests {
  @Test(arguments: LayerCase.all)
  func `a layer makes the shape that it announces`(_ row: LayerCase) {
    #expect(row.layer.outputShape(for: row.input) == row.output)
    #expect(row.applied().result.shape == [4] + row.output)
  }

  @Test(arguments: LayerCase.all)
  func `a layer has the parameters of its documentation`(_ row: LayerCase) {
    let initial = row.layer.initialParameters(for: row.input, key: RandomKey(seed: 1))
    func shapes(_ tree: ParameterValues) -> [String: Shape] {
      Dictionary(uniqueKeysWithValues: tree.entries.map { ($0.name, $0.leaf.shape) })
    }
    #expect(shapes(initial.learned) == row.parameters)
    #expect(shapes(initial.statistics) == row.statistics)
    #expect(initial == row.layer.initialParameters(for: row.input, key: RandomKey(seed: 1)))
  }

  @Test(arguments: LayerCase.all)
  func `a layer's first and second derivatives are those of differences`(_ row: LayerCase) {
    let (result, variables, point) = row.applied()
    let coefficients = RandomKey(seed: 6).normal(count: result.shape.elementCount)
    let weighted = result * Tensor.literal(TensorValue(coefficients, shape: result.shape))
    // A sine has derivatives of every order everywhere, also where the layer is linear.
    let check = DerivativeCheck(
      loss: weighted.sine().sum(), variables: variables, point: point)
    #expect(check.firstOrderError() < 1e-6)
    #expect(check.secondOrderError() < 1e-6)
  }

  @Test func `another key gives other weights`() {
    let layer = Conv2D(filters: 4)
    let first = layer.initialParameters(for: [8, 8, 1], key: RandomKey(seed: 1))
    let second = layer.initialParameters(for: [8, 8, 1], key: RandomKey(seed: 2))
    #expect(first["weight"] != second["weight"])
    #expect(first["bias"] == second["bias"])
  }
}
