import Tensors

extension Graph.Step {
  /// A row program with those of its outputs alone on which something depends, and with what these
  /// need; other steps as they are.
  func withoutDeadOutputs(_ isLive: [Bool]) -> Graph.Step {
    guard case .rowProgram(let program) = kind else { return self }
    let pairs = zip(outputs, program.outputs)
    let keepsWindows = pairs.contains { isLive[$0] && $1.access.isOfLargest }
    let kept = pairs.filter { isLive[$0] || keepsWindows && $1.access.isOfLargest }
    guard kept.count < outputs.count else { return self }
    let (smaller, usedInputs) = program.keeping(kept.map(\.1))
    return Graph.Step(
      kind: .rowProgram(smaller), inputs: usedInputs.map { inputs[$0] }, outputs: kept.map(\.0),
      scope: scope)
  }
}

extension RowProgram.Access {
  /// Whether it is one of the two outputs that the largest of a window has.
  fileprivate var isOfLargest: Bool { self == .windowLargest || self == .windowPosition }
}

extension RowProgram {
  /// The program of some of the outputs, and which of the inputs it has.
  fileprivate func keeping(_ outputs: [Output]) -> (program: RowProgram, inputs: [Int]) {
    var isUsed = [Bool](repeating: false, count: inputs.count + steps.count)
    for output in outputs { isUsed[output.register] = true }
    for (index, step) in steps.enumerated().reversed() where isUsed[inputs.count + index] {
      for register in step.registers { isUsed[register] = true }
    }
    let readsPositions =
      outputs.contains { $0.access == .gathered }
      || inputs.indices.contains { isUsed[$0] && inputs[$0] == .scattered }
    for input in inputs.indices where inputs[input] == .positions {
      isUsed[input] = readsPositions
    }
    var numbers: [Int] = []
    for used in isUsed { numbers.append((numbers.last ?? -1) + (used ? 1 : 0)) }
    let keptInputs = inputs.indices.filter { isUsed[$0] }
    var program = self
    program.inputs = keptInputs.map { inputs[$0] }
    program.steps = steps.enumerated().filter { isUsed[inputs.count + $0.offset] }.map {
      Step(
        operation: $0.element.operation, registers: $0.element.registers.map { numbers[$0] },
        operandType: $0.element.operandType)
    }
    program.outputs = outputs.map { Output(register: numbers[$0.register], access: $0.access) }
    if !readsPositions, !outputs.contains(where: { $0.access.isOfLargest }) {
      program.windows = nil
    }
    return (program, keptInputs)
  }
}
