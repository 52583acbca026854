package import Tensors

/// A program between its passes: values, and the steps that make them, in an order in which they
/// can run.
package struct Graph: Sendable {
  /// Names a value of a graph.
  package typealias ValueID = Int

  /// What is known of a value.
  package struct Value: Sendable {
    package let shape: Shape
    package let elementType: ElementType
    package let variesByLane: Bool

    package init(shape: Shape, elementType: ElementType, variesByLane: Bool) {
      self.shape = shape
      self.elementType = elementType
      self.variesByLane = variesByLane
    }

    package var byteCount: Int { shape.elementCount * elementType.byteCount }
  }

  /// What a step does.
  package enum Kind: Hashable, Sendable {
    case operation(Operation)
    /// Elementwise work and sums, fused.
    case rowProgram(RowProgram)
    /// The maximum of each window and its position: two outputs.
    case windowMaximum(WindowGeometry)
  }

  /// One kernel's work, or an alias where nothing is to be done.
  package struct Step: Sendable {
    package let kind: Kind
    package var inputs: [ValueID]
    package var outputs: [ValueID]
    package let scope: String
  }

  package var values: [Value] = []
  package var steps: [Step] = []
  package var outputs: [ValueID] = []
  package let laneCount: Int

  /// Adds a value.
  package mutating func add(_ value: Value) -> ValueID {
    values.append(value)
    return values.count - 1
  }

  /// For each value the position of the step that makes it.
  package var producers: [Int] {
    var producers = [Int](repeating: -1, count: values.count)
    for (index, step) in steps.enumerated() {
      for output in step.outputs { producers[output] = index }
    }
    return producers
  }

  /// The graph without steps on which no output depends; inputs of the program stay.
  package func withoutDeadSteps() -> Graph {
    var isLive = [Bool](repeating: false, count: values.count)
    for output in outputs { isLive[output] = true }
    var kept: [Step] = []
    for step in steps.reversed() where step.isInput || step.outputs.contains(where: { isLive[$0] })
    {
      let needed = step.withoutDeadOutputs(isLive)
      for input in needed.inputs { isLive[input] = true }
      kept.append(needed)
    }
    var graph = self
    graph.steps = kept.reversed()
    return graph
  }
}

extension Graph.Step {
  /// The operation, where the step is just one.
  package var operation: Operation? {
    if case .operation(let operation) = kind { operation } else { nil }
  }

  /// Whether the step stands for a value given from outside.
  package var isInput: Bool { if case .operation(.input) = kind { true } else { false } }

  /// Whether the result is the first operand's memory, under another shape or later.
  package var isAlias: Bool {
    switch operation {
    case .reshape, .barrier: true
    default: false
    }
  }
}

extension Graph.Step {
  /// A row program with those of its outputs alone on which something depends, and with what these
  /// need; other steps as they are.
  fileprivate func withoutDeadOutputs(_ isLive: [Bool]) -> Graph.Step {
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

/// Elementwise steps over rows of columns, run block by block: inputs fill the first registers,
/// each step writes the next one.
package struct RowProgram: Hashable, Sendable {
  /// How an operand meets the rows and columns.
  package enum Access: Int, Hashable, Sendable {
    case full, row, column, single, sumRows, sumColumns
    case positions, scattered, gathered, windowLargest, windowPosition
  }

  /// One elementwise operation on registers.
  package struct Step: Hashable, Sendable {
    package let operation: Operation
    package let registers: [Int]
    /// The element type of the operands, which integer comparisons depend on.
    package let operandType: ElementType
  }

  /// A register that leaves the program.
  package struct Output: Hashable, Sendable {
    package let register: Int
    package let access: Access
  }

  package let rows: Int
  package let columns: Int
  package var inputs: [Access]
  package var steps: [Step]
  package var outputs: [Output]
  /// The windows of operands that have one number for each window; rows are positions of pictures.
  package var windows: TiledWindows?
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
    if !readsPositions, !outputs.contains(where: { $0.access.isOfLargest }) { program.windows = nil }
    return (program, keptInputs)
  }
}
