import Settings
public import Tensors

/// A block of a transformer: attention and two dense layers, each added to what it read after a
/// layer normalization.
///
/// Vaswani and others, Attention Is All You Need, 2017, arXiv 1706.03762. It reads a sequence [n,
/// time, features] that looks at itself, or a sequence and another of the same features that it looks
/// at. With the normalization before (Xiong and others 2020, arXiv 2002.04745):
/// x <- x + attention(norm x, norm seen); x <- x + dense2(gelu(dense1(norm x))). With it after, as in
/// the paper and in BERT: x <- norm(x + attention(x, seen)); x <- norm(x + dense2(gelu(dense1 x))).
public struct TransformerBlock: Layer {
  /// Where features are normalised.
  public enum Placement: String, Hashable, Sendable, CaseIterable {
    /// Before attention and dense layers.
    case before
    /// After what these give was added.
    case after
  }

  /// The number of heads.
  public let heads: Int
  /// The extent of a head's queries, keys and values.
  public let keyWidth: Int
  /// The extent between the two dense layers.
  public let hidden: Int
  /// Where features are normalised.
  public let placement: Placement
  /// What is added to variances.
  public let epsilon: Double

  /// Makes a block.
  public init(
    heads: Int, keyWidth: Int, hidden: Int, normalizing placement: Placement = .before,
    epsilon: Double = 1e-5
  ) {
    self.placement = placement
    self.epsilon = epsilon
    self.heads = heads
    self.keyWidth = keyWidth
    self.hidden = hidden
  }

  private func attention(width: Int) -> MultiHeadAttention {
    MultiHeadAttention(heads: heads, keyWidth: keyWidth, outputWidth: width)
  }

  /// The shape [time, features] of the sequence.
  public func outputShape(for inputs: [InputDescription]) throws(NetworkError) -> Shape {
    guard (1...2).contains(inputs.count),
      inputs.allSatisfy({ $0.elementType == .float32 && $0.shape.rank == 2 && $0.shape[0] > 0 }),
      Set(inputs.map { $0.shape[1] }).count == 1
    else {
      throw NetworkError(
        "takes one or two sequences (float32 [time, features]) of the same features, not "
          + inputs.inWords)
    }
    return inputs[0].shape
  }

  /// Those of `normalization1`, `attention`, `normalization2`, `dense1` and `dense2`.
  public func parameterDefinitions(
    for inputs: [InputDescription]
  ) throws(NetworkError) -> ParameterDefinitions {
    parameterDefinitions(width: try outputShape(for: inputs)[1])
  }

  /// The same for so many features.
  public func parameterDefinitions(width: Int) -> ParameterDefinitions {
    let norm = LayerNorm().parameterDefinitions(for: [width])
    var definitions = ParameterDefinitions()
    definitions.append(norm, below: "normalization1")
    definitions.append(
      attention(width: width).parameterDefinitions(queries: width, keys: width, values: width),
      below: "attention")
    definitions.append(norm, below: "normalization2")
    definitions.append(Dense(units: hidden).parameterDefinitions(for: [width]), below: "dense1")
    definitions.append(Dense(units: width).parameterDefinitions(for: [hidden]), below: "dense2")
    return definitions
  }

  /// The sequence after the block.
  public func callAsFunction(
    _ inputs: [Tensor], _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor { results(for: inputs[0], seeing: inputs[inputs.count - 1], parameters) }

  /// The sequence [n, time, features] after looking at another, [n, seen, features], with any mask
  /// [n, heads, time, seen], which may have axes of extent 1.
  public func results(
    for inputs: Tensor, seeing seen: Tensor, mask: Tensor? = nil, _ parameters: Parameters
  ) -> Tensor {
    var context = NetworkContext()
    let width = inputs.shape[2]
    func apply(_ layer: any Layer, _ name: String, _ tensor: Tensor) -> Tensor {
      context.apply(layer, named: name, to: [tensor], parameters)
    }
    func normalised(_ number: Int, _ tensor: Tensor, _ moment: Placement) -> Tensor {
      moment == placement
        ? apply(LayerNorm(epsilon: epsilon), "normalization\(number)", tensor) : tensor
    }
    let keys = normalised(1, seen, .before)
    let looked = attention(width: width).results(
      for: normalised(1, inputs, .before), keys: keys, values: keys, mask: mask,
      parameters.below("attention"))
    let mixed = normalised(1, inputs + looked, .after)
    let wide = apply(Dense(units: hidden), "dense1", normalised(2, mixed, .before)).gelu()
    return normalised(2, mixed + apply(Dense(units: width), "dense2", wide), .after)
  }
}

extension LayerEntry {
  /// A block of a transformer.
  public static let transformerBlock = LayerEntry(
    "transformerBlock", "Attention and two dense layers, each added to what it read, normalised."
  ) { (settings, _) throws(SettingsError) in
    TransformerBlock(
      heads: try settings.integer(
        "heads", "How many look, each in its way.", default: 4, in: 1...256),
      keyWidth: try settings.integer(
        "keyWidth", "Extent of a head's queries, keys and values.", default: 16, in: 1...8192),
      hidden: try settings.integer(
        "hidden", "Extent between the two dense layers.", default: 128, in: 1...65_536),
      normalizing: try settings.choice(
        "normalizing", "Whether features are normalised before or after.",
        default: TransformerBlock.Placement.before))
  }
}
