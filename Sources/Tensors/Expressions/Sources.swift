extension Tensor {
  /// Who has a value of an input.
  public enum InputScope: Hashable, Sendable {
    /// All lanes have the same.
    case shared
    /// Each lane has its own.
    case perLane
  }

  /// A value given when the program runs.
  public static func input(
    _ name: String, shape: Shape, elementType: ElementType = .float32, _ scope: InputScope = .shared
  ) -> Tensor {
    Tensor(
      .input(name: name), shape: shape, elementType: elementType, variesByLane: scope == .perLane)
  }

  /// Numbers written into the program.
  public static func literal(_ value: TensorValue) -> Tensor {
    Tensor(
      .literal(value), shape: value.shape, elementType: value.elementType, variesByLane: false)
  }

  /// The same number everywhere.
  public static func fill(_ value: Double, shape: Shape = .scalar) -> Tensor {
    Tensor(.fill(value), shape: shape, elementType: .float32, variesByLane: false)
  }

  /// int32 positions along an axis: 0, 1, 2, ...
  public static func positions(along axis: Int, shape: Shape) -> Tensor {
    Tensor(
      .iota(axis: shape.normalized(axis)), shape: shape, elementType: .int32, variesByLane: false)
  }
}
