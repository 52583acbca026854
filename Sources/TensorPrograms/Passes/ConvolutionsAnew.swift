import Tensors

// Convolutions over few channels, as over pictures: to write their results and read them again costs
// more than to compute them, so each reader has its own, right before it.
extension Graph {
  /// The graph in which convolutions of few products that do not stay in the cache are computed anew
  /// for each step that reads them in order.
  ///
  /// - Parameter byteCount: what stays in the cache.
  func withConvolutionsAnew(largerThan byteCount: Int) -> Graph {
    var result = self
    result.steps = []
    var sources: [ValueID: Step] = [:]
    for step in steps {
      if step.isAlias, let source = sources[step.inputs[0]] {
        sources[step.outputs[0]] = source
      } else if isCheap(step), values[step.outputs[0]].byteCount > byteCount {
        sources[step.outputs[0]] = step
      }
      var reader = step
      for (index, input) in step.inputs.enumerated() where step.operandsInOrder.contains(input) {
        guard let source = sources[input] else { continue }
        reader.inputs[index] = result.append(source, as: values[input])
      }
      result.steps.append(reader)
    }
    return result.withoutDeadSteps()
  }

  /// Whether a step is a convolution of each lane that takes few products for each result.
  private func isCheap(_ step: Step) -> Bool {
    guard case .convolution = step.operation, values[step.outputs[0]].variesByLane else {
      return false
    }
    return values[step.inputs[1]].shape.hasFewProducts
  }

  /// Adds the same convolution once more, its result in another shape.
  private mutating func append(_ convolution: Step, as value: Value) -> ValueID {
    let result = add(values[convolution.outputs[0]])
    steps.append(
      Step(
        kind: convolution.kind, inputs: convolution.inputs, outputs: [result],
        scope: convolution.scope))
    guard value.shape != values[result].shape else { return result }
    let reshaped = add(value)
    steps.append(
      Step(
        kind: .operation(.reshape(value.shape)), inputs: [result], outputs: [reshaped],
        scope: convolution.scope))
    return reshaped
  }
}

extension Shape {
  /// Of a convolution's kernel: whether a result takes so few products that memory is what it costs.
  var hasFewProducts: Bool { dimensions.dropLast().reduce(1, *) <= 32 }
}
