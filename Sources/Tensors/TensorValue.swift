/// Numbers with a shape, in row-major order: what readers, samplers, checkpoints and executions
/// exchange.
public struct TensorValue: Hashable, Sendable {
  /// The numbers, by element type.
  public enum Storage: Hashable, Sendable {
    case float32([Float])
    case int32([Int32])
    case uint32([UInt32])
    case uint8([UInt8])

    /// The number of elements.
    public var count: Int {
      switch self {
      case .float32(let elements): elements.count
      case .int32(let elements): elements.count
      case .uint32(let elements): elements.count
      case .uint8(let elements): elements.count
      }
    }
  }

  /// The extents of the axes.
  public let shape: Shape
  /// The numbers, as many as the shape asks for.
  public let storage: Storage

  /// Makes a value of a shape; stops when the number of elements is not the shape's.
  public init(shape: Shape, storage: Storage) {
    guard shape.elementCount == storage.count else {
      fatalError("\(storage.count) elements do not fill shape \(shape).")
    }
    self.shape = shape
    self.storage = storage
  }

  /// Makes a value of floating-point numbers.
  public init(_ elements: [Float], shape: Shape) {
    self.init(shape: shape, storage: .float32(elements))
  }

  /// Makes a value of integers.
  public init(_ elements: [Int32], shape: Shape) {
    self.init(shape: shape, storage: .int32(elements))
  }

  /// Makes a value of unsigned integers.
  public init(_ elements: [UInt32], shape: Shape) {
    self.init(shape: shape, storage: .uint32(elements))
  }

  /// Makes a value of bytes.
  public init(_ elements: [UInt8], shape: Shape) {
    self.init(shape: shape, storage: .uint8(elements))
  }

  /// Makes a scalar.
  public init(_ scalar: Float) { self.init([scalar], shape: .scalar) }

  /// A float32 value whose elements are all the same.
  public init(repeating element: Float, shape: Shape) {
    self.init([Float](repeating: element, count: shape.elementCount), shape: shape)
  }

  /// The kind of number held.
  public var elementType: ElementType {
    switch storage {
    case .float32: .float32
    case .int32: .int32
    case .uint32: .uint32
    case .uint8: .uint8
    }
  }

  /// The elements of a float32 value; stops on any other element type.
  public var floats: [Float] {
    guard case .float32(let elements) = storage else {
      fatalError("Asked for floats of a value of \(elementType), shape \(shape).")
    }
    return elements
  }

  /// The elements of an int32 value; stops on any other element type.
  public var integers: [Int32] {
    guard case .int32(let elements) = storage else {
      fatalError("Asked for integers of a value of \(elementType), shape \(shape).")
    }
    return elements
  }

  /// The elements widened to double, whatever their type.
  public var doubles: [Double] {
    switch storage {
    case .float32(let elements): elements.map(Double.init)
    case .int32(let elements): elements.map(Double.init)
    case .uint32(let elements): elements.map(Double.init)
    case .uint8(let elements): elements.map(Double.init)
    }
  }

  /// The only element of a float32 value of one element.
  public var scalar: Float {
    guard shape.elementCount == 1 else {
      fatalError("Asked for the scalar of a value of shape \(shape).")
    }
    return floats[0]
  }

  /// The same numbers in another shape of as many elements.
  public func reshaped(_ shape: Shape) -> TensorValue {
    TensorValue(shape: shape, storage: storage)
  }

  /// Values of one shape and type, stacked along a new first axis.
  public static func stacking(_ values: [TensorValue]) -> TensorValue {
    guard let first = values.first else { fatalError("Nothing to stack.") }
    guard values.allSatisfy({ $0.shape == first.shape && $0.elementType == first.elementType })
    else { fatalError("Only values of one shape and element type can be stacked.") }
    let shape = [values.count] + first.shape
    func joined<Element>(_ elements: (TensorValue) -> [Element]) -> [Element] {
      var result: [Element] = []
      result.reserveCapacity(shape.elementCount)
      for value in values { result += elements(value) }
      return result
    }
    switch first.storage {
    case .float32: return TensorValue(joined(\.floats), shape: shape)
    case .int32: return TensorValue(joined(\.integers), shape: shape)
    case .uint32:
      return TensorValue(
        joined { value -> [UInt32] in
          if case .uint32(let elements) = value.storage { elements } else { [] }
        }, shape: shape)
    case .uint8:
      return TensorValue(
        joined { value -> [UInt8] in
          if case .uint8(let elements) = value.storage { elements } else { [] }
        }, shape: shape)
    }
  }

  /// The part at one position along the first axis.
  public func slice(at index: Int) -> TensorValue {
    let inner = Shape(Array(shape.dimensions.dropFirst()))
    let range = index * inner.elementCount..<(index + 1) * inner.elementCount
    switch storage {
    case .float32(let elements): return TensorValue(Array(elements[range]), shape: inner)
    case .int32(let elements): return TensorValue(Array(elements[range]), shape: inner)
    case .uint32(let elements): return TensorValue(Array(elements[range]), shape: inner)
    case .uint8(let elements): return TensorValue(Array(elements[range]), shape: inner)
    }
  }
}
