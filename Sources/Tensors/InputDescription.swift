/// An input by name, before there is one: what tasks give and networks take.
public struct InputDescription: Hashable, Sendable {
  /// The name, such as `picture`.
  public let name: String
  /// The shape of one example, such as `[28, 28, 1]`.
  public let shape: Shape
  /// float32 for numbers, int32 for names of things such as tokens.
  public let elementType: ElementType
  /// How many different things int32 elements name: all are below it; nil for float32.
  public let valueCount: Int?

  /// Describes an input of numbers.
  public init(_ name: String, shape: Shape) {
    self.name = name
    self.shape = shape
    elementType = .float32
    valueCount = nil
  }

  /// Describes an input of whole numbers in `0..<valueCount`.
  public init(_ name: String, shape: Shape, valueCount: Int) {
    self.name = name
    self.shape = shape
    elementType = .int32
    self.valueCount = valueCount
  }
}
