import Settings
public import Tensors

/// Attention by scaled products: softmax(Q K' / √d) V for queries [..., q, d], keys [..., k, d] and
/// values [..., k, v].
///
/// Vaswani and others, Attention Is All You Need, 2017, section 3.2.1. A mask [..., q, k] says how
/// much a key counts for a query: 0 where it is not looked at, 2 as if it were there twice; a query
/// that may look at none gets zeros. Axes of extent 1 are repeated.
public func attention(
  _ queries: Tensor, _ keys: Tensor, _ values: Tensor, mask: Tensor? = nil
) -> Tensor {
  let scale = 1 / Double(queries.shape[-1]).squareRoot()
  let scores = matrixProduct(queries, keys, transposingRight: true) * scale
  guard let mask else { return matrixProduct(scores.softmax(), values) }
  // Lower than any score, and far from the limits of single precision.
  let seen = select(mask, scores, Tensor.fill(-1e30))
  let largest = seen.maximum(along: [-1], keepingAxes: true).stopGradient()
  let powers = (seen - largest).exp() * mask
  let sums = powers.sum(along: [-1], keepingAxes: true)
  return matrixProduct(powers / maximum(sums, Tensor.fill(1e-30)), values)
}

/// Attention with several heads: each looks with queries, keys and values of its own, and their
/// results stand side by side, or are mixed by an output.
///
/// Vaswani and others, Attention Is All You Need, 2017, section 3.2.2. It reads a sequence
/// [n, time, features] that looks at itself; or queries and what they look at; or queries, keys and
/// values. A length, int32 [n], may follow: only so many of the first keys are seen.
public struct MultiHeadAttention: Layer {
  /// The number of heads.
  public let heads: Int
  /// The extent of a head's queries and keys.
  public let keyWidth: Int
  /// The extent of a head's values.
  public let valueWidth: Int
  /// The extent of the mixed results; nil: those of the heads side by side.
  public let outputWidth: Int?
  /// Whether each position sees itself and those before it alone.
  public let isCausal: Bool
  /// Whether queries, keys, values and outputs have biases, which begin at 0.
  public let hasBias: Bool
  /// How the weights are drawn.
  public let initializer: Initializer

  /// Makes an attention, whose values are as wide as its keys unless said.
  public init(
    heads: Int = 1, keyWidth: Int, valueWidth: Int? = nil, outputWidth: Int? = nil,
    causal: Bool = false, bias: Bool = true, initializer: Initializer = .glorotUniform
  ) {
    self.heads = heads
    self.keyWidth = keyWidth
    self.valueWidth = valueWidth ?? keyWidth
    self.outputWidth = outputWidth
    isCausal = causal
    hasBias = bias
    self.initializer = initializer
  }

  /// [time of the queries, width of the results].
  public func outputShape(for inputs: [InputDescription]) throws(NetworkError) -> Shape {
    let reading = try Reading(inputs)
    guard !isCausal || reading.queries[0] == reading.keys[0] else {
      throw NetworkError(
        "looks at no later position, and queries \(reading.queries) and keys \(reading.keys) do not "
          + "stand side by side")
    }
    return [reading.queries[0], outputWidth ?? heads * valueWidth]
  }

  /// `query.weight`, `key.weight`, `value.weight` [features, heads · width] and, where results are
  /// mixed, `output.weight`, each with its `bias`.
  public func parameterDefinitions(
    for inputs: [InputDescription]
  ) throws(NetworkError) -> ParameterDefinitions {
    let reading = try Reading(inputs)
    return parameterDefinitions(
      queries: reading.queries[1], keys: reading.keys[1], values: reading.values[1])
  }

  /// The same for queries, keys and values of so many features.
  public func parameterDefinitions(queries: Int, keys: Int, values: Int) -> ParameterDefinitions {
    var parts = [
      ("query", queries, heads * keyWidth), ("key", keys, heads * keyWidth),
      ("value", values, heads * valueWidth),
    ]
    if let outputWidth { parts.append(("output", heads * valueWidth, outputWidth)) }
    var definitions = ParameterDefinitions()
    for (name, width, result) in parts {
      definitions.append(
        .weightAndBias([width, result], hasBias: hasBias, initializer), below: name)
    }
    return definitions
  }

  /// What the heads see.
  public func callAsFunction(
    _ inputs: [Tensor], _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    let length = inputs.last.flatMap { $0.elementType == .int32 ? $0 : nil }
    let sequences = inputs.filter { $0.elementType != .int32 }
    let (queries, keys) = (sequences[0], sequences[min(1, sequences.count - 1)])
    let values = sequences[sequences.count - 1]
    return results(
      for: queries, keys: keys, values: values,
      mask: mask(queries: queries.shape[1], keys: keys.shape[1], length), parameters)
  }

  /// What the heads see [n, time, width] of values [n, keys, ...], with any mask [n, heads, time,
  /// keys], which may have axes of extent 1.
  public func results(
    for queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor? = nil,
    _ parameters: Parameters
  ) -> Tensor {
    let seen = attention(
      byHead(queries, "query", parameters), byHead(keys, "key", parameters),
      byHead(values, "value", parameters), mask: mask)
    return joined(seen, parameters)
  }

  /// A sequence [n, time, features] mapped by the weights of a name, as [n, heads, time, width].
  private func byHead(_ sequence: Tensor, _ name: String, _ parameters: Parameters) -> Tensor {
    mapped(sequence, name, parameters)
      .reshaped([sequence.shape[0], sequence.shape[1], heads, -1]).transposed([0, 2, 1, 3])
  }

  /// The results [n, heads, time, width] of all heads side by side, or mixed.
  private func joined(_ seen: Tensor, _ parameters: Parameters) -> Tensor {
    let rows = seen.transposed([0, 2, 1, 3])
      .reshaped([seen.shape[0], seen.shape[2], heads * valueWidth])
    return outputWidth == nil ? rows : mapped(rows, "output", parameters)
  }

  private func mapped(_ sequence: Tensor, _ name: String, _ parameters: Parameters) -> Tensor {
    sequence.mapped(by: parameters["\(name).weight"], hasBias ? parameters["\(name).bias"] : nil)
  }

  /// A mask [n or 1, 1, queries, keys]; nil where every query sees every key.
  private func mask(queries: Int, keys: Int, _ length: Tensor?) -> Tensor? {
    var mask: Tensor?
    if isCausal {
      let shape: Shape = [1, 1, queries, keys]
      mask = Tensor.positions(along: -1, shape: shape)
        .isAtMost(Tensor.positions(along: -2, shape: shape))
    }
    guard let length else { return mask }
    let seen = length.positionMask(keys).reshaped([length.shape[0], 1, 1, keys])
    return mask.map { $0 * seen } ?? seen
  }
}

extension MultiHeadAttention: CausalLayer {
  /// What the heads see [n, width] from the position after a sequence [time, features]: the
  /// sequence and that position itself, for each of n features that might stand there.
  public func next(_ inputs: Tensor, after past: Tensor, _ parameters: Parameters) -> Tensor {
    func parts(_ rows: Tensor, _ name: String) -> Tensor {
      byHead(rows.insertingAxis(at: 0), name, parameters)
    }
    let queries = parts(inputs, "query")
    let earlier = matrixProduct(queries, parts(past, "key"), transposingRight: true)
    let own = (queries * parts(inputs, "key")).sum(along: [-1], keepingAxes: true)
    let scale = 1 / Double(keyWidth).squareRoot()
    let weights = (Tensor.concatenating([earlier, own], along: -1) * scale).softmax()
    let count = past.shape[0]
    let seen =
      matrixProduct(weights.slice(along: -1, from: 0, to: count), parts(past, "value"))
      + weights.slice(along: -1, from: count, to: count + 1) * parts(inputs, "value")
    return joined(seen, parameters).reshaped([inputs.shape[0], -1])
  }
}

extension MultiHeadAttention {
  /// The shapes [time, features] of what is read.
  private struct Reading {
    let queries: Shape
    let keys: Shape
    let values: Shape

    init(_ inputs: [InputDescription]) throws(NetworkError) {
      let sequences = inputs.prefix { $0.elementType == .float32 }.map(\.shape)
      let others = inputs.dropFirst(sequences.count)
      guard (1...3).contains(sequences.count), sequences.allSatisfy({ $0.rank == 2 && $0[0] > 0 }),
        others.count <= 1, others.allSatisfy({ $0.elementType == .int32 && $0.shape == .scalar })
      else {
        throw NetworkError(
          "takes one to three sequences (float32 [time, features]) and, where wanted, a length (int32 "
            + "[]), not \(inputs.inWords)")
      }
      queries = sequences[0]
      keys = sequences[min(1, sequences.count - 1)]
      values = sequences[sequences.count - 1]
      guard keys[0] == values[0] else {
        throw NetworkError("needs a value for each key; keys are \(keys), values \(values)")
      }
    }
  }
}

extension LayerEntry {
  /// An attention of several heads.
  public static let attention = LayerEntry(
    "attention", "Attention of a sequence to itself, or of queries to keys and values."
  ) { (settings, _) throws(SettingsError) in
    let keyWidth = try settings.integer(
      "keyWidth", "Extent of a head's queries and keys.", default: 32, in: 1...8192)
    return MultiHeadAttention(
      heads: try settings.integer(
        "heads", "How many look, each in its way.", default: 1, in: 1...256),
      keyWidth: keyWidth,
      valueWidth: try settings.integer(
        "valueWidth", "Extent of a head's values.", default: keyWidth, in: 1...8192),
      outputWidth: try settings.optionalInteger(
        "outputWidth", "Extent of the mixed results; null: heads stand side by side.",
        in: 1...65_536),
      causal: try settings.boolean(
        "causal", "Whether no position sees a later one.", default: false),
      bias: try settings.boolean("bias", "Whether biases are added.", default: true))
  }
}
