/// A closed subgraph: results as functions of parameters and of nothing else.
///
/// Its insides need not be kept for derivatives: they are recomputed when a derivative asks for
/// them.
public final class Body: Hashable, Sendable {
  /// The values that the results depend on, in the order of a call's operands.
  package let parameters: [Tensor]
  /// What the body computes.
  package let results: [Tensor]

  /// Builds a body; values from outside that the building closure uses become parameters too.
  fileprivate init(on operands: [Tensor], _ build: ([Tensor]) -> [Tensor]) {
    let own = operands.enumerated().map { index, operand in
      Tensor(
        .bodyParameter(index: index), shape: operand.shape, elementType: operand.elementType,
        variesByLane: operand.variesByLane)
    }
    results = build(own)
    parameters = own + Body.captures(of: results, besides: own)
  }

  /// The values that results use without depending on the body's own parameters.
  private static func captures(of results: [Tensor], besides own: [Tensor]) -> [Tensor] {
    var dependent = Set(own.map(\.identity))
    var captures: [Tensor] = []
    var captured: Set<ObjectIdentifier> = []
    func capture(_ tensor: Tensor) {
      if dependent.contains(tensor.identity) || tensor.operation.isConstant { return }
      if captured.insert(tensor.identity).inserted { captures.append(tensor) }
    }
    for node in topologicalOrder(of: results, endingAt: dependent)
    where node.operands.contains(where: { dependent.contains($0.identity) }) {
      dependent.insert(node.identity)
      node.operands.forEach(capture)
    }
    results.forEach(capture)
    return captures
  }

  /// The results with operands in the place of parameters.
  package func substituting(_ operands: [Tensor]) -> [Tensor] {
    var replaced: [ObjectIdentifier: Tensor] = [:]
    for (parameter, operand) in zip(parameters, operands) { replaced[parameter.identity] = operand }
    for node in topologicalOrder(of: results, endingAt: Set(replaced.keys)) {
      let operands = node.operands.map { replaced[$0.identity] ?? $0 }
      replaced[node.identity] = Scope.of(node) { node.applied(to: operands) }
    }
    return results.map { replaced[$0.identity] ?? $0 }
  }

  /// Whether they are the same body.
  public static func == (left: Body, right: Body) -> Bool { left === right }

  /// Feeds the identity to a hasher.
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

extension Tensor {
  /// The same operation on other operands of the same shapes.
  package func applied(to operands: [Tensor]) -> Tensor {
    Tensor(
      operation, operands, shape: shape, elementType: elementType, variesByLane: variesByLane)
  }
}

/// Computes results whose insides are not kept for derivatives, but recomputed.
public func recomputed(_ operands: [Tensor], _ build: ([Tensor]) -> [Tensor]) -> [Tensor] {
  let body = Body(on: operands, build)
  let arguments = operands + body.parameters.dropFirst(operands.count)
  guard Set(arguments.filter { !$0.operation.isConstant }.map(\.variesByLane)).count <= 1 else {
    fatalError(
      "What is recomputed reads values that lanes share and values of each lane; make the shared "
        + "ones the lanes' own with perLane() first.")
  }
  let call = Tensor(
    .call(body), arguments, shape: [0], elementType: .float32,
    variesByLane: arguments.contains(where: \.variesByLane))
  return body.results.enumerated().map { index, result in
    Tensor(
      .callResult(index: index), [call], shape: result.shape, elementType: result.elementType,
      variesByLane: call.variesByLane)
  }
}

/// The outputs with every call replaced by its body; what lies behind the given ends has no calls.
package func expandingCalls(
  in outputs: [Tensor], endingAt ends: Set<ObjectIdentifier> = []
) -> [Tensor] {
  let order = topologicalOrder(of: outputs, endingAt: ends)
  guard order.contains(where: \.operation.isCall) else { return outputs }
  var replaced: [ObjectIdentifier: Tensor] = [:]
  var results: [ObjectIdentifier: [Tensor]] = [:]
  for node in order {
    let operands = node.operands.map { replaced[$0.identity] ?? $0 }
    switch node.operation {
    case .call(let body):
      results[node.identity] = expandingCalls(
        in: body.substituting(operands), endingAt: Set(operands.map(\.identity)))
    case .callResult(let index):
      replaced[node.identity] = results[node.operands[0].identity]?[index]
    default:
      let isSame = zip(operands, node.operands).allSatisfy { $0.identity == $1.identity }
      replaced[node.identity] = isSame ? node : Scope.of(node) { node.applied(to: operands) }
    }
  }
  return outputs.map { replaced[$0.identity] ?? $0 }
}

/// Applies a step a number of times to parameters, each under the name "inner step i".
///
/// With `recomputing`, a step's insides are not kept for derivatives but recomputed: the same
/// gradient. Where each of up to 64 steps began is kept. More steps are cut into eight parts, each of
/// which is itself recomputed from where it began, so that memory grows with the logarithm of the number of
/// steps, and each step is computed once more for each time that its part was cut.
public func repeated(
  _ count: Int, from start: Parameters, recomputing: Bool = false,
  _ step: (Parameters, Int) -> Parameters
) -> Parameters {
  repeated(0..<count, from: start, recomputing: recomputing, step)
}

/// The most recomputed steps of which the beginning of each is kept.
private let longestRow = 64
/// The parts that more steps are cut into.
private let partCount = 8

private func repeated(
  _ numbers: Range<Int>, from start: Parameters, recomputing: Bool,
  _ step: (Parameters, Int) -> Parameters
) -> Parameters {
  guard recomputing, numbers.count > longestRow else {
    return numbers.reduce(start) { current, index in
      Scope.named("inner step \(index + 1)") {
        recomputing
          ? current.recomputed { step($0, index) } : step(current, index)
      }
    }
  }
  let size = (numbers.count + partCount - 1) / partCount
  return stride(from: numbers.lowerBound, to: numbers.upperBound, by: size).reduce(start) {
    current, first in
    let part = first..<min(first + size, numbers.upperBound)
    return current.recomputed { repeated(part, from: $0, recomputing: true, step) }
  }
}

extension Parameters {
  /// What is made of the leaves, whose insides are recomputed.
  fileprivate func recomputed(_ build: (Parameters) -> Parameters) -> Parameters {
    replacingLeaves(Tensors.recomputed(leaves) { build(replacingLeaves($0)).leaves })
  }
}

extension Operation {
  /// Whether the operation calls a body.
  var isCall: Bool { if case .call = self { true } else { false } }

  /// Whether the operation is made of nothing that could change.
  package var isConstant: Bool {
    switch self {
    case .fill, .literal, .iota: true
    default: false
    }
  }
}

extension NamedTree {
  /// The same names and roles with other leaves, given in order.
  package func replacingLeaves<Other>(_ leaves: [Other]) -> NamedTree<Other> {
    guard leaves.count == count else {
      fatalError("\(leaves.count) leaves for \(count) names.")
    }
    var iterator = leaves.makeIterator()
    return mapEntries { _ in
      guard let leaf = iterator.next() else { fatalError("A tree changed while it was read.") }
      return leaf
    }
  }
}
