import Tensors

extension Graph {
  /// The graph with what is given first, and steps on few numbers right after what they read, so
  /// that work on large values finds them ready and can be merged.
  func withSmallStepsEarly() -> Graph {
    var positions = [Int](repeating: 0, count: values.count)
    var order: [[Step]] = [[]]
    for step in steps {
      let earliest = step.inputs.reduce(0) { max($0, positions[$1]) }
      let position = step.isInput || isSmall(step) ? earliest : order.count
      if position == order.count { order.append([]) }
      order[position].append(step)
      for output in step.outputs { positions[output] = position }
    }
    var result = self
    result.steps = order.flatMap { $0 }
    return result
  }

  /// Whether a step reads and writes little.
  private func isSmall(_ step: Step) -> Bool {
    let readsLittle = if case .slice = step.operation { true } else { step.isAlias }
    return (step.outputs + (readsLittle ? [] : step.inputs))
      .allSatisfy { values[$0].byteCount <= Tuning.smallByteCount }
  }
}
