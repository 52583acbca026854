package import Tensors

/// From expressions to a graph, in one walk: equal work is shared, constants are folded, what
/// changes nothing is dropped, and which values vary by lane is derived anew, so that work that
/// all lanes share is done once.
package struct Rewriting {
  private(set) var graph: Graph
  /// The lanes that are summed over, those of other processes included.
  private let totalLaneCount: Int
  /// The sums that were asked for, by what was summed over which axes.
  var sums: [Sum: Graph.ValueID] = [:]
  /// How many sums are being taken apart, one within another.
  var sumDepth = 0
  /// Means of many rows.
  var means: [Graph.ValueID: Mean] = [:]
  /// What windows take from a value, by the value and the positions named in them.
  var gatherings: [Gathering: Graph.ValueID] = [:]
  private var known: [Key: Graph.ValueID] = [:]
  /// The step that makes each value, by value.
  private(set) var operations: [(operation: Operation, operands: [Graph.ValueID])] = []

  private struct Key: Hashable {
    let operation: Operation
    let operands: [Graph.ValueID]
    let shape: Shape
    let elementType: ElementType
    let variesByLane: Bool
  }

  struct Sum: Hashable {
    let operand: Graph.ValueID
    let axes: [Int]
  }

  struct Gathering: Hashable {
    let source: Graph.ValueID
    let index: Graph.ValueID
  }

  /// Makes the graph of outputs.
  ///
  /// - Parameters:
  ///   - outputs: what the graph computes.
  ///   - laneCount: how many lanes it runs over.
  ///   - totalLaneCount: how many lanes are summed over; nil: as many.
  ///   - kept: inputs that the graph has though no output depends on them.
  package static func graph(
    of outputs: [Tensor], laneCount: Int, totalLaneCount: Int? = nil, keeping kept: [Tensor] = []
  ) -> Graph {
    var rewriting = Rewriting(
      graph: Graph(laneCount: laneCount), totalLaneCount: totalLaneCount ?? laneCount)
    var ids: [ObjectIdentifier: Graph.ValueID] = [:]
    let expanded = expandingCalls(in: outputs)
    for node in topologicalOrder(of: expanded) {
      let operands = node.operands.map { ids[$0.identity] ?? -1 }
      ids[node.identity] = rewriting.value(of: node, operands)
    }
    for input in kept { _ = rewriting.value(of: input, []) }
    rewriting.graph.outputs = expanded.map { ids[$0.identity] ?? -1 }
    return rewriting.graph.withoutDeadSteps()
  }

  private init(graph: Graph, totalLaneCount: Int) {
    self.graph = graph
    self.totalLaneCount = totalLaneCount
  }

  private mutating func value(of node: Tensor, _ operands: [Graph.ValueID]) -> Graph.ValueID {
    if case .input = node.operation {
      return emit(
        node.operation, [], node.shape, node.elementType, scope: node.scope,
        varies: node.variesByLane)
    }
    return apply(node.operation, operands, node.shape, node.elementType, scope: node.scope)
  }

  func shape(_ id: Graph.ValueID) -> Shape { graph.values[id].shape }

  /// The number that a value consists of, if it is the same everywhere.
  func constant(_ id: Graph.ValueID) -> Double? {
    if case .fill(let number) = operations[id].operation { number } else { nil }
  }

  /// The result of an operation, simplified where a rule fits.
  mutating func apply(
    _ operation: Operation, _ operands: [Graph.ValueID], _ shape: Shape, _ type: ElementType,
    scope: String
  ) -> Graph.ValueID {
    if let same = identity(operation, operands, shape) { return same }
    if let number = folded(operation, operands) {
      return emit(.fill(number), [], shape, type, scope: scope)
    }
    if let early = beforeRepeating(operation, operands, shape, type, scope: scope) { return early }
    switch operation {
    case .sumOverLanes:
      let source = aliased(operands[0])
      if graph.values[source].variesByLane { break }
      let seen = apply(.reshape(shape), [source], shape, type, scope: scope)
      return apply(.scale(Double(totalLaneCount)), [seen], shape, type, scope: scope)
    case .scale(let factor):
      if let mean = meanOfManyRows(factor, operands[0], scope: scope) { return mean }
      if case .scale(let inner) = operations[operands[0]].operation,
        Self.isHeldByFloat(factor * inner)
      {
        return apply(
          .scale(factor * inner), operations[operands[0]].operands, shape, type, scope: scope)
      }
      if let (repeated, rest) = repeatedFactor(of: operands[0]) {
        let scaled = apply(operation, [repeated], shape, type, scope: scope)
        return apply(.binary(.multiply), [scaled, rest], shape, type, scope: scope)
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
    case .matrixProduct(let left, true):
      if let transposed = transposedForAllLanes(operands, type, scope: scope) {
        return apply(
          .matrixProduct(transposingLeft: left, transposingRight: false),
          [operands[0], transposed], shape, type, scope: scope)
      }
    case .maximum(let axes): return reduction(operation, axes, operands[0], type, scope: scope)
    case .windowIndex(let window):
      if let simpler = windowIndex(window, of: operands[0], shape, type, scope: scope) {
        return simpler
      }
    case .windowGather(let window) where !window.isPadded:
      let windows = Windows(window: window, index: operands[1], pictures: self.shape(operands[0]))
      return gathered(operands[0], by: windows, shape, scope: scope)
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

  private mutating func simplified(
    _ function: BinaryFunction, _ operands: [Graph.ValueID], _ shape: Shape, _ type: ElementType,
    scope: String
  ) -> Graph.ValueID? {
    let (a, b) = (operands[0], operands[1])
    if let simpler = beforeScattering(function, operands, shape, scope: scope) { return simpler }
    switch (function, constant(a), constant(b)) {
    case (.add, .some(let number), nil):
      return apply(.shift(number), [b], shape, type, scope: scope)
    case (.add, nil, .some(let number)):
      return apply(.shift(number), [a], shape, type, scope: scope)
    case (.subtract, nil, .some(let number)):
      return apply(.shift(-number), [a], shape, type, scope: scope)
    case (.subtract, .some(0), nil): return apply(.scale(-1), [b], shape, type, scope: scope)
    case (.gate, _, _):
      guard case (.unary(.relu), let rectified) = operations[a], isMadeOfProducts(rectified[0])
      else { return nil }
      return apply(.binary(.gate), [rectified[0], b], shape, type, scope: scope)
    case (.multiply, .some(let number), nil):
      return apply(.scale(number), [b], shape, type, scope: scope)
    case (.multiply, nil, .some(let number)):
      return apply(.scale(number), [a], shape, type, scope: scope)
    case (.divide, nil, .some(let number)) where Self.isHeldByFloat(1 / number):
      return apply(.scale(1 / number), [a], shape, type, scope: scope)
    case (.multiply, nil, nil) where a == b:
      return apply(.unary(.square), [a], shape, type, scope: scope)
    case (.multiply, nil, nil):
      return scalingRepeated(operands, shape, type, scope: scope)
    case (.add, nil, nil):
      if let negated = negated(b) {
        return apply(.binary(.subtract), [a, negated], shape, type, scope: scope)
      }
      return negated(a).map {
        apply(.binary(.subtract), [b, $0], shape, type, scope: scope)
      }
    case (.subtract, nil, nil):
      return negated(b).map { apply(.binary(.add), [a, $0], shape, type, scope: scope) }
    default: return nil
    }
  }

  /// The right factor transposed, where all lanes multiply by the same one: once, not in each lane.
  private mutating func transposedForAllLanes(
    _ factors: [Graph.ValueID], _ type: ElementType, scope: String
  ) -> Graph.ValueID? {
    let shape = self.shape(factors[1])
    guard totalLaneCount > 1, shape[-2] > 1, shape[-1] > 1,
      graph.values[factors[0]].variesByLane, !graph.values[factors[1]].variesByLane
    else { return nil }
    let permutation = shape.matrixTransposition
    let transposed = Shape(permutation.map { shape[$0] })
    return apply(.transpose(permutation), [factors[1]], transposed, type, scope: scope)
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

  /// Adds a step, or finds the one that does the same.
  mutating func emit(
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
