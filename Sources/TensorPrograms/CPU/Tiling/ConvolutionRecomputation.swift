import Tensors

/// Convolutions over few channels, as over pictures, once more for each step that reads them, right
/// before it: to write their results and read them again costs more than to compute them.
///
/// It does so where the reader then runs tile by tile with the convolution, so that of the results
/// one tile is kept.
struct ConvolutionRecomputation {
  /// The graph with convolutions computed again.
  private(set) var graph: Graph
  /// The results of new convolutions, and the position before of the step that reads each.
  private(set) var readers: [Graph.ValueID: Int] = [:]
  /// The convolutions that are computed again, by their results and aliases of these.
  private var sources: [Graph.ValueID: Graph.Step] = [:]

  /// Computes again what does not stay in the cache.
  ///
  /// - Parameters:
  ///   - graph: the graph, ordered.
  ///   - byteCount: what stays in the cache.
  ///   - fewestPictures: convolutions of fewer pictures stay what they are.
  ///   - kept: the positions of steps that read what was computed before.
  init(_ graph: Graph, largerThan byteCount: Int, fewestPictures: Int, keeping kept: Set<Int>) {
    self.graph = graph
    self.graph.steps = []
    for (position, step) in graph.steps.enumerated() {
      let result = step.outputs[0]
      if step.isAlias {
        sources[result] = sources[step.inputs[0]]
      } else if isCheap(step), graph.values[result].byteCount > byteCount,
        graph.values[result].shape[0] >= fewestPictures
      {
        sources[result] = step
      }
      var reader = step
      let isInOrder = kept.contains(position) ? [] : step.inputsInOrder
      for (index, isInOrder) in isInOrder.enumerated() where isInOrder {
        guard let source = sources[step.inputs[index]] else { continue }
        reader.inputs[index] = append(source, as: graph.values[step.inputs[index]], for: position)
      }
      self.graph.steps.append(reader)
    }
    self.graph = self.graph.withoutDeadSteps()
  }

  /// Whether a step is a convolution of each lane that takes few products for each result.
  private func isCheap(_ step: Graph.Step) -> Bool {
    guard case .convolution = step.operation, graph.values[step.outputs[0]].variesByLane else {
      return false
    }
    return graph.values[step.inputs[1]].shape.hasFewProducts && sources[step.inputs[0]] == nil
  }

  /// Adds the same convolution once more, its result in another shape.
  private mutating func append(
    _ convolution: Graph.Step, as value: Graph.Value, for reader: Int
  ) -> Graph.ValueID {
    let result = graph.add(graph.values[convolution.outputs[0]])
    readers[result] = reader
    var step = convolution
    step.outputs = [result]
    graph.steps.append(step)
    guard value.shape != graph.values[result].shape else { return result }
    let reshaped = graph.add(value)
    graph.steps.append(
      Graph.Step(
        kind: .operation(.reshape(value.shape)), inputs: [result], outputs: [reshaped],
        scope: convolution.scope))
    return reshaped
  }
}

extension Shape {
  /// Of a convolution's kernel: whether a result takes so few products that memory is what it
  /// costs.
  var hasFewProducts: Bool { dimensions.dropLast().reduce(1, *) <= Tuning.fewProducts }
}
