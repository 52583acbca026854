import MetaTasks
import NeuralNetworks
import Tensors

/// Texts of a word for each class among words at random: int32 inputs, of which one has no axes.
struct TokenTasks: TaskDistribution {
  let name = "tokens"

  static let words = 9
  static let positions = 4
  static let inputs = [
    InputDescription("tokens", shape: [positions], valueCount: words),
    InputDescription("length", shape: .scalar, valueCount: positions + 1),
    InputDescription("weights", shape: [positions]),
  ]

  var signature: Signature {
    Signature(inputs: Self.inputs, target: .classes, order: .byClass, metrics: [.accuracy])
  }

  func validate(_ shape: EpisodeShape) throws(TaskError) {
    try shape.validate(for: .classes, in: name)
  }

  func episode(_ shape: EpisodeShape, key: RandomKey) -> EpisodeValues {
    let ways = shape.ways ?? 0
    let words = key.folded("words").permutation(of: Self.words, prefix: ways)
    func examples(_ count: Int, _ key: RandomKey) -> ExampleValues {
      let classes = (0..<ways).flatMap { [Int](repeating: $0, count: count) }
      var (tokens, lengths): ([Int32], [Int32]) = ([], [])
      for (number, place) in classes.enumerated() {
        let key = key.folded(number)
        lengths.append(Int32(2 + key.integer(below: Self.positions - 1)))
        tokens.append(Int32(words[place]))
        tokens += (1..<Self.positions).map { Int32(key.folded($0).integer(below: Self.words)) }
      }
      return ExampleValues(
        inputs: NamedTree([
          "tokens": TensorValue(tokens, shape: [classes.count, Self.positions]),
          "length": TensorValue(lengths, shape: [classes.count]),
          "weights": TensorValue(
            lengths.flatMap { length in
              (0..<Self.positions).map { $0 < length ? Float(1.5) : 0 }
            }, shape: [classes.count, Self.positions]),
        ]), targets: TensorValue(classes.map(Int32.init), shape: [classes.count]),
        target: .classes(ways))
    }
    return EpisodeValues(
      support: examples(shape.shots, key.folded("support")),
      query: examples(shape.queries, key.folded("query")))
  }

  /// A small network on such texts, smooth in its parameters.
  static func network(outputs: Int?) throws -> Network {
    try textMean(
      tokens: inputs[0], length: inputs[1], width: 6, hidden: [5, 4], outputs: outputs,
      activation: .tanh)
  }
}
