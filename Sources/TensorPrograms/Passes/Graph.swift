package import Tensors

/// A program between its passes: values, and the steps that make them, in an order in which they
/// can run.
package struct Graph: Sendable {
  /// Names a value of a graph.
  package typealias ValueID = Int

  /// What is known of a value.
  package struct Value: Sendable {
    /// Its shape, for one lane.
    package let shape: Shape
    /// Its element type.
    package let elementType: ElementType
    /// Whether each lane has its own.
    package let variesByLane: Bool

    /// Describes a value.
    package init(shape: Shape, elementType: ElementType, variesByLane: Bool) {
      self.shape = shape
      self.elementType = elementType
      self.variesByLane = variesByLane
    }

    /// Its bytes, for one lane.
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
    /// What it does.
    package let kind: Kind
    /// What it reads.
    package var inputs: [ValueID]
    /// What it makes.
    package var outputs: [ValueID]
    /// The part of the program that it belongs to.
    package let scope: String
  }

  /// All values, by number.
  package var values: [Value] = []
  /// The steps, in an order in which they can run.
  package var steps: [Step] = []
  /// The values that the program is asked for.
  package var outputs: [ValueID] = []
  /// The number of lanes.
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

  /// For each value the one whose memory it is: itself, or what it is an alias of.
  package var roots: [ValueID] {
    var roots = Array(values.indices)
    for step in steps where step.isAlias { roots[step.outputs[0]] = roots[step.inputs[0]] }
    return roots
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
