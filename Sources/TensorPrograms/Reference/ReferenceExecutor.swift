public import Tensors

/// Evaluates expressions by plain loops in double precision: the definition of what each operation
/// means, which every other executor is compared with.
public struct ReferenceExecutor: Sendable {
  /// The number of lanes.
  public let laneCount: Int

  /// Makes an executor for a number of lanes.
  public init(laneCount: Int = 1) { self.laneCount = laneCount }

  /// The values of outputs, given those of all inputs by name; a per-lane input has a list of
  /// elements for each lane.
  public func evaluate(
    _ outputs: [Tensor], inputs: [String: ReferenceValue] = [:]
  ) -> [ReferenceValue] {
    let outputs = expandingCalls(in: outputs)
    let order = topologicalOrder(of: outputs)
    var remainingUses: [ObjectIdentifier: Int] = [:]
    for node in order {
      for operand in node.operands { remainingUses[operand.identity, default: 0] += 1 }
    }
    for output in outputs { remainingUses[output.identity, default: 0] += 1 }
    var values: [ObjectIdentifier: ReferenceValue] = [:]
    for node in order {
      let operands = node.operands.map { operand -> ReferenceValue in
        guard let value = values[operand.identity] else { fatalError("\(operand) has no value.") }
        return value
      }
      values[node.identity] = value(of: node, operands, inputs)
      for operand in node.operands {
        remainingUses[operand.identity, default: 0] -= 1
        if remainingUses[operand.identity] == 0 { values[operand.identity] = nil }
      }
    }
    return outputs.map { output in
      guard let value = values[output.identity] else { fatalError("\(output) has no value.") }
      return value
    }
  }

  /// The values of outputs, given those of all inputs by name; a per-lane input has one more axis,
  /// the lanes, in front.
  public func evaluate(_ outputs: [Tensor], values: [String: TensorValue]) -> [ReferenceValue] {
    evaluate(outputs, inputs: references(to: values, in: outputs))
  }

  /// The values of those inputs that outputs read, lane by lane.
  package func references(
    to values: [String: TensorValue], in outputs: [Tensor]
  ) -> [String: ReferenceValue] {
    var inputs: [String: ReferenceValue] = [:]
    for node in topologicalOrder(of: outputs) {
      guard case .input(let name) = node.operation, let value = values[name] else { continue }
      let elements = value.doubles
      let count = node.shape.elementCount
      inputs[name] = ReferenceValue(
        shape: node.shape,
        lanes: node.variesByLane
          ? (0..<laneCount).map { Array(elements[$0 * count..<($0 + 1) * count]) } : [elements])
    }
    return inputs
  }

  private func value(
    of node: Tensor, _ operands: [ReferenceValue], _ inputs: [String: ReferenceValue]
  ) -> ReferenceValue {
    switch node.operation {
    case .input(let name):
      guard let value = inputs[name], value.shape == node.shape else {
        fatalError("Input '\(name)' needs a value of shape \(node.shape).")
      }
      return value
    case .perLane:
      return ReferenceValue(
        shape: node.shape, lanes: (0..<laneCount).map { operands[0].elements(ofLane: $0) })
    case .sumOverLanes:
      var sum = [Double](repeating: 0, count: node.shape.elementCount)
      for lane in 0..<laneCount {
        for (index, element) in operands[0].elements(ofLane: lane).enumerated() {
          sum[index] += element
        }
      }
      return ReferenceValue(shape: node.shape, sum)
    default:
      let lanes = node.variesByLane ? laneCount : 1
      return ReferenceValue(
        shape: node.shape,
        lanes: (0..<lanes).map { lane in
          OperationMeaning(node: node, operands: operands.map { $0.elements(ofLane: lane) })
            .elements()
        })
    }
  }
}

/// One application of an operation in one lane.
struct OperationMeaning {
  let node: Tensor
  let operands: [[Double]]

  var shape: Shape { node.shape }
  func shape(_ operand: Int) -> Shape { node.operands[operand].shape }

  /// The elements of the result.
  func elements() -> [Double] {
    switch node.operation {
    case .literal(let value): value.doubles
    case .fill(let value): [Double](repeating: value, count: shape.elementCount)
    case .iota, .randomBits: generated()
    case .unary, .binary, .compare, .select, .scale, .shift, .convert: elementwise()
    case .broadcast, .reshape, .transpose, .slice, .pad, .concatenate, .gather, .scatterAdd:
      moved()
    case .sum, .maximum, .argumentMaximum, .cumulativeSum, .topIndices: alongAxes()
    case .matrixProduct, .cholesky, .triangularSolve: linearAlgebra()
    case .convolution, .convolutionInputGradient, .convolutionWeightGradient: convolution()
    case .windowIndex, .windowGather, .windowScatter, .windowSum, .windowSpread: pooling()
    case .stopGradient, .barrier: operands[0]
    case .input, .perLane, .sumOverLanes, .bodyParameter, .call, .callResult:
      fatalError("\(node) has no meaning by itself.")
    }
  }
}
