package import Tensors

/// From expressions to a graph, in one walk: equal work is shared, constants are folded, what
/// changes nothing is dropped, and which values vary by lane is derived again, so that work that
/// all lanes share is done once.
package struct Rewriting {
  /// The graph in the making.
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

  /// A sum that was asked for.
  struct Sum: Hashable {
    let operand: Graph.ValueID
    let axes: [Int]
  }

  /// What is taken from a value at positions.
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

  /// The shape of a value, for one lane.
  func shape(_ id: Graph.ValueID) -> Shape { graph.values[id].shape }

  /// The result of an operation, simplified where a rule fits.
  mutating func apply(
    _ operation: Operation, _ operands: [Graph.ValueID], _ shape: Shape, _ type: ElementType,
    scope: String
  ) -> Graph.ValueID {
    if let same = identity(operation, operands, shape) { return same }
    if let number = folded(operation, operands) {
      return emit(.fill(number), [], shape, type, scope: scope)
    }
    return beforeRepeating(operation, operands, shape, type, scope: scope)
      ?? simplified(operation, operands, shape, type, scope: scope)
      ?? emit(operation, operands, shape, type, scope: scope)
  }

  /// The result by the rule for an operation; nil where it does not fit.
  private mutating func simplified(
    _ operation: Operation, _ operands: [Graph.ValueID], _ shape: Shape, _ type: ElementType,
    scope: String
  ) -> Graph.ValueID? {
    switch operation {
    case .sumOverLanes: return sumOverEqualLanes(operands[0], shape, type, scope: scope)
    case .scale(let factor): return scaled(operands[0], by: factor, shape, type, scope: scope)
    case .unary(.negate): return apply(.scale(-1), operands, shape, type, scope: scope)
    case .reshape, .broadcast:
      // Only the last one of several counts.
      let before = operations[operands[0]]
      guard before.operation.kind == operation.kind else { return nil }
      return apply(operation, before.operands, shape, type, scope: scope)
    case .binary(let function):
      return simplified(function, operands, shape, type, scope: scope)
    case .sum(let axes): return sum(operands[0], axes, type, scope: scope)
    case .maximum(let axes): return reduction(operation, axes, operands[0], type, scope: scope)
    case .matrixProduct(let left, true):
      guard let right = transposedForAllLanes(operands, type, scope: scope) else { return nil }
      return apply(
        .matrixProduct(transposingLeft: left, transposingRight: false), [operands[0], right],
        shape, type, scope: scope)
    case .windowIndex(let window):
      return windowIndex(window, of: operands[0], shape, type, scope: scope)
    case .windowGather(let window) where !window.isPadded:
      let windows = Windows(window: window, index: operands[1], pictures: self.shape(operands[0]))
      return gathered(operands[0], by: windows, shape, scope: scope)
    default: return nil
    }
  }

  /// A sum over lanes of what is the same in all of them.
  private mutating func sumOverEqualLanes(
    _ operand: Graph.ValueID, _ shape: Shape, _ type: ElementType, scope: String
  ) -> Graph.ValueID? {
    let source = aliased(operand)
    guard !graph.values[source].variesByLane else { return nil }
    let seen = apply(.reshape(shape), [source], shape, type, scope: scope)
    return apply(.scale(Double(totalLaneCount)), [seen], shape, type, scope: scope)
  }

  /// A sum along axes; what was asked for before is not summed again.
  private mutating func sum(
    _ operand: Graph.ValueID, _ axes: [Int], _ type: ElementType, scope: String
  ) -> Graph.ValueID {
    let sum = Sum(operand: operand, axes: axes)
    if let known = sums[sum] { return known }
    let value = reduction(.sum(axes: axes), axes, operand, type, scope: scope)
    sums[sum] = value
    return value
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
