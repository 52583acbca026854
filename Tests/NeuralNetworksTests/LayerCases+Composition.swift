import NeuralNetworks
import Tensors

/// Layers of sequences, of several values and of layers.
extension LayerCase {
  private static func sequence(
    _ name: String, _ time: Int, _ features: Int
  ) -> InputDescription { InputDescription(name, shape: [time, features]) }

  private static func length(upTo time: Int) -> InputDescription {
    InputDescription("length", shape: .scalar, valueCount: time + 1)
  }

  static let sequences = [
    LayerCase(
      "LSTM", LSTM(units: 2), [3, 4], [3, 2],
      parameters: ["inputWeight": [4, 8], "recurrentWeight": [2, 8], "bias": [8]],
      recipe: ("lstm", ["units": 2])),
    LayerCase(
      "sequence mean", SequenceMean(), [3, 2, 2], [2, 2], recipe: ("sequenceMean", [:])),
    LayerCase(
      "sequence mean up to a length", SequenceMean(), [sequence("words", 3, 2), length(upTo: 3)],
      [2], recipe: ("sequenceMean", [:])),
    LayerCase(
      "attention to itself", MultiHeadAttention(keyWidth: 2), [3, 2], [3, 2],
      parameters: [
        "query.weight": [2, 2], "query.bias": [2], "key.weight": [2, 2], "key.bias": [2],
        "value.weight": [2, 2], "value.bias": [2],
      ], recipe: ("attention", ["keyWidth": 2])),
    LayerCase(
      "causal attention of two heads, mixed",
      MultiHeadAttention(
        heads: 2, keyWidth: 3, valueWidth: 1, outputWidth: 4, causal: true, bias: false),
      [3, 2], [3, 4],
      parameters: [
        "query.weight": [2, 6], "key.weight": [2, 6], "value.weight": [2, 2],
        "output.weight": [2, 4],
      ],
      recipe: (
        "attention",
        [
          "heads": 2, "keyWidth": 3, "valueWidth": 1, "outputWidth": 4, "causal": true,
          "bias": false,
        ]
      )),
    LayerCase(
      "attention to keys with values, up to a length",
      MultiHeadAttention(heads: 2, keyWidth: 2, valueWidth: 3, bias: false),
      [sequence("q", 2, 3), sequence("k", 3, 2), sequence("v", 3, 4), length(upTo: 3)], [2, 6],
      parameters: ["query.weight": [3, 4], "key.weight": [2, 4], "value.weight": [4, 6]],
      recipe: ("attention", ["heads": 2, "keyWidth": 2, "valueWidth": 3, "bias": false])),
    LayerCase(
      "causal convolution", CausalConvolution(filters: 3, dilation: 2), [4, 2], [4, 3],
      parameters: [
        "filter.weight": [2, 2, 3], "filter.bias": [3], "gate.weight": [2, 2, 3],
        "gate.bias": [3],
      ], recipe: ("causalConvolution", ["filters": 3, "dilation": 2])),
    LayerCase(
      "causal convolution whose other position is before the sequence",
      CausalConvolution(filters: 2, dilation: 4), [3, 2], [3, 2],
      parameters: [
        "filter.weight": [2, 2, 2], "filter.bias": [2], "gate.weight": [2, 2, 2],
        "gate.bias": [2],
      ]),
    LayerCase(
      "transformer block", TransformerBlock(heads: 2, keyWidth: 2, hidden: 4), [3, 3], [3, 3],
      parameters: transformerParameters,
      recipe: ("transformerBlock", ["heads": 2, "keyWidth": 2, "hidden": 4])),
    LayerCase(
      "transformer block that looks at another sequence",
      TransformerBlock(heads: 2, keyWidth: 2, hidden: 4),
      [sequence("words", 2, 3), sequence("seen", 4, 3)], [2, 3],
      parameters: transformerParameters),
  ]

  private static let transformerParameters: [String: Shape] = [
    "normalization1.scale": [3], "normalization1.offset": [3],
    "attention.query.weight": [3, 4], "attention.query.bias": [4],
    "attention.key.weight": [3, 4], "attention.key.bias": [4],
    "attention.value.weight": [3, 4], "attention.value.bias": [4],
    "attention.output.weight": [4, 3], "attention.output.bias": [3],
    "normalization2.scale": [3], "normalization2.offset": [3],
    "dense1.weight": [3, 4], "dense1.bias": [4], "dense2.weight": [4, 3], "dense2.bias": [3],
  ]

  static let joining = [
    LayerCase(
      "concatenate", Concatenate(), [sequence("a", 2, 3), sequence("b", 2, 1)], [2, 4],
      recipe: ("concatenate", [:])),
    LayerCase(
      "add", Add(), [sequence("a", 2, 3), sequence("b", 2, 3), sequence("c", 2, 3)], [2, 3],
      recipe: ("add", [:])),
    LayerCase(
      "modulation of sequences", FiLM(),
      [sequence("a", 2, 3), InputDescription("context", shape: [2])], [2, 3],
      parameters: [
        "scale.weight": [2, 3], "scale.bias": [3], "offset.weight": [2, 3], "offset.bias": [3],
      ], recipe: ("film", [:])),
    LayerCase(
      "modulation of maps", FiLM(),
      [InputDescription("maps", shape: [2, 1, 3]), InputDescription("context", shape: [1])],
      [2, 1, 3],
      parameters: [
        "scale.weight": [1, 3], "scale.bias": [3], "offset.weight": [1, 3], "offset.bias": [3],
      ]),
  ]

  static let composite = [
    LayerCase(
      "sequential", Sequential([("inner", Dense(units: 3)), ("activation", Activation.tanh)]),
      [4], [3], parameters: ["inner.weight": [4, 3], "inner.bias": [3]],
      recipe: (
        "sequential",
        ["layers": [["kind": "dense", "units": 3, "name": "inner"], ["kind": "tanh"]]]
      )),
    LayerCase(
      "residual", Residual([("inner", Dense(units: 4)), ("activation", Activation.tanh)]), [4],
      [4], parameters: ["inner.weight": [4, 4], "inner.bias": [4]],
      recipe: (
        "residual",
        ["layers": [["kind": "dense", "units": 4, "name": "inner"], ["kind": "tanh"]]]
      )),
    LayerCase(
      "residual, projected, normalised",
      Residual(
        [("dense", Dense(units: 2)), ("normalization", BatchNorm(mode: .running))],
        projection: Dense(units: 2, bias: false)), [4], [2],
      parameters: [
        "dense.weight": [4, 2], "dense.bias": [2], "normalization.scale": [2],
        "normalization.offset": [2], "projection.weight": [4, 2],
      ], statistics: ["normalization.mean": [1, 2], "normalization.variance": [1, 2]],
      recipe: (
        "residual",
        [
          "layers": [
            ["kind": "dense", "units": 2, "name": "dense"],
            ["kind": "batchNorm", "mode": "running", "name": "normalization"],
          ], "projection": ["kind": "dense", "units": 2, "bias": false],
        ]
      )),
  ]
}
