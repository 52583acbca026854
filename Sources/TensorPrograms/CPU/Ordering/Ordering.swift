import Tensors

/// Orders the steps of a graph: before the lanes, for each lane, after; and within a stage so that
/// the planned peak is low.
///
/// Three orders are planned, as built, depth-first from the outputs and greedy, and the lowest peak
/// wins.
package enum Ordering {
  /// The graph in its best order.
  package static func ordered(_ graph: Graph) -> Graph {
    let orders = [graph, depthFirst(graph), GreedyOrder.ordered(graph)].map(staged)
    let peaks = orders.map { peak($0) }
    let best = peaks.indices.reduce(0) { peaks[$1] < peaks[$0] ? $1 : $0 }
    return orders[best]
  }

  /// The bytes that one lane needs, scratch aside.
  package static func peak(_ graph: Graph) -> Int {
    let plan = MemoryPlan(graph, scratch: graph.steps.map { _ in [] })
    return plan.laneByteCount + plan.sharedByteCount
  }

  private static func staged(_ graph: Graph) -> Graph {
    var result = graph
    let stages = Stage.ofSteps(in: graph)
    result.steps = [Stage.before, .lane, .laneSum, .after].flatMap { stage in
      zip(graph.steps, stages).filter { $0.1 == stage }.map(\.0)
    }
    return result
  }

  /// Each step as late as its first reader, operands in their order.
  private static func depthFirst(_ graph: Graph) -> Graph {
    let producers = graph.producers
    var result = graph
    result.steps = []
    var isDone = [Bool](repeating: false, count: graph.steps.count)
    for position in graph.steps.indices where graph.steps[position].isInput {
      isDone[position] = true
      result.steps.append(graph.steps[position])
    }
    for output in graph.outputs where producers[output] >= 0 && !isDone[producers[output]] {
      var stack = [(step: producers[output], next: 0)]
      isDone[producers[output]] = true
      while let (position, next) = stack.last {
        let step = graph.steps[position]
        if next < step.inputs.count {
          stack[stack.count - 1].next += 1
          let producer = producers[step.inputs[next]]
          if !isDone[producer] {
            isDone[producer] = true
            stack.append((producer, 0))
          }
        } else {
          result.steps.append(step)
          stack.removeLast()
        }
      }
    }
    return result
  }
}
