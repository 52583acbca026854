import Tensors

extension FixtureCase {
  /// The outputs' expressions with equal parts built only once: the reference executor computes
  /// every node that it is given, and learners build the same steps for several outputs.
  var sharedTensors: [Tensor] {
    struct Meaning: Hashable {
      let operation: Operation
      let operands: [ObjectIdentifier]
      let shape: Shape
      let elementType: ElementType
      let variesByLane: Bool
    }
    var known: [Meaning: Tensor] = [:]
    var replaced: [ObjectIdentifier: Tensor] = [:]
    let tensors = expandingCalls(in: outputs.map(\.tensor))
    for node in topologicalOrder(of: tensors) {
      let operands = node.operands.map { replaced[$0.identity] ?? $0 }
      let meaning = Meaning(
        operation: node.operation, operands: operands.map(\.identity), shape: node.shape,
        elementType: node.elementType, variesByLane: node.variesByLane)
      let kept = known[meaning] ?? node.applied(to: operands)
      known[meaning] = kept
      replaced[node.identity] = kept
    }
    return tensors.map { replaced[$0.identity] ?? $0 }
  }

  /// About how many additions and multiplications of numbers the outputs take.
  var operationCount: Int {
    topologicalOrder(of: sharedTensors).reduce(0) { sum, node in
      sum + FixtureCase.operationCount(of: node) * (node.variesByLane ? laneCount : 1)
    }
  }

  private static func operationCount(of node: Tensor) -> Int {
    /// The positions of windows over pictures times what each does.
    func taps(_ window: WindowGeometry, _ output: Shape, _ inputs: Int) -> Int {
      output.elementCount * window.height * window.width * inputs
    }
    let operands = node.operands
    switch node.operation {
    case .convolution(let window): return taps(window, node.shape, operands[1].shape[2])
    case .convolutionInputGradient(let window, _):
      return taps(window, operands[0].shape, operands[1].shape[2])
    case .convolutionWeightGradient(let window):
      return taps(window, operands[1].shape, node.shape[2])
    case .matrixProduct(let transposingLeft, _):
      return node.shape.elementCount * operands[0].shape[transposingLeft ? -2 : -1]
    default: return node.shape.elementCount
    }
  }
}
