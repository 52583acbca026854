import Tensors

/// How long values must be kept, aliases counted with the value whose memory they are.
struct Lifetimes {
  /// The value whose memory a value is.
  private(set) var root: [Graph.ValueID]
  /// The position of the last step that reads the value; `Int.max` where it must stay.
  private(set) var end: [Int]

  /// Finds the lifetimes of all values of a graph.
  init(_ graph: Graph) {
    root = Array(graph.values.indices)
    end = [Int](repeating: -1, count: graph.values.count)
    let stages = Stage.ofSteps(in: graph)
    let lastLaneStep = stages.lastIndex(of: .lane) ?? -1
    for (position, step) in graph.steps.enumerated() {
      if step.isAlias { root[step.outputs[0]] = root[step.inputs[0]] }
      for output in step.outputs where root[output] == output { end[output] = position }
      if step.isWrittenBeforeRuns { for output in step.outputs { end[output] = .max } }
      for input in step.inputs {
        // Lanes run one after the other, so what they share must outlast the last of them.
        let isShared = !graph.values[root[input]].variesByLane
        let last = stages[position] == .lane && isShared ? max(position, lastLaneStep) : position
        end[root[input]] = max(end[root[input]], last)
      }
    }
    for output in graph.outputs { end[root[output]] = .max }
  }
}

extension Graph.Step {
  /// Whether the results are there before a run: what it is given, and constants.
  var isWrittenBeforeRuns: Bool { isInput || operation?.isConstant == true }
}
