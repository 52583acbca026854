/// An expression in which everything that derivatives see as constant is an input.
///
/// Behind `stopGradient` a number still follows the parameters, though the gradient says otherwise.
/// Where such numbers are held at what they were, differences are what the gradient stands for.
package struct HeldExpression {
  /// The expression with inputs in the place of what is held.
  package let tensor: Tensor
  /// The names of these inputs, and what gives their numbers.
  package let held: [(name: String, value: Tensor)]

  /// Holds what an expression stops derivatives at.
  package init(_ tensor: Tensor) {
    let whole = expandingCalls(in: [tensor])
    var replaced: [ObjectIdentifier: Tensor] = [:]
    var inputs: [ObjectIdentifier: Tensor] = [:]
    var held: [(name: String, value: Tensor)] = []
    for node in topologicalOrder(of: whole) {
      guard case .stopGradient = node.operation else {
        let operands = node.operands.map { replaced[$0.identity] ?? $0 }
        let isSame = zip(operands, node.operands).allSatisfy { $0.identity == $1.identity }
        if !isSame { replaced[node.identity] = node.applied(to: operands) }
        continue
      }
      let value = node.operands[0]
      if inputs[value.identity] == nil {
        let name = "held.\(held.count)"
        held.append((name, value))
        inputs[value.identity] = .input(
          name, shape: value.shape, elementType: value.elementType,
          value.variesByLane ? .perLane : .shared)
      }
      replaced[node.identity] = inputs[value.identity]
    }
    self.tensor = replaced[whole[0].identity] ?? whole[0]
    self.held = held
  }
}
