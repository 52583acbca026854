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
        let fault = program.fault(in: step, of: graph)
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
}
