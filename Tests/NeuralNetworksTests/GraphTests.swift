import NeuralNetworks
import TensorPrograms
import Testing
import Tensors

/// Networks whose layers read several values, and which take several inputs.
@Suite struct GraphTests {
  private static let tokens = InputDescription("tokens", shape: [3], valueCount: 4)
  private static let length = InputDescription("length", shape: [], valueCount: 4)
  private static let user = InputDescription("user", shape: [2])

  /// A text beside numbers, whose sum is read by two layers.
  private static func network() throws(NetworkError) -> Network {
    try Network(
      inputs: [tokens, length, user],
      nodes: [
        .init("words", Embedding(width: 2), reading: ["tokens"]),
        .init("mean", SequenceMean(), reading: ["words", "length"]),
        .init("sum", Add(), reading: ["mean", "user"]),
        .init("hidden", Dense(units: 2)),
        .init("both", Concatenate(), reading: ["hidden", "sum", "user"]),
        .init("head", Dense(units: 1)),
      ])
  }

  private static let inputs = NamedTree<Tensor>([
    "user": literal([10, 20, 30, 40], [2, 2]),
    "unused": Tensor.fill(0, shape: [2]),
    "tokens": .literal(TensorValue([0, 1, 2, 3, 3, 3] as [Int32], shape: [2, 3])),
    "length": .literal(TensorValue([2, 1] as [Int32], shape: [2])),
  ])

  @Test func `layers read what they name`() throws {
    let network = try Self.network()
    let shapes = network.parameterShapes.entries.map { "\($0.name) \($0.leaf)" }
    #expect(
      shapes == [
        "words.weight [4, 2]", "hidden.weight [2, 2]", "hidden.bias [2]", "head.weight [6, 1]",
        "head.bias [1]",
      ])
    #expect(network.outputShape == [1])
    let parameters = Parameters([
      "words.weight": literal([1, 2, 3, 4, 5, 6, 7, 8], [4, 2]),
      "hidden.weight": literal([1, 0, 0, 2], [2, 2]), "hidden.bias": literal([0, 1], [2]),
      "head.weight": literal([1, 10, 100, 1000, 10000, 100_000], [6, 1]),
      "head.bias": literal([0.5], [1]),
    ])
    // Means (2, 3) and (7, 8), sums (12, 23) and (37, 48), hidden (12, 47) and (37, 97).
    let expected = [2_124_682.5, 4_352_707.5]
    #expect(distance(evaluated(network(Self.inputs, parameters)), expected) < 1e-6)
  }

  @Test func `a prefix keeps the inputs, and a suffix reads what it makes`() throws {
    let network = try Self.network()
    let parameters = network.initialParameters(RandomKey(seed: 1)).map { Tensor.literal($0) }
    let (body, head) = (network.prefix(before: "head"), network.suffix(from: "head"))
    #expect(body.inputs == network.inputs)
    #expect(head.inputs == [InputDescription("both", shape: [6])])
    #expect(body.parameterShapes.names + head.parameterShapes.names == parameters.names)
    let features = body(Self.inputs, parameters)
    #expect(evaluated(head(features, parameters)) == evaluated(network(Self.inputs, parameters)))
    #expect(network.suffix(from: "words").inputs == network.inputs)
    #expect(network.prefix(before: "mean").outputShape == [3, 2])
  }

  /// Networks that cannot be made, with what is said of them.
  private static let mistakes:
    [(inputs: [InputDescription], nodes: [Network.Node], words: String)] =
      [
        (
          [], [],
          "a network needs inputs of different names, and a layer where there are several, not none"
        ),
        (
          [user, length], [],
          "a network needs inputs of different names, and a layer where there are several, not "
            + "'user' (float32 [2]) and 'length' (int32 [])"
        ),
        (
          [user], [.init("a", Dense(units: 1)), .init("a", Dense(units: 1))],
          "layer 'a' needs a name of its own"
        ),
        ([user], [.init("", Dense(units: 1))], "layer '' needs a name of its own"),
        (
          [user, length], [.init("a", Dense(units: 1), reading: ["usr"])],
          "layer 'a' reads 'usr', which is not among what stands before it: user, length"
        ),
        (
          [user, length], [.init("a", Dense(units: 1))],
          "layer 'a' takes one float32 value, not 'user' (float32 [2]) and 'length' (int32 [])"
        ),
        (
          [user], [.init("a", Embedding(width: 1))],
          "layer 'a' takes one int32 value, not 'user' (float32 [2])"
        ),
        (
          [user], [.init("block", Sequential([("c", Conv2D(filters: 1))]))],
          "layer 'block.c' takes pictures [h, w, c], not [2]"
        ),
        (
          [InputDescription("p", shape: [2, 3, 1])], [.init("pool", Pool(.maximum, size: 3))],
          "layer 'pool' has windows of 3x3, and pictures [2, 3, 1] are smaller"
        ),
        (
          [user], [.init("r", Residual([("d", Dense(units: 3))]))],
          "layer 'r' adds [3] to [2]; give it a projection to the shape of what its layers make"
        ),
        (
          [user], [.init("r", Residual(Dense(units: 3), projection: Flatten()))],
          "layer 'r' adds [3] to [2]; give it a projection to the shape of what its layers make"
        ),
        (
          [user], [.init("r", Residual(Dense(units: 3), projection: Conv2D(filters: 3)))],
          "layer 'r.projection' takes pictures [h, w, c], not [2]"
        ),
        (
          [user],
          [
            .init("a.b", Dense(units: 2)), .init("a", Sequential([("b", Dense(units: 2))])),
          ],
          "layer 'a' has a parameter 'b.weight' whose full name another layer has"
        ),
        (
          [user], [.init("a", MultiHeadAttention(keyWidth: 2))],
          "layer 'a' takes one to three sequences (float32 [time, features]) and, where wanted, a "
            + "length (int32 []), not 'user' (float32 [2])"
        ),
        (
          [user], [.init("a", LSTM(units: 2))],
          "layer 'a' takes sequences [time, features], not [2]"
        ),
      ]

  @Test(arguments: mistakes.indices)
  func `a network that cannot be made says which layer is at fault, and why`(_ row: Int) {
    let (inputs, nodes, words) = Self.mistakes[row]
    let error = #expect(throws: NetworkError.self) { try Network(inputs: inputs, nodes: nodes) }
    #expect(error?.description == words)
  }
}
