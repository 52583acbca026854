import Tensors

/// Joins the position of each window's maximum and the gathering of it, so that pictures are read
/// once.
enum WindowPairing {
  /// The graph with such pairs joined.
  static func paired(_ graph: Graph) -> Graph {
    var gathers: [Graph.ValueID: Int] = [:]
    var indexProducers: [Graph.ValueID: Int] = [:]
    for (position, step) in graph.steps.enumerated() {
      switch step.operation {
      case .windowIndex: indexProducers[step.outputs[0]] = position
      case .windowGather(let window):
        guard let index = indexProducers[step.inputs[1]],
          graph.steps[index].operation == .windowIndex(window),
          graph.steps[index].inputs[0] == step.inputs[0], gathers[step.inputs[1]] == nil
        else { continue }
        gathers[step.inputs[1]] = position
      default: continue
      }
    }
    let joined = Set(gathers.values)
    var result = graph
    result.steps = graph.steps.enumerated().compactMap { position, step in
      if joined.contains(position) { return nil }
      guard case .windowIndex(let window) = step.operation, let gather = gathers[step.outputs[0]]
      else { return step }
      return Graph.Step(
        kind: .windowMaximum(window), inputs: step.inputs,
        outputs: [graph.steps[gather].outputs[0], step.outputs[0]], scope: step.scope)
    }
    return result
  }
}
