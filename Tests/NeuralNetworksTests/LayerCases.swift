import NeuralNetworks
import TensorPrograms
import Testing
import Tensors

/// One row of the table of layers.
struct LayerCase: Sendable, CustomTestStringConvertible {
  let name: String
  let layer: any Layer
  let inputs: [InputDescription]
  let output: Shape
  let parameters: [String: Shape]
  let statistics: [String: Shape]
  /// The same layer as a recipe writes it: its kind, and its settings.
  let recipe: (kind: String, settings: WrittenSettings)?
  let context: @Sendable () -> NetworkContext

  var testDescription: String { name }

  init(
    _ name: String, _ layer: any Layer, _ inputs: [InputDescription], _ output: Shape,
    parameters: [String: Shape] = [:], statistics: [String: Shape] = [:],
    recipe: (kind: String, settings: WrittenSettings)? = nil,
    context: @escaping @Sendable () -> NetworkContext = { NetworkContext() }
  ) {
    self.name = name
    self.layer = layer
    self.inputs = inputs
    self.output = output
    self.parameters = parameters
    self.statistics = statistics
    self.recipe = recipe
    self.context = context
  }

  init(
    _ name: String, _ layer: any Layer, _ input: Shape, _ output: Shape,
    parameters: [String: Shape] = [:], statistics: [String: Shape] = [:],
    recipe: (kind: String, settings: WrittenSettings)? = nil,
    context: @escaping @Sendable () -> NetworkContext = { NetworkContext() }
  ) {
    self.init(
      name, layer, [InputDescription("inputs", shape: input)], output, parameters: parameters,
      statistics: statistics, recipe: recipe, context: context)
  }

  static let all: [LayerCase] =
    linear + normalizations + elementwise + pooling + sequences + joining + composite
}

extension LayerCase {
  /// A pass that draws at random.
  private static let drawing: @Sendable () -> NetworkContext = {
    NetworkContext(key: SymbolicKey(words: .literal(TensorValue([7, 8] as [UInt32], shape: [2]))))
  }

  private static let linear = [
    LayerCase(
      "dense", Dense(units: 3), [4], [3], parameters: ["weight": [4, 3], "bias": [3]],
      recipe: ("dense", ["units": 3])),
    LayerCase(
      "dense without bias, on sequences", Dense(units: 3, bias: false), [2, 4], [2, 3],
      parameters: ["weight": [4, 3]], recipe: ("dense", ["units": 3, "bias": false])),
    LayerCase(
      "convolution", Conv2D(filters: 3), [5, 4, 2], [5, 4, 3],
      parameters: ["weight": [3, 3, 2, 3], "bias": [3]], recipe: ("convolution", ["filters": 3])),
    LayerCase(
      "convolution, stride 2", Conv2D(filters: 3, stride: 2, bias: false), [5, 4, 2], [3, 2, 3],
      parameters: ["weight": [3, 3, 2, 3]],
      recipe: ("convolution", ["filters": 3, "stride": 2, "bias": false])),
    LayerCase(
      "convolution, valid", Conv2D(filters: 2, kernel: 2, padding: .valid), [4, 3, 1], [3, 2, 2],
      parameters: ["weight": [2, 2, 1, 2], "bias": [2]],
      recipe: ("convolution", ["filters": 2, "kernel": 2, "padded": false])),
    LayerCase(
      "convolution, explicit", Conv2D(filters: 2, stride: 2, padding: .explicit(2)), [4, 4, 1],
      [3, 3, 2], parameters: ["weight": [3, 3, 1, 2], "bias": [2]]),
    LayerCase(
      "embedding", Embedding(tokens: 5, width: 3), [tokens], [2, 3],
      parameters: ["weight": [5, 3]], recipe: ("embedding", ["tokens": 5, "width": 3])),
    LayerCase(
      "embedding of all tokens of its input", Embedding(width: 3), [tokens], [2, 3],
      parameters: ["weight": [5, 3]], recipe: ("embedding", ["width": 3])),
    LayerCase(
      "bag", Bag(), [tokens, weights], [5], parameters: ["weight": [5, 1]], recipe: ("bag", [:])),
    LayerCase(
      "features of one length", UnitLength(), [3, 2], [3, 2], parameters: ["scale": [1]],
      recipe: ("unitLength", [:])),
  ]

  private static let tokens = InputDescription("tokens", shape: [2], valueCount: 5)
  private static let weights = InputDescription("weights", shape: [2])

  private static let elementwise =
    [
      ("relu", Activation.relu, [:]),
      ("leakyRelu", .leakyRelu(slope: 0.2), ["slope": 0.2]), ("tanh", .tanh, [:]),
      ("sigmoid", .sigmoid, [:]), ("gelu", .gelu, [:]),
    ].map { (kind: String, layer: Activation, settings: WrittenSettings) in
      LayerCase(kind, layer, [5], [5], recipe: (kind, settings))
    } + [
      LayerCase("dropout without key", Dropout(rate: 0.5), [5], [5]),
      LayerCase(
        "dropout", Dropout(rate: 0.25), [5], [5], recipe: ("dropout", ["rate": 0.25]),
        context: LayerCase.drawing),
      LayerCase(
        "dropout of squares", DropBlock(rate: 0.25, size: 2), [4, 3, 2], [4, 3, 2],
        recipe: ("dropBlock", ["rate": 0.25, "size": 2]),
        context: LayerCase.drawing),
    ]

  private static let pooling = [
    LayerCase("max-pool", Pool(.maximum), [5, 4, 2], [2, 2, 2], recipe: ("pool", [:])),
    LayerCase(
      "max-pool, overlapping", Pool(.maximum, size: 3, stride: 2), [5, 5, 1], [2, 2, 1],
      recipe: ("pool", ["size": 3, "stride": 2])),
    LayerCase(
      "average pool", Pool(.average), [4, 5, 2], [2, 2, 2], recipe: ("pool", ["take": "average"])),
    LayerCase(
      "global average", GlobalAveragePool(), [3, 2, 4], [4], recipe: ("globalAveragePool", [:])),
    LayerCase("flatten", Flatten(), [3, 2, 2], [12], recipe: ("flatten", [:])),
  ]
}

// MARK: At work

extension LayerCase {
  /// The layer, or another in its place, applied to four examples, with the values of its inputs.
  func applied(
    _ other: (any Layer)? = nil
  ) throws -> (result: Tensor, variables: [Tensor], point: InputValues) {
    let layer = other ?? layer
    var context = context()
    let initial = try layer.initialParameters(for: inputs, key: RandomKey(seed: 3))
    let parameters = Parameters.inputs(like: initial, prefix: "parameter")
    var point: InputValues = [:]
    for entry in initial.entries {
      // Away from ones and zeros, which hide mistakes; variances stay positive.
      let noise = normalValue(entry.leaf.shape, RandomKey(seed: 4).folded(entry.name))
      let moved = zip(entry.leaf.doubles, noise.elements).map { value, noise in
        entry.role == .statistic ? abs(value + 0.2 * noise) + 0.1 : value + 0.3 * noise
      }
      point["parameter.\(entry.name)"] = ReferenceValue(shape: entry.leaf.shape, moved)
    }
    let tensors = inputs.enumerated().map { index, input in
      let tensor = Tensor.input(
        input.name, shape: [4] + input.shape, elementType: input.elementType)
      point[input.name] = value(of: input, shape: tensor.shape, RandomKey(seed: 5 + UInt64(index)))
      return tensor
    }
    let result = layer(tensors, parameters, &context)
    let numbers = tensors.filter { $0.elementType == .float32 }
    return (result, parameters.learned.leaves + numbers, point)
  }

  private func value(
    of input: InputDescription, shape: Shape, _ key: RandomKey
  ) -> ReferenceValue {
    guard let count = input.valueCount else { return normalValue(shape, key) }
    return ReferenceValue(
      shape: shape, (0..<shape.elementCount).map { Double(($0 * 3) % count) })
  }
}
