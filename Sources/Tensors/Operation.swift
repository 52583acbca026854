/// What a node computes from its operands: the closed set that every pass, derivative rule and
/// executor knows completely.
///
/// Shapes are those of one lane. Elementwise operations take operands of one shape; broadcasting is
/// an operation of its own, and so is each change of shape.
public enum Operation: Hashable, Sendable {
  // MARK: Sources

  /// A value given when the program runs, known by its name.
  case input(name: String)
  /// Numbers written into the program.
  case literal(TensorValue)
  /// One number everywhere.
  case fill(Double)
  /// int32 positions along an axis.
  case iota(axis: Int)
  /// uint32 bits of a key's stream (operand: the key, uint32 [2]).
  case randomBits(stream: UInt32)
  /// An operand of a body, to be substituted where the body is called.
  case bodyParameter(index: Int)

  // MARK: Elementwise

  case unary(UnaryFunction)
  case binary(BinaryFunction)
  /// A mask: 1 where the comparison holds, else 0.
  case compare(Comparison)
  /// Operands mask, a, b: a where the mask is not 0, else b.
  case select
  /// The operand times a number.
  case scale(Double)
  /// The operand plus a number.
  case shift(Double)
  case convert(ElementType)

  // MARK: Along axes

  /// Repeats axes of extent 1; the rank stays.
  case broadcast(Shape)
  /// Sums; summed axes keep extent 1.
  case sum(axes: [Int])
  /// The largest element; reduced axes keep extent 1.
  case maximum(axes: [Int])
  /// int32 position of the first largest element; the axis keeps extent 1.
  case argumentMaximum(axis: Int)
  case cumulativeSum(axis: Int, isExclusive: Bool, isReversed: Bool)
  /// int32 positions of the largest elements of the last axis, largest first.
  case topIndices(count: Int)

  // MARK: Movement

  case reshape(Shape)
  /// Axis i of the result is axis permutation[i] of the operand.
  case transpose([Int])
  /// Per axis: first position, position after the last, step.
  case slice([AxisSlice])
  /// Zeros before, after and between elements, per axis.
  case pad([AxisPadding])
  case concatenate(axis: Int)
  /// Operands x [rows, ...], indices int32 [count]: rows of x; zeros for an index outside.
  case gather
  /// Operands g [count, ...], indices int32 [count]: sums of g by row, [rows, ...].
  case scatterAdd(rows: Int)

  // MARK: Linear algebra

  /// Over the last two axes; leading axes are a batch and must agree.
  case matrixProduct(transposingLeft: Bool, transposingRight: Bool)
  /// The lower Cholesky factor of symmetric positive definite matrices (last two axes).
  case cholesky
  /// Operands l (lower triangular), b: the solution of l x = b, or of l' x = b.
  case triangularSolve(transposed: Bool)

  // MARK: Convolution (NHWC pictures, HWIO weights)

  /// Operands x, weights.
  case convolution(WindowGeometry)
  /// Operands g, weights: the derivative with respect to pictures of the given shape.
  case convolutionInputGradient(WindowGeometry, inputShape: Shape)
  /// Operands x, g.
  case convolutionWeightGradient(WindowGeometry)

  // MARK: Pooling

  /// uint8 position within each window of its first maximum.
  ///
  /// A program may look for it before elementwise work that keeps the order of a channel's numbers;
  /// which of numbers that such work makes equal is named is then not fixed.
  case windowIndex(WindowGeometry)
  /// Operands x, index: the element of each window that the index names.
  case windowGather(WindowGeometry)
  /// Operands g, index: the derivative of the gathering.
  case windowScatter(WindowGeometry, inputShape: Shape)
  case windowSum(WindowGeometry)
  /// The derivative of the sum over windows.
  case windowSpread(WindowGeometry, inputShape: Shape)

  // MARK: Lanes, order and derivatives

  /// A shared value seen by each lane.
  case perLane
  /// The sum over all lanes, in a fixed binary tree.
  case sumOverLanes
  /// The operand, as a constant to derivatives.
  case stopGradient
  /// The first operand, not available before all others are.
  case barrier
  /// A call of a closed subgraph that is recomputed when derivatives need its insides.
  case call(Body)
  /// One result of a call (operand: the call).
  case callResult(index: Int)
}

/// Functions of one number.
public enum UnaryFunction: String, Hashable, Sendable, CaseIterable {
  case negate, exp, log, squareRoot, reciprocalSquareRoot, reciprocal
  case tanh, sigmoid, relu, absolute, sign, sine, cosine, square, softplus, errorFunction, floor
  /// The 24 highest of 32 random bits as a number on [0, 1).
  case unitFromBits
}

/// Functions of two numbers.
public enum BinaryFunction: String, Hashable, Sendable, CaseIterable {
  case add, subtract, multiply, divide, maximum, minimum
  /// b where a is positive, else 0: what passes a rectifier.
  case gate
}

/// Comparisons of two numbers.
public enum Comparison: String, Hashable, Sendable, CaseIterable {
  case equal, less, lessOrEqual
}

/// The part of an axis that a slice takes.
public struct AxisSlice: Hashable, Sendable {
  /// The first position.
  public let start: Int
  /// The position after the last.
  public let end: Int
  /// The distance between positions taken, at least 1.
  public let step: Int

  /// Makes a slice of an axis.
  public init(start: Int, end: Int, step: Int = 1) {
    self.start = start
    self.end = end
    self.step = step
  }

  /// The number of positions taken.
  public var count: Int { max(0, (end - start + step - 1) / step) }
}

/// The zeros put around and between the elements of an axis.
public struct AxisPadding: Hashable, Sendable {
  /// Zeros before the first element.
  public let before: Int
  /// Zeros after the last element.
  public let after: Int
  /// Zeros between neighbours.
  public let between: Int

  /// Makes the padding of an axis.
  public init(before: Int = 0, after: Int = 0, between: Int = 0) {
    self.before = before
    self.after = after
    self.between = between
  }

  /// The extent of a padded axis.
  public func extent(of extent: Int) -> Int {
    before + extent + max(0, extent - 1) * between + after
  }
}
