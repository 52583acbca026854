public import Tensors

/// A part of a network: a pure function of inputs and parameters that knows its shapes.
public protocol Layer: Sendable {
  /// The shape of one example's result (without the axis of examples) for the shape of one example;
  /// stops when the layer does not take that shape.
  func outputShape(for inputShape: Shape) -> Shape

  /// Parameters to begin with, by names relative to the layer; a function of shape and key alone.
  func initialParameters(for inputShape: Shape, key: RandomKey) -> ParameterValues

  /// Applies the layer to inputs [n, ...] with the parameters of `initialParameters`.
  ///
  /// Anything else that a layer needs to know or reports goes through the context.
  func callAsFunction(
    _ inputs: Tensor, _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor
}

extension Layer {
  /// The shape of the inputs: that of a layer that changes numbers only.
  public func outputShape(for inputShape: Shape) -> Shape { inputShape }

  /// No parameters.
  public func initialParameters(for inputShape: Shape, key: RandomKey) -> ParameterValues {
    ParameterValues()
  }

  /// Stops because a layer does not take the shape of an example.
  func stop(_ inputShape: Shape, _ reason: String) -> Never {
    fatalError("\(Self.self) on examples of shape \(inputShape): \(reason).")
  }
}

extension Tensor {
  /// A parameter [..., c] with axes put in before the last, so that it repeats over inputs of a rank.
  ///
  /// Leading axes (such as one of particles) stay aligned with those of the inputs.
  func aligned(toRank rank: Int) -> Tensor {
    guard shape.rank > 1, shape.rank < rank else { return self }
    let ones = [Int](repeating: 1, count: rank - shape.rank)
    return reshaped(Shape(shape.dimensions.dropLast() + ones + [shape[-1]]))
  }
}
