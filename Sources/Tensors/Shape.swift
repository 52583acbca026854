/// The extents of a tensor along its axes, outermost first; a scalar has none.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// The extent of each axis.
  public let dimensions: [Int]

  /// Makes a shape of the given extents, none of them negative.
  public init(_ dimensions: [Int]) {
    guard dimensions.allSatisfy({ $0 >= 0 }) else {
      fatalError("A shape has no negative extents: \(dimensions).")
    }
    self.dimensions = dimensions
  }

  /// Makes a shape of the given extents.
  public init(arrayLiteral elements: Int...) { self.init(elements) }

  /// The shape of a single number.
  public static let scalar: Shape = []

  /// The number of axes.
  public var rank: Int { dimensions.count }

  /// The number of elements: the product of the extents, 1 for a scalar.
  public var elementCount: Int { dimensions.reduce(1, *) }

  /// The extent of an axis; negative axes count from the end.
  public subscript(axis: Int) -> Int { dimensions[normalized(axis)] }

  /// The axis as a number from 0, where negative ones count from the end.
  public func normalized(_ axis: Int) -> Int {
    let position = axis < 0 ? axis + rank : axis
    guard (0..<rank).contains(position) else {
      fatalError("Axis \(axis) is not one of the \(rank) axes of shape \(self).")
    }
    return position
  }

  /// The same shape with another extent along one axis.
  public func replacing(axis: Int, with extent: Int) -> Shape {
    var dimensions = dimensions
    dimensions[normalized(axis)] = extent
    return Shape(dimensions)
  }

  /// The permutation that exchanges the last two of at least two axes.
  package var matrixTransposition: [Int] {
    var permutation = Array(0..<rank)
    permutation.swapAt(rank - 1, rank - 2)
    return permutation
  }

  /// Row-major strides, in elements.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * dimensions[axis + 1]
    }
    return strides
  }

  /// The extents as they are written, such as `[75, 28, 28, 64]`.
  public var description: String { "\(dimensions)" }
}

/// The shape of `left` followed by the axes of `right`.
public func + (left: Shape, right: Shape) -> Shape { Shape(left.dimensions + right.dimensions) }
