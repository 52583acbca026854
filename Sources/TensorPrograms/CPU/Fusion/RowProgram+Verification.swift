import Tensors

extension RowProgram {
  /// What is wrong with a step that is this program, or nil.
  func fault(in step: Graph.Step, of graph: Graph) -> String? {
    guard inputs.count == step.inputs.count, outputs.count == step.outputs.count
    else { return "a row program has other operands than its step" }
    for (value, access) in zip(step.inputs, inputs)
    where graph.values[value].shape.elementCount != extent(access) {
      return "input \(value) of \(graph.values[value].shape) does not fit \(access)"
    }
    for (value, output) in zip(step.outputs, outputs) {
      if graph.values[value].shape.elementCount != extent(output.access) {
        return "output \(value) of \(graph.values[value].shape) does not fit \(output.access)"
      }
      if output.register >= inputs.count + steps.count {
        return "an output names register \(output.register)"
      }
    }
    for (index, inner) in steps.enumerated()
    where inner.registers.contains(where: { $0 >= inputs.count + index }) {
      return "row step \(index) reads a later register"
    }
    return nil
  }

  /// How many numbers an operand has.
  private func extent(_ access: Access) -> Int {
    switch access {
    case .full: rows * columns
    case .row, .sumRows: columns
    case .column, .sumColumns: rows
    case .single: 1
    case .positions, .scattered, .gathered, .windowLargest, .windowPosition:
      (windows?.windowCount(ofPositions: rows) ?? 0) * columns
    }
  }
}
