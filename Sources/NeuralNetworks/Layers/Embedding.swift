import Settings
public import Tensors

/// A learned vector for each of a number of tokens: int32 [n, ...] becomes [n, ..., width], by
/// `weight` [tokens, width].
public struct Embedding: Layer {
  /// The number of tokens, others becoming zeros; nil: as many as the input says that there are.
  public let tokens: Int?
  /// The extent of a vector.
  public let width: Int
  /// How the vectors are drawn.
  public let initializer: Initializer

  /// Makes an embedding.
  public init(tokens: Int? = nil, width: Int, initializer: Initializer = .normal(deviation: 1)) {
    self.tokens = tokens
    self.width = width
    self.initializer = initializer
  }

  /// The shape with an axis of `width` behind it.
  public func outputShape(for inputs: [InputDescription]) throws(NetworkError) -> Shape {
    guard inputs.count == 1, inputs[0].elementType == .int32 else {
      throw NetworkError("takes one int32 value, not \(inputs.inWords)")
    }
    return inputs[0].shape + [width]
  }

  /// `weight` [tokens, width].
  public func parameterDefinitions(
    for inputs: [InputDescription]
  ) throws(NetworkError) -> ParameterDefinitions {
    _ = try outputShape(for: inputs)
    let rows = tokens ?? inputs[0].valueCount ?? 0
    return ParameterDefinitions(["weight": .init([rows, width], initializer)])
  }

  /// The vectors of the tokens.
  public func callAsFunction(
    _ inputs: [Tensor], _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    let tokens = inputs[0]
    return parameters["weight"].gatheringRows(tokens.reshaped([tokens.shape.elementCount]))
      .reshaped(tokens.shape + [width])
  }
}

extension LayerEntry {
  /// An embedding of tokens.
  public static let embedding = LayerEntry(
    "embedding", "A learned vector for each of a number of tokens."
  ) { (settings, _) throws(SettingsError) in
    Embedding(
      tokens: try settings.optionalInteger(
        "tokens", "How many tokens there are; null: as many as the input has.",
        in: 1...10_000_000),
      width: try settings.integer("width", "Extent of a vector.", default: 64, in: 1...65_536))
  }
}
