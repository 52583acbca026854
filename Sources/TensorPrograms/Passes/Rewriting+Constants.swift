import Tensors

// Constants, and operations that change nothing.
extension Rewriting {
  /// The number that a value consists of, if it is the same everywhere.
  func constant(_ id: Graph.ValueID) -> Double? {
    if case .fill(let number) = operations[id].operation { number } else { nil }
  }

  /// Whether a number is one that a float holds to its full precision: constants are joined only
  /// where it is.
  static func isHeldByFloat(_ number: Double) -> Bool { Float(number).isNormal }

  /// The operand that an operation leaves unchanged.
  func identity(
    _ operation: Operation, _ operands: [Graph.ValueID], _ shape: Shape
  ) -> Graph.ValueID? {
    switch operation {
    case .perLane, .stopGradient: return operands[0]
    case .reshape, .broadcast, .sum, .maximum, .slice, .pad:
      if case .pad(let paddings) = operation, paddings.contains(where: { $0 != AxisPadding() }) {
        return nil
      }
      return self.shape(operands[0]) == shape ? operands[0] : nil
    case .scale(1), .shift(0): return operands[0]
    case .transpose(let permutation):
      return permutation == Array(permutation.indices) ? operands[0] : nil
    case .select:
      return constant(operands[0]).map { $0 != 0 ? operands[1] : operands[2] }
    default: return nil
    }
  }

  /// The number that a result consists of, where constants alone decide it.
  func folded(_ operation: Operation, _ operands: [Graph.ValueID]) -> Double? {
    if case .scale(0) = operation { return 0 }
    guard let first = operands.first, let a = constant(first) else { return nil }
    switch operation {
    case .reshape, .broadcast, .transpose, .slice: return a
    case .scale(let factor): return a * factor
    case .shift(let summand): return a + summand
    case .unary(.negate): return -a
    case .unary(.square): return a * a
    case .sum(let axes): return axes.reduce(a) { $0 * Double(shape(first)[$1]) }
    case .binary(let function):
      guard let b = constant(operands[1]) else { return nil }
      switch function {
      case .add: return a + b
      case .subtract: return a - b
      case .multiply: return a * b
      default: return nil
      }
    default: return nil
    }
  }
}
