public import Tensors

/// A learned vector for each of a number of tokens: int32 [n, ...] becomes [n, ..., width], by
/// `weight` [tokens, width].
public struct Embedding: Layer {
  /// The number of tokens; other numbers become zeros.
  public let tokens: Int
  /// The extent of a vector.
  public let width: Int
  /// How the vectors are drawn.
  public let initializer: Initializer

  /// Makes an embedding.
  public init(tokens: Int, width: Int, initializer: Initializer = .normal(deviation: 1)) {
    self.tokens = tokens
    self.width = width
    self.initializer = initializer
  }

  /// The shape with an axis of `width` behind it.
  public func outputShape(for inputShape: Shape) -> Shape { inputShape + [width] }

  /// `weight` [tokens, width].
  public func initialParameters(for inputShape: Shape, key: RandomKey) -> ParameterValues {
    ParameterValues(["weight": initializer.values([tokens, width], key: key.folded("weight"))])
  }

  /// The vectors of the tokens.
  public func callAsFunction(
    _ inputs: Tensor, _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    parameters["weight"].gatheringRows(inputs.reshaped([inputs.shape.elementCount]))
      .reshaped(inputs.shape + [width])
  }
}
