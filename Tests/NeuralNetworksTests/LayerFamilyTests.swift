import NeuralNetworks
import Settings
import TensorPrograms
import Testing
import Tensors

@Suite struct LayerFamilyTests {
  @Test(arguments: LayerCase.all)
  func `a layer makes the shape that it announces`(_ row: LayerCase) throws {
    #expect(try row.layer.outputShape(for: row.inputs) == row.output)
    #expect(try row.applied().result.shape == [4] + row.output)
  }

  @Test(arguments: LayerCase.all)
  func `a layer has the parameters of its documentation`(_ row: LayerCase) throws {
    let definitions = try row.layer.parameterDefinitions(for: row.inputs)
    func shapes(_ tree: NamedTree<Shape>) -> [String: Shape] {
      Dictionary(uniqueKeysWithValues: tree.entries.map { ($0.name, $0.leaf) })
    }
    #expect(shapes(definitions.shapes.learned) == row.parameters)
    #expect(shapes(definitions.shapes.statistics) == row.statistics)
    let initial = try row.layer.initialParameters(for: row.inputs, key: RandomKey(seed: 1))
    #expect(initial.map(\.shape) == definitions.shapes)
    #expect(definitions.elementCount == initial.leaves.reduce(0) { $0 + $1.shape.elementCount })
    #expect(initial == (try row.layer.initialParameters(for: row.inputs, key: RandomKey(seed: 1))))
  }

  @Test(arguments: LayerCase.all)
  func `a layer's first and second derivatives are those of differences`(_ row: LayerCase) throws {
    let (result, variables, point) = try row.applied()
    let coefficients = RandomKey(seed: 6).normal(count: result.shape.elementCount)
    let weighted = result * Tensor.literal(TensorValue(coefficients, shape: result.shape))
    // A sine has derivatives of every order everywhere, also where the layer is linear.
    let check = DerivativeCheck(
      loss: weighted.sine().sum(), variables: variables, point: point)
    #expect(check.firstOrderError() < 1e-6)
    #expect(check.secondOrderError() < 1e-6)
  }

  @Test(arguments: LayerCase.all.filter { $0.recipe != nil })
  func `a recipe's layer is the layer`(_ row: LayerCase) throws {
    let (kind, settings) = try #require(row.recipe)
    let section = try settings.of(kind: kind).section("layer")
    let layer = try LayerReader(LayerCatalogue.standard, NetworkNeeds()).layer(section)
    try section.refuseUnknownKeys()
    let (found, _, values) = try row.applied(layer)
    let (expected, _, point) = try row.applied()
    #expect(values.keys == point.keys)
    #expect(evaluated(found, point) == evaluated(expected, point))
  }

  @Test func `each layer of the catalogue has a row`() {
    let rows = Set(LayerCase.all.compactMap { $0.recipe?.kind })
    #expect(rows == Set(LayerCatalogue.standard.names))
  }

  @Test func `another key gives other weights`() {
    let layer = Conv2D(filters: 4)
    let first = layer.initialParameters(for: [8, 8, 1], key: RandomKey(seed: 1))
    let second = layer.initialParameters(for: [8, 8, 1], key: RandomKey(seed: 2))
    #expect(first["weight"] != second["weight"])
    #expect(first["bias"] == second["bias"])
  }
}
