import NeuralNetworks
import TensorPrograms
import Tensors

/// Numbers for the inputs of a program, by name, in double precision.
typealias InputValues = [String: ReferenceValue]

/// The elements of a tensor, by the reference executor.
func evaluated(_ tensor: Tensor, _ inputs: InputValues = [:]) -> [Double] {
  ReferenceExecutor().evaluate([tensor], inputs: inputs)[0].elements
}

/// The elements of each leaf, by name.
func evaluated(_ parameters: Parameters, _ inputs: InputValues = [:]) -> [String: [Double]] {
  let values = ReferenceExecutor().evaluate(parameters.leaves, inputs: inputs)
  return Dictionary(uniqueKeysWithValues: zip(parameters.names, values.map(\.elements)))
}

/// A tensor of written numbers.
func literal(_ elements: [Double], _ shape: Shape) -> Tensor {
  .literal(TensorValue(elements.map(Float.init), shape: shape))
}

/// A vector of labels.
func labels(_ elements: [Int32]) -> Tensor {
  .literal(TensorValue(elements, shape: [elements.count]))
}

/// Normal numbers as a value.
func normalValue(_ shape: Shape, _ key: RandomKey) -> ReferenceValue {
  ReferenceValue(shape: shape, key.normal(count: shape.elementCount).map(Double.init))
}

/// The largest magnitude of the differences.
func distance(_ left: [Double], _ right: [Double]) -> Double {
  guard left.count == right.count else { return .infinity }
  return zip(left, right).reduce(0) { largest, pair in
    let difference = abs(pair.0 - pair.1)
    return difference.isNaN ? .infinity : max(largest, difference)
  }
}

/// A loss and the inputs that it is differentiated with respect to, at a point.
struct DerivativeCheck {
  let loss: Tensor
  let variables: [Tensor]
  let point: InputValues

  /// A direction for each variable, as written numbers.
  private func directions(_ key: RandomKey) -> [TensorValue] {
    variables.enumerated().map { index, variable in
      TensorValue(
        key.folded(index).normal(count: variable.shape.elementCount), shape: variable.shape)
    }
  }

  /// The derivative of a number along directions, as an expression.
  private func slope(of number: Tensor, along directions: [TensorValue]) -> Tensor {
    let cotangents = vectorJacobianProducts(
      of: [number], cotangents: [Tensor.fill(1, shape: number.shape)], withRespectTo: variables)
    return zip(cotangents, directions).reduce(Tensor.fill(0)) { sum, pair in
      pair.0.map { sum + ($0 * Tensor.literal(pair.1)).sum() } ?? sum
    }
  }

  /// The derivative of a number along directions, by central differences.
  private func difference(of number: Tensor, along directions: [TensorValue]) -> Double {
    let step = 2e-6
    func value(_ distance: Double) -> Double {
      var moved = point
      for (variable, direction) in zip(variables, directions) {
        guard case .input(let name) = variable.operation, let old = point[name] else { continue }
        moved[name] = ReferenceValue(
          shape: old.shape, zip(old.elements, direction.doubles).map { $0 + distance * $1 })
      }
      return evaluated(number, moved)[0]
    }
    return (value(step) - value(-step)) / (2 * step)
  }

  private func error(of number: Tensor, along directions: [TensorValue]) -> Double {
    let expected = difference(of: number, along: directions)
    let found = evaluated(slope(of: number, along: directions), point)[0]
    let error = abs(found - expected) / max(1e-3, abs(expected))
    return error.isNaN ? .infinity : error
  }

  /// How far first derivatives are from differences, for each variable alone.
  func firstOrderError() -> Double {
    let directions = directions(RandomKey(seed: 71))
    return variables.indices.map { chosen in
      error(
        of: loss,
        along: directions.enumerated().map { index, direction in
          index == chosen ? direction : TensorValue(repeating: 0, shape: direction.shape)
        })
    }.max() ?? .infinity
  }

  /// How far second derivatives are from differences of first ones.
  func secondOrderError() -> Double {
    let first = slope(of: loss, along: directions(RandomKey(seed: 72)))
    return error(of: first, along: directions(RandomKey(seed: 73)))
  }
}
