import NeuralNetworks
import TensorPrograms
import Testing
import Tensors

@Suite struct NetworkTests {
  private static func names(_ network: Network) -> [String] {
    network.initialParameters(RandomKey(seed: 1)).names
  }

  @Test func `Conv4 with max-pool has the names and shapes of its documentation`() {
    let network = conv4(inputShape: [28, 28, 1], width: 8, outputs: 5)
    #expect(network.outputShape == [5])
    let blocks = (1...4).flatMap { block in
      ["convolution.weight", "convolution.bias", "normalization.scale", "normalization.offset"]
        .map { "block\(block).\($0)" }
    }
    #expect(Self.names(network) == blocks + ["head.weight", "head.bias"])
    let firstBlock = [
      "block1.convolution", "block1.normalization", "block1.pool", "block1.activation",
    ]
    #expect(network.nodes.map(\.name).prefix(4) == firstBlock[...])
    #expect(network.prefix(before: "head").outputShape == [8])
  }

  static let featureShapes: [(Conv4.Form, Conv4.Features?, Shape, Shape)] = [
    (.maxPool, nil, [28, 28, 1], [64]), (.maxPool, nil, [84, 84, 3], [1600]),
    (.maxPool, .mean, [32, 32, 3], [64]), (.maxPool, .all, [32, 32, 3], [256]),
    (.threeMaxPools, nil, [28, 28, 1], [576]), (.threeMaxPools, .mean, [28, 28, 1], [64]),
    (.threeMaxPools, nil, [8, 9, 3], [64]),
    (.strided, nil, [28, 28, 1], [64]), (.strided, nil, [84, 84, 3], [64]),
    (.strided, .all, [28, 28, 1], [256]), (.threeStrides, nil, [28, 28, 1], [1024]),
    (.paddedStrides, nil, [28, 28, 1], [64]), (.threeStrides, .mean, [28, 28, 1], [64]),
    (.threeStrides, nil, [1, 1, 1], [64]),
  ]

  @Test(arguments: featureShapes)
  func `Conv4 without outputs gives its features`(
    _ form: Conv4.Form, _ features: Conv4.Features?, _ input: Shape, _ output: Shape
  ) {
    #expect(conv4(inputShape: input, form: form, features: features).outputShape == output)
    #expect(
      conv4(inputShape: input, form: form, features: features, outputs: 20).outputShape == [20])
  }

  @Test func `Conv4 may have a width of its own in each block`() {
    let network = conv4(
      inputShape: [28, 28, 1], width: Conv4.Width(2, 3, 4, 5), form: .threeMaxPools, outputs: 7)
    let parameters = network.initialParameters(RandomKey(seed: 1))
    let weights = parameters.names.filter { $0.hasSuffix(".weight") }
    #expect(
      weights.map { parameters[$0].shape } == [
        [3, 3, 1, 2], [3, 3, 2, 3], [3, 3, 3, 4], [3, 3, 4, 5], [45, 7],
      ])
  }

  @Test func `Conv4 brings the features of each example to one length where it is asked to`() {
    let network = conv4(
      inputShape: [8, 8, 1], width: 4, form: .threeMaxPools, normalizesFeatures: true, outputs: 3)
    #expect(network.nodes.suffix(3).map(\.name) == ["features", "features.normalization", "head"])
    #expect(
      Self.names(network).suffix(4) == [
        "features.normalization.scale", "features.normalization.offset", "head.weight", "head.bias",
      ])
    let parameters = network.initialParameters(RandomKey(seed: 3)).map { Tensor.literal($0) }
    let value = normalValue([5, 8, 8, 1], RandomKey(seed: 4))
    let pictures = Tensor.input("pictures", shape: value.shape)
    let features = network.prefix(before: "head")(pictures, parameters)
    for length in evaluated(features.square().sum(along: [1]), ["pictures": value]) {
      #expect(abs(length - 4) < 1e-2)
    }
  }

  @Test func `Conv4 leaves out what is not asked for`() {
    let network = conv4(
      inputShape: [28, 28, 1], width: 4, form: .strided, normalization: nil, convolutionBias: false)
    #expect(Self.names(network) == (1...4).map { "block\($0).convolution.weight" })
    #expect(!network.nodes.contains { $0.name.hasSuffix("pool") })
  }

  @Test func `a perceptron has the names and shapes of its documentation`() {
    let network = multilayerPerceptron(
      inputs: [4, 4, 1], hidden: [6, 7], outputs: 3, normalization: .examples)
    #expect(network.outputShape == [3])
    let shapes = network.initialParameters(RandomKey(seed: 1)).entries.map {
      "\($0.name) \($0.leaf.shape)"
    }
    let expected = [
      "dense1.weight [16, 6]", "dense1.bias [6]", "normalization1.scale [6]",
      "normalization1.offset [6]", "dense2.weight [6, 7]", "dense2.bias [7]",
      "normalization2.scale [7]", "normalization2.offset [7]", "head.weight [7, 3]",
      "head.bias [3]",
    ]
    #expect(shapes == expected)
  }

  @Test func `a perceptron is its formula`() {
    let network = multilayerPerceptron(inputs: [2], hidden: [2], outputs: 1)
    let parameters = Parameters([
      "dense1.weight": literal([1, -1, 2, 1], [2, 2]), "dense1.bias": literal([0, 1], [2]),
      "head.weight": literal([3, 5], [2, 1]), "head.bias": literal([-2], [1]),
    ])
    // Hidden (1 + 4, -1 + 2 + 1) and (-1, 1 + 1) before the rectifier.
    #expect(evaluated(network(literal([1, 2, -1, 0], [2, 2]), parameters)) == [23, 8])
  }

  @Test func `shapes of parameters are known before there are any`() {
    for network in [
      conv4(inputShape: [16, 16, 3], width: 2, outputs: 5, normalization: .running),
      multilayerPerceptron(inputs: [4], hidden: [3], outputs: 2, normalization: .taskNorm),
    ] {
      let parameters = network.initialParameters(RandomKey(seed: 1))
      #expect(network.parameterShapes == parameters.map(\.shape))
      #expect(
        network.parameterDefinitions.elementCount
          == parameters.leaves.reduce(0) { $0 + $1.shape.elementCount })
    }
    let huge = ParameterDefinitions([
      "a": .init([1 << 40, 1 << 40], .constant(0)), "b": .init([3], .constant(0)),
    ])
    #expect(huge.elementCount == .max)
  }

  @Test func `first parameters keep their bits, so that a seed names the same start for ever`() {
    let convolutional = conv4(inputShape: [28, 28, 1], width: 4, outputs: 5)
      .initialParameters(RandomKey(seed: 7))
    let dense = multilayerPerceptron(inputs: [3], hidden: [4], outputs: 2)
      .initialParameters(RandomKey(seed: 7))
    let firsts = [
      convolutional["block1.convolution.weight"], convolutional["block4.convolution.weight"],
      convolutional["head.weight"], dense["dense1.weight"], dense["head.weight"],
    ].map { $0.floats[0].bitPattern }
    #expect(firsts == [3_198_310_335, 3_191_085_296, 1_021_812_690, 3_171_502_291, 1_024_317_216])
  }

  @Test func `prefix and suffix together are the network`() {
    let network = conv4(inputShape: [16, 16, 1], width: 3, outputs: 5)
    let parameters = network.initialParameters(RandomKey(seed: 2)).map { Tensor.literal($0) }
    let value = normalValue([3, 16, 16, 1], RandomKey(seed: 3))
    let inputs = Tensor.input("inputs", shape: value.shape)
    let features = network.prefix(before: "head")(inputs, parameters)
    let apart = network.suffix(from: "head")(features, parameters)
    #expect(
      evaluated(apart, ["inputs": value])
        == evaluated(network(inputs, parameters), ["inputs": value]))
  }

  @Test func `a modulated network is the network itself where it is told zeros`() {
    let plain = conv4(inputShape: [16, 16, 1], width: 3, outputs: 2)
    let network = plain.modulated(
      atActivation: 3, by: InputDescription("told", shape: [4]))
    let known = Set(plain.parameterShapes.names)
    let own = network.parameterShapes.names.filter { !known.contains($0) }
    #expect(own.count == 4 && own.allSatisfy { $0.hasPrefix("block3.activation.modulation.") })
    let parameters = network.initialParameters(RandomKey(seed: 2)).map { Tensor.literal($0) }
    let pictures = Tensor.literal(
      TensorValue(RandomKey(seed: 3).normal(count: 512), shape: [2, 16, 16, 1]))
    func results(_ told: Double) -> [Double] {
      evaluated(
        network(
          NamedTree(["inputs": pictures, "told": Tensor.fill(told, shape: [2, 4])]), parameters))
    }
    #expect(distance(results(0), evaluated(plain(pictures, parameters))) < 1e-9)
    #expect(distance(results(1), results(0)) > 1e-3)
  }

  @Test func `a layer's first parameters depend on its name, not on its neighbours`() {
    let short = Network(inputShape: [4], layers: [("head", Dense(units: 4))])
    let long = Network(
      inputShape: [4], layers: [("body", Dense(units: 4)), ("head", Dense(units: 4))])
    let key = RandomKey(seed: 5)
    let (first, second) = (short.initialParameters(key), long.initialParameters(key))
    #expect(first["head.weight"] == second["head.weight"])
    #expect(second["head.weight"] != second["body.weight"])
  }

  @Test func `statistics have names within the network`() {
    let network = conv4(inputShape: [16, 16, 1], width: 2, normalization: .running)
    var context = NetworkContext()
    let parameters = network.initialParameters(RandomKey(seed: 2)).map { Tensor.literal($0) }
    _ = network.apply(Tensor.fill(0, shape: [2, 16, 16, 1]), parameters, &context)
    let names = (1...4).flatMap { block in
      ["mean", "variance"].map { "block\(block).normalization.\($0)" }
    }
    #expect(context.measuredStatistics.names == names)
    #expect(context.updatedStatistics.names == names)
    #expect(Set(parameters.statistics.names) == Set(names))
  }

  @Test(arguments: NormalizationMode.allCases)
  func `queries change each other's results where a mode joins them`(
    _ mode: NormalizationMode
  ) {
    let network = conv4(inputShape: [16, 16, 1], width: 2, outputs: 3, normalization: mode)
    let parameters = network.initialParameters(RandomKey(seed: 2)).map { Tensor.literal($0) }
    let point = [
      "support": normalValue([4, 16, 16, 1], RandomKey(seed: 3)),
      "queries": normalValue([3, 16, 16, 1], RandomKey(seed: 4)),
    ]
    var support = NetworkContext()
    _ = network.apply(Tensor.input("support", shape: [4, 16, 16, 1]), parameters, &support)
    func logits(_ range: Range<Int>) -> Tensor {
      var context = NetworkContext(
        givenStatistics: support.measuredStatistics, usesRunningStatistics: true)
      let queries = Tensor.input("queries", shape: [3, 16, 16, 1])
        .slice(along: 0, from: range.lowerBound, to: range.upperBound)
      return network.apply(queries, parameters, &context)
    }
    let together = evaluated(logits(0..<3), point)
    let apart = (0..<3).flatMap { evaluated(logits($0..<$0 + 1), point) }
    #expect((distance(together, apart) < 1e-9) != mode.joinsExamples)
  }

  @Test func `a network names the parts of a program by its layers`() {
    let network = multilayerPerceptron(inputs: [2], hidden: [2], outputs: 1)
    let parameters = network.initialParameters(RandomKey(seed: 2)).map { Tensor.literal($0) }
    let logits = Scope.named("inner step 1") { network(Tensor.fill(1, shape: [1, 2]), parameters) }
    #expect(logits.scope == "inner step 1 / head")
  }
}
