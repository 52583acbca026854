import Tensors

/// Checks that a graph makes sense: run after each pass, it tells which pass broke a program.
package enum Verification {
  /// Stops, naming the pass, when a value is read before it is made, made twice or never, when a
  /// row program's registers or extents do not fit, or when stages do not follow each other.
  static func check(_ graph: Graph, after pass: String) {
    if let fault = fault(of: graph) { fatalError("The pass '\(pass)' broke a program: \(fault).") }
  }

  /// What is wrong with a graph, or nil.
  package static func fault(of graph: Graph) -> String? {
    var isMade = [Bool](repeating: false, count: graph.values.count)
    for (position, step) in graph.steps.enumerated() {
      for input in step.inputs where !graph.values.indices.contains(input) || !isMade[input] {
        return "step \(position) reads value \(input) before it is made"
      }
      for output in step.outputs {
        if isMade[output] { return "step \(position) makes value \(output) again" }
        isMade[output] = true
      }
      if case .rowProgram(let program) = step.kind,
        let fault = fault(of: program, step, graph)
      {
        return "step \(position): \(fault)"
      }
      if !step.isInput, case .operation(let operation) = step.kind, operation != .sumOverLanes {
        let varies = step.inputs.contains { graph.values[$0].variesByLane }
        if varies != graph.values[step.outputs[0]].variesByLane {
          return "step \(position) has the wrong lanes"
        }
      }
    }
    for output in graph.outputs where !isMade[output] { return "output \(output) is never made" }
    return nil
  }

  private static func fault(
    of program: RowProgram, _ step: Graph.Step, _ graph: Graph
  ) -> String? {
    guard program.inputs.count == step.inputs.count, program.outputs.count == step.outputs.count
    else { return "a row program has other operands than its step" }
    func extent(_ access: RowProgram.Access) -> Int {
      switch access {
      case .full: program.rows * program.columns
      case .row, .sumRows: program.columns
      case .column, .sumColumns: program.rows
      case .single: 1
      case .positions, .scattered, .gathered, .windowLargest, .windowPosition:
        (program.windows?.windowCount(ofPositions: program.rows) ?? 0) * program.columns
      }
    }
    for (value, access) in zip(step.inputs, program.inputs)
    where graph.values[value].shape.elementCount != extent(access) {
      return "input \(value) of \(graph.values[value].shape) does not fit \(access)"
    }
    for (value, output) in zip(step.outputs, program.outputs) {
      if graph.values[value].shape.elementCount != extent(output.access) {
        return "output \(value) of \(graph.values[value].shape) does not fit \(output.access)"
      }
      if output.register >= program.inputs.count + program.steps.count {
        return "an output names register \(output.register)"
      }
    }
    for (index, inner) in program.steps.enumerated()
    where inner.registers.contains(where: { $0 >= program.inputs.count + index }) {
      return "row step \(index) reads a later register"
    }
    return nil
  }
}
