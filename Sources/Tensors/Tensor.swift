/// A symbol for numbers to be computed: a node of an immutable graph, with its shape and element
/// type known.
///
/// Building never computes. A mistake in a program stops at the call that makes it.
public struct Tensor: Sendable {
  /// The node that makes the numbers.
  package let node: Node

  /// The extents of the axes, for one lane.
  public var shape: Shape { node.shape }
  /// The kind of number.
  public var elementType: ElementType { node.elementType }
  /// Whether each lane has numbers of its own.
  public var variesByLane: Bool { node.variesByLane }
  /// What computes the numbers.
  public var operation: Operation { node.operation }
  /// What it computes them from.
  public var operands: [Tensor] { node.operands }
  /// The name of the part of the program that this belongs to.
  public var scope: String { node.scope }
  /// Tells nodes apart.
  package var identity: ObjectIdentifier { ObjectIdentifier(node) }

  /// Applies an operation; stops when the operands do not suit it.
  ///
  /// A shared operand beside a varying one is seen through `perLane`.
  package init(_ operation: Operation, _ operands: [Tensor]) {
    var operands = operands
    if operation.mixesLanes, operands.contains(where: \.variesByLane) {
      operands = operands.map(\.seenPerLane)
    }
    let (shape, elementType) = ShapeRules.result(of: operation, operands)
    let variesByLane =
      switch operation {
      case .perLane: true
      case .sumOverLanes: false
      default: operands.contains(where: \.variesByLane)
      }
    self.init(
      operation, operands, shape: shape, elementType: elementType, variesByLane: variesByLane)
  }

  /// Makes a node whose shape and type are known.
  package init(
    _ operation: Operation, _ operands: [Tensor] = [], shape: Shape, elementType: ElementType,
    variesByLane: Bool
  ) {
    node = Node(
      operation: operation, operands: operands, shape: shape, elementType: elementType,
      variesByLane: variesByLane, scope: Scope.path)
  }

  /// This value as each lane sees it: with one number for each lane, also where all have the same.
  package var seenPerLane: Tensor { variesByLane ? self : Tensor(.perLane, [self]) }
}

extension Tensor: CustomStringConvertible {
  /// Operation, element type and shape.
  public var description: String { "\(operation) \(elementType)\(shape)" }
}

extension Operation {
  /// Whether a shared operand must be seen per lane where another varies.
  var mixesLanes: Bool {
    switch self {
    case .perLane, .sumOverLanes: false
    default: true
    }
  }
}

/// One operation applied to operands.
package final class Node: Sendable {
  package let operation: Operation
  package var operands: [Tensor] { unsafe storedOperands }
  package let shape: Shape
  package let elementType: ElementType
  package let variesByLane: Bool
  package let scope: String
  // Changed in `deinit` alone, when nobody else can see the node.
  nonisolated(unsafe) private var storedOperands: [Tensor]

  init(
    operation: Operation, operands: [Tensor], shape: Shape, elementType: ElementType,
    variesByLane: Bool, scope: String
  ) {
    self.operation = operation
    unsafe storedOperands = operands
    self.shape = shape
    self.elementType = elementType
    self.variesByLane = variesByLane
    self.scope = scope
  }

  /// Releases operands one by one: a chain of a million nodes would overflow the stack otherwise.
  deinit {
    var pending: [Node] = unsafe storedOperands.map(\.node)
    unsafe storedOperands = []
    while var node = pending.popLast() {
      guard isKnownUniquelyReferenced(&node) else { continue }
      unsafe pending.append(contentsOf: node.storedOperands.map(\.node))
      unsafe node.storedOperands = []
    }
  }
}

/// Names for the parts of a program, shown by `Program.describe()`.
public enum Scope {
  @TaskLocal static var path = ""

  /// Builds a part of a program under a name, within the names around it.
  public static func named<Result>(_ name: String, _ build: () throws -> Result) rethrows -> Result
  {
    try $path.withValue(path.isEmpty ? name : "\(path) / \(name)", operation: build)
  }

  /// Builds nodes that belong to the part of another node.
  static func of<Result>(_ tensor: Tensor, _ build: () throws -> Result) rethrows -> Result {
    try tensor.scope == path ? build() : $path.withValue(tensor.scope, operation: build)
  }
}

/// The nodes that outputs depend on, each after its operands.
///
/// The given ends and what lies behind them is left out. Iterative.
package func topologicalOrder(
  of outputs: [Tensor], endingAt ends: Set<ObjectIdentifier> = []
) -> [Tensor] {
  var order: [Tensor] = []
  var seen = ends
  var stack: [(tensor: Tensor, nextOperand: Int)] = []
  for output in outputs where seen.insert(output.identity).inserted {
    stack.append((output, 0))
    while let (tensor, next) = stack.last {
      let operands = tensor.operands
      if next < operands.count {
        stack[stack.count - 1].nextOperand += 1
        if seen.insert(operands[next].identity).inserted { stack.append((operands[next], 0)) }
      } else {
        order.append(tensor)
        stack.removeLast()
      }
    }
  }
  return order
}
