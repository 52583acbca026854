import Tensors

/// A program between its passes: values, and the steps that make them, in an order in which they
/// can run.
struct Graph: Sendable {
  /// Names a value of a graph.
  typealias ValueID = Int

  /// What is known of a value.
  struct Value: Sendable {
    let shape: Shape
    let elementType: ElementType
    let variesByLane: Bool

    var byteCount: Int { shape.elementCount * elementType.byteCount }
  }

  /// What a step does.
  enum Kind: Hashable, Sendable {
    case operation(Operation)
    /// Elementwise work and sums, fused.
    case rowProgram(RowProgram)
    /// The maximum of each window and its position: two outputs.
    case windowMaximum(WindowGeometry)
  }

  /// One kernel's work, or an alias where nothing is to be done.
  struct Step: Sendable {
    let kind: Kind
    let inputs: [ValueID]
    let outputs: [ValueID]
    let scope: String
  }

  var values: [Value] = []
  var steps: [Step] = []
  var outputs: [ValueID] = []
  let laneCount: Int

  /// Adds a value.
  mutating func add(_ value: Value) -> ValueID {
    values.append(value)
    return values.count - 1
  }

  /// For each value the position of the step that makes it.
  var producers: [Int] {
    var producers = [Int](repeating: -1, count: values.count)
    for (index, step) in steps.enumerated() {
      for output in step.outputs { producers[output] = index }
    }
    return producers
  }

  /// The graph without steps on which no output depends; inputs of the program stay.
  func withoutDeadSteps() -> Graph {
    var isLive = [Bool](repeating: false, count: values.count)
    for output in outputs { isLive[output] = true }
    var kept: [Step] = []
    for step in steps.reversed() where step.isInput || step.outputs.contains(where: { isLive[$0] })
    {
      for input in step.inputs { isLive[input] = true }
      kept.append(step)
    }
    var graph = self
    graph.steps = kept.reversed()
    return graph
  }
}

extension Graph.Step {
  /// The operation, where the step is just one.
  var operation: Operation? {
    if case .operation(let operation) = kind { operation } else { nil }
  }

  /// Whether the step stands for a value given from outside.
  var isInput: Bool { if case .operation(.input) = kind { true } else { false } }

  /// Whether the result is the first operand's memory, under another shape or later.
  var isAlias: Bool {
    switch operation {
    case .reshape, .barrier: true
    default: false
    }
  }
}

/// Elementwise steps over rows of columns, run block by block: inputs fill the first registers,
/// each step writes the next one.
struct RowProgram: Hashable, Sendable {
  /// How an operand meets the rows and columns.
  enum Access: Int, Hashable, Sendable {
    case full, row, column, single, sumRows, sumColumns
  }

  /// One elementwise operation on registers.
  struct Step: Hashable, Sendable {
    let operation: Operation
    let registers: [Int]
    /// The element type of the operands, which integer comparisons depend on.
    let operandType: ElementType
  }

  /// A register that leaves the program.
  struct Output: Hashable, Sendable {
    let register: Int
    let access: Access
  }

  let rows: Int
  let columns: Int
  var inputs: [Access]
  var steps: [Step]
  var outputs: [Output]
}
