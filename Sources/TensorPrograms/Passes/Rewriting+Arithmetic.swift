import Tensors

// Scales and binary arithmetic.
extension Rewriting {
  /// A value times a constant; nil where no rule fits.
  mutating func scaled(
    _ operand: Graph.ValueID, by factor: Double, _ shape: Shape, _ type: ElementType, scope: String
  ) -> Graph.ValueID? {
    if let mean = meanOfManyRows(factor, operand, scope: scope) { return mean }
    if case (.scale(let inner), let before) = operations[operand],
      Self.isHeldByFloat(factor * inner)
    {
      return apply(.scale(factor * inner), before, shape, type, scope: scope)
    }
    guard let (repeated, rest) = repeatedFactor(of: operand) else { return nil }
    let scaled = apply(.scale(factor), [repeated], shape, type, scope: scope)
    return apply(.binary(.multiply), [scaled, rest], shape, type, scope: scope)
  }

  /// A function of two values; nil where no rule fits.
  mutating func simplified(
    _ function: BinaryFunction, _ operands: [Graph.ValueID], _ shape: Shape, _ type: ElementType,
    scope: String
  ) -> Graph.ValueID? {
    if let simpler = beforeScattering(function, operands, shape, scope: scope) { return simpler }
    let (a, b) = (operands[0], operands[1])
    if function == .gate { return gatedByProducts(a, b, shape, type, scope: scope) }
    switch (constant(a), constant(b)) {
    case (.some(let number), nil):
      return simplified(function, of: number, and: b, shape, type, scope: scope)
    case (nil, .some(let number)):
      return simplified(function, of: a, and: number, shape, type, scope: scope)
    case (nil, nil): return simplified(function, a, b, shape, type, scope: scope)
    case (.some, .some): return nil
    }
  }

  private mutating func simplified(
    _ function: BinaryFunction, of number: Double, and b: Graph.ValueID, _ shape: Shape,
    _ type: ElementType, scope: String
  ) -> Graph.ValueID? {
    switch function {
    case .add: apply(.shift(number), [b], shape, type, scope: scope)
    case .subtract where number == 0: apply(.scale(-1), [b], shape, type, scope: scope)
    case .multiply: apply(.scale(number), [b], shape, type, scope: scope)
    default: nil
    }
  }

  private mutating func simplified(
    _ function: BinaryFunction, of a: Graph.ValueID, and number: Double, _ shape: Shape,
    _ type: ElementType, scope: String
  ) -> Graph.ValueID? {
    switch function {
    case .add: apply(.shift(number), [a], shape, type, scope: scope)
    case .subtract: apply(.shift(-number), [a], shape, type, scope: scope)
    case .multiply: apply(.scale(number), [a], shape, type, scope: scope)
    case .divide where Self.isHeldByFloat(1 / number):
      apply(.scale(1 / number), [a], shape, type, scope: scope)
    default: nil
    }
  }

  /// A function of two values that are not constant.
  private mutating func simplified(
    _ function: BinaryFunction, _ a: Graph.ValueID, _ b: Graph.ValueID, _ shape: Shape,
    _ type: ElementType, scope: String
  ) -> Graph.ValueID? {
    switch function {
    case .multiply where a == b:
      return apply(.unary(.square), [a], shape, type, scope: scope)
    case .multiply: return scalingRepeated([a, b], shape, type, scope: scope)
    case .add:
      if let negated = negated(b) {
        return apply(.binary(.subtract), [a, negated], shape, type, scope: scope)
      }
      return negated(a).map { apply(.binary(.subtract), [b, $0], shape, type, scope: scope) }
    case .subtract:
      return negated(b).map { apply(.binary(.add), [a, $0], shape, type, scope: scope) }
    default: return nil
    }
  }

  /// A gate by what is rectified, where that is made of products, by what it was before.
  private mutating func gatedByProducts(
    _ a: Graph.ValueID, _ b: Graph.ValueID, _ shape: Shape, _ type: ElementType, scope: String
  ) -> Graph.ValueID? {
    guard case (.unary(.relu), let rectified) = operations[a], isMadeOfProducts(rectified[0])
    else { return nil }
    return apply(.binary(.gate), [rectified[0], b], shape, type, scope: scope)
  }

  /// Whether a value is a sum of products element by element.
  ///
  /// Their derivatives read what it is made of, from which it is computed again sooner than a copy
  /// of it is read.
  private func isMadeOfProducts(_ value: Graph.ValueID, depth: Int = 0) -> Bool {
    let (operation, operands) = operations[value]
    guard depth < 6 else { return false }
    switch operation {
    case .reshape, .shift, .scale, .binary(.add), .binary(.subtract):
      return operands.contains { isMadeOfProducts($0, depth: depth + 1) }
    case .binary(.multiply): return true
    default: return false
    }
  }

  /// What a value is the negative of.
  private func negated(_ value: Graph.ValueID) -> Graph.ValueID? {
    if case .scale(-1) = operations[value].operation { operations[value].operands[0] } else { nil }
  }
}
