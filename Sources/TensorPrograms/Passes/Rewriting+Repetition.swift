import Tensors

// Work on repeated values is done before they are repeated, where they are small.
extension Rewriting {
  /// Elementwise work on operands that repeat values of one shape; nil for other work.
  mutating func beforeRepeating(
    _ operation: Operation, _ operands: [Graph.ValueID], _ shape: Shape, _ type: ElementType,
    scope: String
  ) -> Graph.ValueID? {
    switch operation {
    case .unary, .binary, .scale, .shift: break
    default: return nil
    }
    let sources = operands.compactMap(repeatedValue)
    guard let first = sources.first, sources.count == operands.count,
      sources.allSatisfy({ self.shape($0) == self.shape(first) })
    else { return nil }
    let result = apply(operation, sources, self.shape(first), type, scope: scope)
    return apply(.broadcast(shape), [result], shape, type, scope: scope)
  }

  /// The operand of a product that is a repeated value, and the other.
  func repeatedFactor(
    of product: Graph.ValueID
  ) -> (repeated: Graph.ValueID, rest: Graph.ValueID)? {
    guard case (.binary(.multiply), let operands) = operations[product] else { return nil }
    if repeatedValue(operands[0]) != nil { return (operands[0], operands[1]) }
    return repeatedValue(operands[1]) != nil ? (operands[1], operands[0]) : nil
  }

  /// A product of a repeated and a scaled value with the scale given to the repeated one; nil for
  /// other products.
  mutating func scalingRepeated(
    _ operands: [Graph.ValueID], _ shape: Shape, _ type: ElementType, scope: String
  ) -> Graph.ValueID? {
    for (repeated, scaled) in [(operands[0], operands[1]), (operands[1], operands[0])] {
      guard repeatedValue(repeated) != nil,
        case (.scale(let factor), let rest) = operations[scaled]
      else { continue }
      let product = apply(.scale(factor), [repeated], shape, type, scope: scope)
      return apply(.binary(.multiply), [product, rest[0]], shape, type, scope: scope)
    }
    return nil
  }

  /// The value that another repeats.
  func repeatedValue(_ value: Graph.ValueID) -> Graph.ValueID? {
    if case .broadcast = operations[value].operation { operations[value].operands[0] } else { nil }
  }
}
