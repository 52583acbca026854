import Tensors

/// When a step runs: before the lanes, for each lane, when lanes are summed, or after that.
enum Stage: Int, Sendable, Comparable {
  case before, lane, laneSum, after

  static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }

  /// Stops where a lane would need a sum over lanes.
  static func check(_ graph: Graph) { _ = ofSteps(in: graph) }

  /// The stage of each step of a graph; stops where a lane would need a sum over lanes.
  static func ofSteps(in graph: Graph) -> [Stage] {
    var ofValue = [Stage](repeating: .before, count: graph.values.count)
    return graph.steps.map { step in
      let latest = step.inputs.map { ofValue[$0] }.max() ?? .before
      let stage: Stage
      if case .sumOverLanes = step.operation {
        stage = .laneSum
      } else if step.outputs.contains(where: { graph.values[$0].variesByLane }) {
        guard latest <= .lane else {
          fatalError(
            "A value of each lane in '\(step.scope)' needs a sum over lanes of the same run; carry "
              + "the sum to the next run instead.")
        }
        stage = .lane
      } else {
        stage = latest == .laneSum ? .after : latest
      }
      for output in step.outputs { ofValue[output] = stage }
      return stage
    }
  }
}
