package import Tensors

/// From expressions to a graph, in one walk: equal work is shared, constants are folded, what
/// changes nothing is dropped, and which values vary by lane is derived anew, so that work that
/// all lanes share is done once.
package struct Rewriting {
  private(set) var graph: Graph
  /// The sums that were asked for, by what was summed over which axes.
  private var sums: [Sum: Graph.ValueID] = [:]
  /// How many sums are being taken apart, one within another.
  private var sumDepth = 0
  private var known: [Key: Graph.ValueID] = [:]
  /// The step that makes each value, by value.
  private var operations: [(operation: Operation, operands: [Graph.ValueID])] = []

  private struct Key: Hashable {
    let operation: Operation
    let operands: [Graph.ValueID]
    let shape: Shape
    let elementType: ElementType
    let variesByLane: Bool
  }

  private struct Sum: Hashable {
    let operand: Graph.ValueID
    let axes: [Int]
  }

  /// Makes the graph of outputs.
  package static func graph(of outputs: [Tensor], laneCount: Int) -> Graph {
    var rewriting = Rewriting(graph: Graph(laneCount: laneCount))
    var ids: [ObjectIdentifier: Graph.ValueID] = [:]
    let expanded = expandingCalls(in: outputs)
    for node in topologicalOrder(of: expanded) {
      let operands = node.operands.map { ids[$0.identity] ?? -1 }
      ids[node.identity] = rewriting.value(of: node, operands)
    }
    rewriting.graph.outputs = expanded.map { ids[$0.identity] ?? -1 }
    return rewriting.graph.withoutDeadSteps()
  }

  private init(graph: Graph) { self.graph = graph }

  private mutating func value(of node: Tensor, _ operands: [Graph.ValueID]) -> Graph.ValueID {
    if case .input = node.operation {
      return emit(
        node.operation, [], node.shape, node.elementType, scope: node.scope,
        varies: node.variesByLane)
    }
    return apply(node.operation, operands, node.shape, node.elementType, scope: node.scope)
  }

  private func shape(_ id: Graph.ValueID) -> Shape { graph.values[id].shape }

  /// The number that a value consists of, if it is the same everywhere.
  private func constant(_ id: Graph.ValueID) -> Double? {
    if case .fill(let number) = operations[id].operation { number } else { nil }
  }

  /// The result of an operation, simplified where a rule fits.
  private mutating func apply(
    _ operation: Operation, _ operands: [Graph.ValueID], _ shape: Shape, _ type: ElementType,
    scope: String
  ) -> Graph.ValueID {
    if let same = identity(operation, operands, shape) { return same }
    if let number = folded(operation, operands) {
      return emit(.fill(number), [], shape, type, scope: scope)
    }
    switch operation {
    case .sumOverLanes:
      let source = aliased(operands[0])
      if graph.values[source].variesByLane { break }
      let seen = apply(.reshape(shape), [source], shape, type, scope: scope)
      return apply(.scale(Double(graph.laneCount)), [seen], shape, type, scope: scope)
    case .scale(let factor):
      if case .scale(let inner) = operations[operands[0]].operation,
        Self.isHeldByFloat(factor * inner)
      {
        return apply(
          .scale(factor * inner), operations[operands[0]].operands, shape, type, scope: scope)
      }
    case .unary(.negate): return apply(.scale(-1), operands, shape, type, scope: scope)
    case .reshape:
      if case .reshape = operations[operands[0]].operation {
        return apply(operation, operations[operands[0]].operands, shape, type, scope: scope)
      }
    case .broadcast:
      if case .broadcast = operations[operands[0]].operation {
        return apply(operation, operations[operands[0]].operands, shape, type, scope: scope)
      }
    case .binary(let function):
      if let simpler = simplified(function, operands, shape, type, scope: scope) { return simpler }
    case .sum(let axes):
      let sum = Sum(operand: operands[0], axes: axes)
      if let known = sums[sum] { return known }
      let value = reduction(operation, axes, operands[0], type, scope: scope)
      sums[sum] = value
      return value
    case .maximum(let axes): return reduction(operation, axes, operands[0], type, scope: scope)
    default: break
    }
    return emit(operation, operands, shape, type, scope: scope)
  }

  /// What a value only gives another shape or place in time.
  ///
  /// A barrier counts as varying by lane where what it waits for does, though what it passes on may
  /// be shared: a sum over lanes must see that there is but one.
  private func aliased(_ id: Graph.ValueID) -> Graph.ValueID {
    switch operations[id].operation {
    case .barrier, .reshape: aliased(operations[id].operands[0])
    default: id
    }
  }

  /// Whether a number is one that a float holds to its full precision: constants are joined only
  /// where it is.
  private static func isHeldByFloat(_ number: Double) -> Bool { Float(number).isNormal }

  /// The operand that an operation leaves unchanged.
  private func identity(
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
  private func folded(_ operation: Operation, _ operands: [Graph.ValueID]) -> Double? {
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

  private mutating func simplified(
    _ function: BinaryFunction, _ operands: [Graph.ValueID], _ shape: Shape, _ type: ElementType,
    scope: String
  ) -> Graph.ValueID? {
    let (a, b) = (operands[0], operands[1])
    switch (function, constant(a), constant(b)) {
    case (.add, .some(let number), nil):
      return apply(.shift(number), [b], shape, type, scope: scope)
    case (.add, nil, .some(let number)):
      return apply(.shift(number), [a], shape, type, scope: scope)
    case (.subtract, nil, .some(let number)):
      return apply(.shift(-number), [a], shape, type, scope: scope)
    case (.multiply, .some(let number), nil):
      return apply(.scale(number), [b], shape, type, scope: scope)
    case (.multiply, nil, .some(let number)):
      return apply(.scale(number), [a], shape, type, scope: scope)
    case (.divide, nil, .some(let number)) where Self.isHeldByFloat(1 / number):
      return apply(.scale(1 / number), [a], shape, type, scope: scope)
    case (.multiply, nil, nil) where a == b:
      return apply(.unary(.square), [a], shape, type, scope: scope)
    default: return nil
    }
  }

  /// A reduction over neighbouring axes only; others are reduced run by run, the last run first.
  private mutating func reduction(
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
    let (operation, operands) = operations[operand]
    switch operation {
    case .scale:
      let sum = apply(.sum(axes: axes), operands, reduced, type, scope: scope)
      return apply(operation, [sum], reduced, type, scope: scope)
    case .binary(.multiply):
      guard let (factor, rest) = factor(of: operand, alike: reduced) else { return nil }
      let sum = apply(.sum(axes: axes), [rest], reduced, type, scope: scope)
      return apply(operation, [factor, sum], reduced, type, scope: scope)
    case .binary(.add), .binary(.subtract):
      guard operands.contains(where: { hasFactor($0, alike: reduced) }) else { return nil }
      let sums = operands.map { apply(.sum(axes: axes), [$0], reduced, type, scope: scope) }
      return apply(operation, sums, reduced, type, scope: scope)
    default: return nil
    }
  }

  /// The operand of a product that repeats a value of a shape, before its repetition, and the other.
  private func factor(
    of product: Graph.ValueID, alike reduced: Shape
  ) -> (factor: Graph.ValueID, rest: Graph.ValueID)? {
    let operands = operations[product].operands
    for (candidate, rest) in [(operands[0], operands[1]), (operands[1], operands[0])] {
      guard case .broadcast = operations[candidate].operation else { continue }
      let source = operations[candidate].operands[0]
      if shape(source) == reduced { return (source, rest) }
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

  /// Adds a step, or finds the one that does the same.
  private mutating func emit(
    _ operation: Operation, _ operands: [Graph.ValueID], _ shape: Shape, _ type: ElementType,
    scope: String, varies: Bool? = nil
  ) -> Graph.ValueID {
    let variesByLane =
      switch operation {
      case .sumOverLanes: false
      default: varies ?? operands.contains { graph.values[$0].variesByLane }
      }
    let key = Key(
      operation: operation, operands: operands, shape: shape, elementType: type,
      variesByLane: variesByLane)
    if let known = known[key] { return known }
    let id = graph.add(Graph.Value(shape: shape, elementType: type, variesByLane: variesByLane))
    graph.steps.append(
      Graph.Step(kind: .operation(operation), inputs: operands, outputs: [id], scope: scope))
    operations.append((operation, operands))
    known[key] = id
    return id
  }
}
