import NeuralNetworks
import TensorPrograms
import Testing
import Tensors

@Suite struct NestedLayerTests {
  /// A network whose normalization layers lie at three depths.
  private static func network(_ mode: NormalizationMode) -> Network {
    Network(
      inputShape: [6, 6, 2],
      layers: [
        ("first", BatchNorm(mode: mode)),
        (
          "block",
          Residual(
            [
              ("convolution", Conv2D(filters: 3)), ("normalization", BatchNorm(mode: mode)),
              ("inner", Sequential([("normalization", BatchNorm(mode: mode))])),
            ],
            projection: Sequential([
              ("normalization", BatchNorm(mode: mode)), ("c", Conv2D(filters: 3)),
            ]))
        ),
        ("features", GlobalAveragePool()), ("head", Dense(units: 2)),
      ])
  }

  private static let normalizations = [
    "first", "block.projection.normalization", "block.normalization", "block.inner.normalization",
  ]

  @Test(arguments: NormalizationMode.allCases)
  func `modes are seen at all depths, and replaced there`(_ mode: NormalizationMode) {
    let network = Self.network(mode)
    #expect(network.normalizationModes == [mode])
    #expect(network.prefix(before: "block").normalizationModes == [mode])
    #expect(network.suffix(from: "features").normalizationModes.isEmpty)
    #expect(network.replacing(mode, with: .taskNorm).normalizationModes == [.taskNorm])
    let other = NormalizationMode.allCases.first { $0 != mode } ?? mode
    #expect(network.replacing(other, with: .taskNorm).normalizationModes == [mode])
    #expect(
      network.replacing(mode, with: .support).parameterShapes
        == Self.network(.support).parameterShapes)
  }

  @Test func `normalization layers at all depths are made those of several steps`() {
    let steps = Self.network(.running).normalizing(eachOf: 4, scalesEachStep: true)
    let shapes = steps.parameterShapes
    for name in Self.normalizations {
      for part in ["scale", "offset", "mean", "variance"] {
        #expect(shapes["\(name).\(part)"].dimensions.first == 4, "\(name).\(part)")
      }
    }
    #expect(steps.normalizationModes == [.running])
  }

  @Test func `statistics are measured, followed and given by their paths`() {
    let running = Self.network(.running)
    let parameters = running.initialParameters(RandomKey(seed: 1)).map { Tensor.literal($0) }
    let pictures = Tensor.input("pictures", shape: [3, 6, 6, 2])
    var context = NetworkContext()
    _ = running.apply(pictures, parameters, &context)
    let names = Self.normalizations.flatMap { ["\($0).mean", "\($0).variance"] }
    #expect(context.measuredStatistics.names == names)
    #expect(context.updatedStatistics.names == names)
    #expect(Set(parameters.statistics.names) == Set(names))
  }

  @Test func `given statistics make each result depend on its own example alone`() {
    let network = Self.network(.support)
    let parameters = network.initialParameters(RandomKey(seed: 1)).map { Tensor.literal($0) }
    let point = [
      "support": normalValue([4, 6, 6, 2], RandomKey(seed: 2)),
      "queries": normalValue([2, 6, 6, 2], RandomKey(seed: 3)),
    ]
    var support = NetworkContext()
    _ = network.apply(Tensor.input("support", shape: [4, 6, 6, 2]), parameters, &support)
    func results(_ range: Range<Int>) -> [Double] {
      var context = NetworkContext(givenStatistics: support.measuredStatistics)
      let queries = Tensor.input("queries", shape: [2, 6, 6, 2])
        .slice(along: 0, from: range.lowerBound, to: range.upperBound)
      return evaluated(network.apply(queries, parameters, &context), point)
    }
    #expect(distance(results(0..<2), results(0..<1) + results(1..<2)) < 1e-12)
  }

  @Test func `a layer's first parameters depend on its path, not on who holds it`() {
    let flat = Network(
      inputShape: [6, 6, 1],
      layers: [("block.first", Conv2D(filters: 2)), ("block.second", Conv2D(filters: 2))])
    let nested = Network(
      inputShape: [6, 6, 1],
      layers: [
        ("block", Sequential([("first", Conv2D(filters: 2)), ("second", Conv2D(filters: 2))]))
      ])
    let key = RandomKey(seed: 4)
    #expect(flat.initialParameters(key) == nested.initialParameters(key))
  }

  @Test func `a residual layer adds what its layers make`() {
    let layer = Residual([("dense", Dense(units: 2, bias: false))])
    let inputs = literal([1, 2], [1, 2])
    let parameters = Parameters(["dense.weight": literal([1, 10, 100, 1000], [2, 2])])
    var context = NetworkContext()
    #expect(evaluated(layer(inputs, parameters, &context)) == [1 + 201, 2 + 2010])
    let projected = Residual(
      [("dense", Dense(units: 2, bias: false))], projection: Dense(units: 2, bias: false))
    var both = parameters
    both.append(.init(name: "projection.weight", leaf: literal([3, 0, 0, 5], [2, 2])))
    #expect(evaluated(projected(inputs, both, &context)) == [3 + 201, 10 + 2010])
  }
}
