import Tensors

// Sums: over neighbouring axes only, and of no more than is needed.
extension Rewriting {
  /// A reduction over neighbouring axes only; others are reduced run by run, the last run first.
  mutating func reduction(
    _ operation: Operation, _ axes: [Int], _ operand: Graph.ValueID, _ type: ElementType,
    scope: String
  ) -> Graph.ValueID {
    let extents = shape(operand).dimensions
    let real = axes.filter { extents[$0] != 1 }
    guard let last = real.last else { return operand }
    // Axes of extent 1 do not part a run.
    var first = last
    while let next = real.last(where: { $0 < first }),
      (next + 1..<first).allSatisfy({ extents[$0] == 1 })
    {
      first = next
    }
    let run = real.filter { $0 >= first }
    let reduced = run.reduce(shape(operand)) { $0.replacing(axis: $1, with: 1) }
    let isSum = if case .sum = operation { true } else { false }
    let simpler = isSum ? linearSum(of: operand, to: reduced, run, type, scope: scope) : nil
    let partial =
      simpler
      ?? emit(isSum ? .sum(axes: run) : .maximum(axes: run), [operand], reduced, type, scope: scope)
    let rest = real.filter { $0 < first }
    return rest.isEmpty ? partial : reduction(operation, rest, partial, type, scope: scope)
  }

  /// A sum with its constant factors taken out, so that fewer large values are needed; nil where
  /// there are none.
  private mutating func linearSum(
    of operand: Graph.ValueID, to reduced: Shape, _ axes: [Int], _ type: ElementType, scope: String
  ) -> Graph.ValueID? {
    // Deeper sums stay whole, so that a chain of any length is taken apart in bounded depth.
    guard sumDepth < 32 else { return nil }
    sumDepth += 1
    defer { sumDepth -= 1 }
    if let windows = scattering(in: operand, summedTo: reduced) {
      return scatteredSum(of: operand, by: windows, to: reduced, scope: scope)
    }
    let (operation, operands) = operations[operand]
    switch operation {
    case .scale:
      let sum = apply(.sum(axes: axes), operands, reduced, type, scope: scope)
      return apply(operation, [sum], reduced, type, scope: scope)
    case .binary(.multiply):
      if let (factor, rest) = factor(of: operand, alike: reduced) {
        let sum = apply(.sum(axes: axes), [rest], reduced, type, scope: scope)
        return apply(operation, [factor, sum], reduced, type, scope: scope)
      }
      guard let (scale, product) = withoutScale(operands, shape(operand), type, scope: scope)
      else { return nil }
      let sum = apply(.sum(axes: axes), [product], reduced, type, scope: scope)
      return apply(.scale(scale), [sum], reduced, type, scope: scope)
    case .binary(.subtract) where isMean(operands[1], of: operands[0], along: axes, negated: false),
      .binary(.add) where isMean(operands[1], of: operands[0], along: axes, negated: true),
      .binary(.add) where isMean(operands[0], of: operands[1], along: axes, negated: true):
      return emit(.fill(0), [], reduced, type, scope: scope)
    case .unary(.square):
      return squaredDistances(of: operands[0], axes, scope: scope)
    case .binary(.add), .binary(.subtract):
      let isSplit = operands.contains {
        hasFactor($0, alike: reduced) || scattering(in: $0, summedTo: reduced) != nil
      }
      guard isSplit else { return nil }
      let sums = operands.map { apply(.sum(axes: axes), [$0], reduced, type, scope: scope) }
      return apply(operation, sums, reduced, type, scope: scope)
    default: return nil
    }
  }

  /// The operand of a product that repeats a value of a shape, before its repetition, and the
  /// other.
  private func factor(
    of product: Graph.ValueID, alike reduced: Shape
  ) -> (factor: Graph.ValueID, rest: Graph.ValueID)? {
    let operands = operations[product].operands
    for (candidate, rest) in [(operands[0], operands[1]), (operands[1], operands[0])] {
      if let source = repeatedValue(candidate), shape(source) == reduced { return (source, rest) }
    }
    return nil
  }

  /// A product with a scaled operand as a scale and the product without it.
  private mutating func withoutScale(
    _ operands: [Graph.ValueID], _ shape: Shape, _ type: ElementType, scope: String
  ) -> (scale: Double, product: Graph.ValueID)? {
    for (scaled, other) in [(operands[0], operands[1]), (operands[1], operands[0])] {
      guard case (.scale(let factor), let rest) = operations[scaled] else { continue }
      let product = apply(.binary(.multiply), [rest[0], other], shape, type, scope: scope)
      return (factor, product)
    }
    return nil
  }

  private func hasFactor(_ value: Graph.ValueID, alike reduced: Shape) -> Bool {
    switch operations[value].operation {
    case .scale: true
    case .binary(.multiply): factor(of: value, alike: reduced) != nil
    default: false
    }
  }

  /// Whether a value repeats the mean of another along axes (or its negative), the distances from
  /// which sum to zero.
  private func isMean(
    _ value: Graph.ValueID, of operand: Graph.ValueID, along axes: [Int], negated: Bool
  ) -> Bool {
    guard let source = repeatedValue(value) else { return false }
    guard case (.scale(let factor), let scaled) = operations[source] else {
      return !negated && means[source]?.sum == Sum(operand: operand, axes: axes)
    }
    if negated, factor == -1, let mean = means[scaled[0]] {
      return mean.sum == Sum(operand: operand, axes: axes)
    }
    let count = axes.reduce(1) { $0 * Double(shape(operand)[$1]) }
    return sums[Sum(operand: operand, axes: axes)] == scaled[0]
      && factor == (negated ? -1 : 1) / count
  }
}
