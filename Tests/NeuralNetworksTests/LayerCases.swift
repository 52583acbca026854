import NeuralNetworks
import TensorPrograms
import Testing
import Tensors

/// One row of the table of layers.
struct LayerCase: Sendable, CustomTestStringConvertible {
  let name: String
  let layer: any Layer
  let input: Shape
  let output: Shape
  var parameters: [String: Shape] = [:]
  var statistics: [String: Shape] = [:]
  /// The number of tokens where inputs are tokens.
  var tokens: Int?
  var context: @Sendable () -> NetworkContext = { NetworkContext() }

  var testDescription: String { name }

  static let all: [LayerCase] = linear + normalizations + elementwise + pooling

  private static let linear = [
    LayerCase(
      name: "dense", layer: Dense(units: 3), input: [4], output: [3],
      parameters: ["weight": [4, 3], "bias": [3]]),
    LayerCase(
      name: "dense without bias, on sequences", layer: Dense(units: 3, bias: false), input: [2, 4],
      output: [2, 3], parameters: ["weight": [4, 3]]),
    LayerCase(
      name: "convolution", layer: Conv2D(filters: 3), input: [5, 4, 2], output: [5, 4, 3],
      parameters: ["weight": [3, 3, 2, 3], "bias": [3]]),
    LayerCase(
      name: "convolution, stride 2", layer: Conv2D(filters: 3, stride: 2, bias: false),
      input: [5, 4, 2], output: [3, 2, 3], parameters: ["weight": [3, 3, 2, 3]]),
    LayerCase(
      name: "convolution, valid", layer: Conv2D(filters: 2, kernel: 2, padding: .valid),
      input: [4, 3, 1], output: [3, 2, 2], parameters: ["weight": [2, 2, 1, 2], "bias": [2]]),
    LayerCase(
      name: "convolution, explicit", layer: Conv2D(filters: 2, stride: 2, padding: .explicit(2)),
      input: [4, 4, 1], output: [3, 3, 2], parameters: ["weight": [3, 3, 1, 2], "bias": [2]]),
    LayerCase(
      name: "embedding", layer: Embedding(tokens: 5, width: 3), input: [2], output: [2, 3],
      parameters: ["weight": [5, 3]], tokens: 5),
  ]

  private static let affine: [String: Shape] = ["scale": [2], "offset": [2]]
  private static let blended: [String: Shape] = affine.merging(
    ["blendSlope": .scalar, "blendOffset": .scalar]
  ) { first, _ in first }
  private static let picture: Shape = [3, 2, 2]

  /// A context that gives the statistics of other examples.
  private static func given() -> NetworkContext {
    NetworkContext(
      givenStatistics: Parameters([
        "mean": literal([0.3, -0.2], [2]), "variance": literal([1.5, 0.4], [2]),
        "count": Tensor.fill(3),
      ]))
  }

  private static func weighted() -> NetworkContext {
    NetworkContext(exampleWeights: literal([1, 0.5, 0, 2], [4]))
  }

  private static let normalizations = [
    LayerCase(
      name: "batch norm, examples", layer: BatchNorm(), input: picture, output: picture,
      parameters: affine),
    LayerCase(
      name: "batch norm, vectors", layer: BatchNorm(), input: [2], output: [2], parameters: affine),
    LayerCase(
      name: "batch norm, weighted", layer: BatchNorm(), input: picture, output: picture,
      parameters: affine, context: weighted),
    LayerCase(
      name: "batch norm, support itself", layer: BatchNorm(mode: .support), input: picture,
      output: picture, parameters: affine),
    LayerCase(
      name: "batch norm, support given", layer: BatchNorm(mode: .support), input: picture,
      output: picture, parameters: affine, context: given),
    LayerCase(
      name: "task norm, support itself", layer: BatchNorm(mode: .taskNorm), input: picture,
      output: picture, parameters: blended),
    LayerCase(
      name: "task norm, weighted", layer: BatchNorm(mode: .taskNorm), input: picture,
      output: picture, parameters: blended, context: weighted),
    LayerCase(
      name: "task norm, support given", layer: BatchNorm(mode: .taskNorm), input: picture,
      output: picture, parameters: blended, context: given),
    LayerCase(
      name: "task norm, vectors", layer: BatchNorm(mode: .taskNorm), input: [2], output: [2],
      parameters: blended),
    LayerCase(
      name: "batch norm, running, measuring", layer: BatchNorm(mode: .running), input: picture,
      output: picture, parameters: affine, statistics: ["mean": [1, 2], "variance": [1, 2]]),
    LayerCase(
      name: "batch norm, running, used", layer: BatchNorm(mode: .running, steps: 3),
      input: picture, output: picture, parameters: affine,
      statistics: ["mean": [3, 2], "variance": [3, 2]],
      context: { NetworkContext(usesRunningStatistics: true, step: 1) }),
    LayerCase(
      name: "layer norm", layer: LayerNorm(), input: [3, 2], output: [3, 2], parameters: affine),
    LayerCase(
      name: "layer norm, whole example", layer: LayerNorm(over: .example), input: picture,
      output: picture, parameters: affine),
  ]

  private static let elementwise =
    [
      ("relu", Activation.relu), ("leaky relu", .leakyRelu(slope: 0.2)), ("tanh", .tanh),
      ("sigmoid", .sigmoid), ("gelu", .gelu),
    ].map { LayerCase(name: $0.0, layer: $0.1, input: [5], output: [5]) } + [
      LayerCase(name: "dropout without key", layer: Dropout(rate: 0.5), input: [5], output: [5]),
      LayerCase(
        name: "dropout", layer: Dropout(rate: 0.5), input: [5], output: [5],
        context: {
          NetworkContext(
            key: SymbolicKey(words: .literal(TensorValue([7, 8] as [UInt32], shape: [2]))))
        }),
    ]

  private static let pooling = [
    LayerCase(name: "max-pool", layer: Pool(.maximum), input: [5, 4, 2], output: [2, 2, 2]),
    LayerCase(
      name: "max-pool, overlapping", layer: Pool(.maximum, size: 3, stride: 2), input: [5, 5, 1],
      output: [2, 2, 1]),
    LayerCase(name: "average pool", layer: Pool(.average), input: [4, 5, 2], output: [2, 2, 2]),
    LayerCase(
      name: "global average", layer: GlobalAveragePool(), input: [3, 2, 4], output: [4]),
    LayerCase(name: "flatten", layer: Flatten(), input: [3, 2, 2], output: [12]),
  ]
}

extension LayerCase {
  /// The layer applied to four examples, with the values of its inputs.
  func applied() -> (result: Tensor, variables: [Tensor], point: InputValues) {
    var context = context()
    let initial = layer.initialParameters(for: input, key: RandomKey(seed: 3))
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
    let inputs: Tensor
    if let tokens {
      inputs = Tensor.input("inputs", shape: [4] + input, elementType: .int32)
      point["inputs"] = ReferenceValue(
        shape: inputs.shape, (0..<inputs.shape.elementCount).map { Double(($0 * 3) % tokens) })
    } else {
      inputs = Tensor.input("inputs", shape: [4] + input)
      point["inputs"] = normalValue(inputs.shape, RandomKey(seed: 5))
    }
    let result = layer(inputs, parameters, &context)
    return (result, parameters.learned.leaves + (tokens == nil ? [inputs] : []), point)
  }
}
