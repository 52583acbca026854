/// The derivative of a loss with respect to each of some values, as expressions of the same kind,
/// so that they can be differentiated again.
///
/// Stops in three cases, each a mistake that would otherwise give a silently wrong gradient: a loss
/// that varies by lane with respect to a shared value; such a loss whose derivative would pass
/// `perLane` or `sumOverLanes`; a value on which the loss does not depend.
public func gradient(of loss: Tensor, withRespectTo values: [Tensor]) -> [Tensor] {
  guard loss.shape.elementCount == 1, loss.elementType == .float32 else {
    fatalError("A gradient is of one number, not of \(loss).")
  }
  let cotangents = vectorJacobianProducts(
    of: [loss], cotangents: [Tensor.fill(1, shape: loss.shape)], withRespectTo: values)
  return zip(values, cotangents).map { value, cotangent in
    guard let cotangent else {
      fatalError(
        "The loss does not depend on \(value)\(value.scope.isEmpty ? "" : " of '\(value.scope)'").")
    }
    return cotangent
  }
}

/// The derivative of a loss with respect to each learned leaf; other leaves are left out.
public func gradient(of loss: Tensor, withRespectTo parameters: Parameters) -> Parameters {
  let learned = parameters.learned
  return learned.replacingLeaves(gradient(of: loss, withRespectTo: learned.leaves))
}

/// For each value the sum over outputs of cotangent times derivative; nil where none depends on it.
///
/// What lies behind the given ends holds none of the values and is not walked.
package func vectorJacobianProducts(
  of outputs: [Tensor], cotangents: [Tensor], withRespectTo values: [Tensor],
  endingAt ends: Set<ObjectIdentifier> = []
) -> [Tensor?] {
  var walk = BackwardWalk(outputs: outputs, values: values, ends: ends)
  for (output, cotangent) in zip(outputs, cotangents) { walk.add(cotangent, to: output) }
  return walk.run()
}

/// One walk from outputs to the values that derivatives are asked for.
private struct BackwardWalk {
  private let values: [Tensor]
  private let order: [Tensor]
  /// Nodes on a differentiable path from one of the values.
  private var dependent: Set<ObjectIdentifier>
  private var cotangents: [ObjectIdentifier: Tensor] = [:]
  /// What lanes contribute to shared values, summed over lanes only once.
  private var laneCotangents: [ObjectIdentifier: Tensor] = [:]
  /// Cotangents of the results of a call, by index.
  private var resultCotangents: [ObjectIdentifier: [Int: Tensor]] = [:]
  private let crossesLanes: Bool

  init(outputs: [Tensor], values: [Tensor], ends: Set<ObjectIdentifier>) {
    self.values = values
    order = topologicalOrder(of: outputs, endingAt: ends)
    crossesLanes = !outputs.contains(where: \.variesByLane)
    if !crossesLanes, let shared = values.first(where: { !$0.variesByLane }) {
      fatalError(
        "A loss that varies by lane has no gradient with respect to the shared \(shared): "
          + "sum the loss over lanes, or see the value per lane first.")
    }
    dependent = Set(values.map(\.identity))
    for node in order where node.operation.passesDerivatives {
      if node.operands.contains(where: { dependent.contains($0.identity) }) {
        dependent.insert(node.identity)
      }
    }
  }

  mutating func add(_ cotangent: Tensor, to tensor: Tensor) {
    guard dependent.contains(tensor.identity), tensor.elementType == .float32 else { return }
    cotangents[tensor.identity] = sum(cotangents[tensor.identity], cotangent)
  }

  private func sum(_ old: Tensor?, _ new: Tensor) -> Tensor { old.map { $0 + new } ?? new }

  mutating func run() -> [Tensor?] {
    for node in order.reversed() where dependent.contains(node.identity) {
      Scope.of(node) { visit(node) }
    }
    return values.map { cotangents[$0.identity] }
  }

  private mutating func visit(_ node: Tensor) {
    if let lanes = laneCotangents.removeValue(forKey: node.identity) {
      add(sumOverLanes(lanes), to: node)
    }
    if let results = resultCotangents.removeValue(forKey: node.identity) {
      visitCall(node, results)
    }
    guard let cotangent = cotangents[node.identity],
      node.operands.contains(where: { dependent.contains($0.identity) })
    else { return }
    switch node.operation {
    case .perLane, .sumOverLanes:
      guard crossesLanes else {
        fatalError("The gradient of a loss that varies by lane would pass \(node.operation).")
      }
      let operand = node.operands[0]
      if node.operation == .sumOverLanes {
        add(cotangent.seenPerLane, to: operand)
      } else if dependent.contains(operand.identity) {
        laneCotangents[operand.identity] = sum(laneCotangents[operand.identity], cotangent)
      }
    case .callResult(let index):
      resultCotangents[node.operands[0].identity, default: [:]][index] = cotangent
    default:
      let needed = node.operands.map { dependent.contains($0.identity) }
      let rules = DerivativeRules(node: node, cotangent: cotangent, needed: needed)
      for (operand, contribution) in zip(node.operands, rules.operandCotangents()) {
        if let contribution { add(contribution, to: operand) }
      }
    }
  }

  /// Recomputes a body, but not before its cotangents are there, and goes back through it.
  private mutating func visitCall(_ call: Tensor, _ cotangentsOfResults: [Int: Tensor]) {
    guard case .call(let body) = call.operation else { return }
    let indices = cotangentsOfResults.keys.sorted()
    let incoming = indices.compactMap { cotangentsOfResults[$0] }
    let operands = call.operands.map { Tensor(.barrier, [$0] + incoming) }
    let results = body.substituting(operands)
    let needed = call.operands.indices.filter { dependent.contains(call.operands[$0].identity) }
    let contributions = vectorJacobianProducts(
      of: indices.map { results[$0] }, cotangents: incoming,
      withRespectTo: needed.map { operands[$0] }, endingAt: Set(operands.map(\.identity)))
    for (index, contribution) in zip(needed, contributions) {
      if let contribution { add(contribution, to: call.operands[index]) }
    }
  }
}

extension Operation {
  /// Whether a derivative of the result says anything about operands.
  fileprivate var passesDerivatives: Bool {
    switch self {
    case .stopGradient, .compare, .argumentMaximum, .topIndices, .windowIndex, .iota, .randomBits:
      false
    case .unary(.sign), .unary(.floor), .unary(.unitFromBits): false
    case .convert(let type): type == .float32
    default: true
    }
  }
}
