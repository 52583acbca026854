extension Tensor {
  // MARK: Functions of one tensor

  /// The function applied to each element.
  func unary(_ function: UnaryFunction) -> Tensor { Tensor(.unary(function), [self]) }

  /// e to the power of each element.
  public func exp() -> Tensor { unary(.exp) }
  /// The natural logarithm of each element.
  public func log() -> Tensor { unary(.log) }
  /// The square root of each element.
  public func squareRoot() -> Tensor { unary(.squareRoot) }
  /// One over the square root of each element.
  public func reciprocalSquareRoot() -> Tensor { unary(.reciprocalSquareRoot) }
  /// One over each element.
  public func reciprocal() -> Tensor { unary(.reciprocal) }
  /// The hyperbolic tangent of each element.
  public func tanh() -> Tensor { unary(.tanh) }
  /// 1 / (1 + e^-x) of each element.
  public func sigmoid() -> Tensor { unary(.sigmoid) }
  /// max(x, 0) of each element; its derivative at 0 is 0.
  public func relu() -> Tensor { unary(.relu) }
  /// The absolute value of each element; its derivative at 0 is 0.
  public func absolute() -> Tensor { unary(.absolute) }
  /// -1, 0 or 1 by the sign of each element.
  public func sign() -> Tensor { unary(.sign) }
  /// The sine of each element.
  public func sine() -> Tensor { unary(.sine) }
  /// The cosine of each element.
  public func cosine() -> Tensor { unary(.cosine) }
  /// The square of each element.
  public func square() -> Tensor { unary(.square) }
  /// log(1 + e^x) of each element.
  public func softplus() -> Tensor { unary(.softplus) }
  /// The error function of each element.
  public func errorFunction() -> Tensor { unary(.errorFunction) }
  /// The largest integer not above each element; its derivative is 0.
  public func floor() -> Tensor { unary(.floor) }

  /// x Φ(x) of each element, with the normal distribution function Φ (Hendrycks and Gimpel 2016).
  public func gelu() -> Tensor { self * ((self * 0.5.squareRoot()).errorFunction() + 1) * 0.5 }

  /// x where it is positive, else a fraction of it.
  public func leakyRelu(slope: Double) -> Tensor { relu() - (-self).relu() * slope }

  /// The elements as another type; to integers, towards zero.
  public func converted(to elementType: ElementType) -> Tensor {
    elementType == self.elementType ? self : Tensor(.convert(elementType), [self])
  }

  /// The same numbers, constant to derivatives.
  public func stopGradient() -> Tensor { Tensor(.stopGradient, [self]) }

  // MARK: Functions of two tensors

  /// Brings two tensors to one shape: axes are aligned at the last, extents of 1 are repeated.
  static func broadcasting(_ left: Tensor, _ right: Tensor) -> (Tensor, Tensor) {
    if left.shape == right.shape { return (left, right) }
    let rank = max(left.shape.rank, right.shape.rank)
    let (a, b) = (left.paddingRank(to: rank), right.paddingRank(to: rank))
    let extents = zip(a.shape.dimensions, b.shape.dimensions).map { $0 == 1 ? $1 : $0 }
    return (a.broadcast(to: Shape(extents)), b.broadcast(to: Shape(extents)))
  }

  /// The same with axes of one position in front, up to a rank.
  func paddingRank(to rank: Int) -> Tensor {
    reshaped(Shape([Int](repeating: 1, count: rank - shape.rank)) + shape)
  }

  static func binary(_ function: BinaryFunction, _ left: Tensor, _ right: Tensor) -> Tensor {
    let (a, b) = broadcasting(left, right)
    return Tensor(.binary(function), [a, b])
  }

  /// The sum of two tensors, repeated where an extent is 1.
  public static func + (left: Tensor, right: Tensor) -> Tensor { binary(.add, left, right) }
  /// The difference of two tensors, repeated where an extent is 1.
  public static func - (left: Tensor, right: Tensor) -> Tensor { binary(.subtract, left, right) }
  /// The elementwise product, repeated where an extent is 1.
  public static func * (left: Tensor, right: Tensor) -> Tensor { binary(.multiply, left, right) }
  /// The elementwise quotient, repeated where an extent is 1.
  public static func / (left: Tensor, right: Tensor) -> Tensor { binary(.divide, left, right) }
  /// The negated elements.
  public static prefix func - (operand: Tensor) -> Tensor { operand.unary(.negate) }

  /// Each element plus a number.
  public static func + (left: Tensor, right: Double) -> Tensor { Tensor(.shift(right), [left]) }
  /// A number plus each element.
  public static func + (left: Double, right: Tensor) -> Tensor { right + left }
  /// Each element minus a number.
  public static func - (left: Tensor, right: Double) -> Tensor { left + (-right) }
  /// A number minus each element.
  public static func - (left: Double, right: Tensor) -> Tensor { -right + left }
  /// Each element times a number.
  public static func * (left: Tensor, right: Double) -> Tensor { Tensor(.scale(right), [left]) }
  /// A number times each element.
  public static func * (left: Double, right: Tensor) -> Tensor { right * left }
  /// Each element divided by a number.
  public static func / (left: Tensor, right: Double) -> Tensor { left * (1 / right) }

  // MARK: Comparison and choice

  private static func compare(_ comparison: Comparison, _ left: Tensor, _ right: Tensor) -> Tensor {
    let (a, b) = broadcasting(left, right)
    return Tensor(.compare(comparison), [a, b])
  }

  /// A mask: 1 where the elements are equal, else 0.
  public func isEqual(to other: Tensor) -> Tensor { Tensor.compare(.equal, self, other) }
  /// A mask: 1 where this is below the other, else 0.
  public func isLess(than other: Tensor) -> Tensor { Tensor.compare(.less, self, other) }
  /// A mask: 1 where this is not above the other, else 0.
  public func isAtMost(_ other: Tensor) -> Tensor { Tensor.compare(.lessOrEqual, self, other) }
}

/// Elements of one tensor where the mask is not 0, else of the other.
public func select(_ mask: Tensor, _ first: Tensor, _ second: Tensor) -> Tensor {
  let (a, b) = Tensor.broadcasting(first, second)
  let (wideMask, wideFirst) = Tensor.broadcasting(mask, a)
  let (_, wideSecond) = Tensor.broadcasting(mask, b)
  return Tensor(.select, [wideMask, wideFirst, wideSecond])
}

/// The larger of two tensors' elements; the derivative goes to the first where they are equal.
public func maximum(_ first: Tensor, _ second: Tensor) -> Tensor {
  Tensor.binary(.maximum, first, second)
}

/// The smaller of two tensors' elements; the derivative goes to the first where they are equal.
public func minimum(_ first: Tensor, _ second: Tensor) -> Tensor {
  Tensor.binary(.minimum, first, second)
}

/// Elements of the second tensor where the first is positive, else 0.
func gate(_ first: Tensor, _ second: Tensor) -> Tensor { Tensor.binary(.gate, first, second) }
