import TensorPrograms
import Tensors
import Testing

/// Compares the gradient of a number with differences, both in double precision.
///
/// Of each leaf the first element is moved, and the one with the largest derivative.
///
/// - Parameters:
///   - loss: the number, shared by all lanes.
///   - parameters: the inputs that are moved.
///   - values: where they begin, by the same names.
///   - numbers: the other inputs, by name.
func expectGradient(
  of loss: Tensor, _ parameters: Parameters, at values: ParameterValues,
  with numbers: [String: TensorValue] = [:], laneCount: Int = 1,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let executor = ReferenceExecutor(laneCount: laneCount)
  func evaluate(_ outputs: [Tensor], _ values: ParameterValues) -> [ReferenceValue] {
    var inputs = numbers
    for entry in parameters.entries {
      guard case .input(let name) = entry.leaf.operation else { continue }
      inputs[name] = values[entry.name]
    }
    return executor.evaluate(outputs, values: inputs)
  }
  let slope = gradient(of: loss, withRespectTo: parameters)
  for (entry, derivatives) in zip(slope.entries, evaluate(slope.leaves, values)) {
    let all = derivatives.elements
    let largest = all.indices.reduce(0) { abs(all[$1]) > abs(all[$0]) ? $1 : $0 }
    for index in Set([0, largest]) {
      let leaf = values[entry.name]
      let step: Float = 0x1p-13
      func value(_ offset: Float) -> Double {
        var elements = leaf.floats
        elements[index] += offset
        let moved = NamedTree([
          .init(name: entry.name, leaf: TensorValue(elements, shape: leaf.shape))
        ])
        return evaluate([loss], values.replacing(with: moved))[0].elements[0]
      }
      let (above, below) = (leaf.floats[index] + step, leaf.floats[index] - step)
      let expected = (value(step) - value(-step)) / (Double(above) - Double(below))
      let error = abs(all[index] - expected)
      #expect(
        error < 1e-3 * max(0.05, abs(expected)),
        "\(entry.name)[\(index)] is \(all[index]), not \(expected)", sourceLocation: sourceLocation)
    }
  }
}
