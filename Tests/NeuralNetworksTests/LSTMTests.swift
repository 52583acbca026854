import Foundation
import NeuralNetworks
import TensorPrograms
import Testing
import Tensors

@Suite struct LSTMTests {
  private let layer = LSTM(units: 2)

  private func parameters(features: Int) -> Parameters {
    layer.initialParameters(for: [3, features], key: RandomKey(seed: 1)).mapEntries { entry in
      .literal(
        TensorValue(
          RandomKey(seed: 2).folded(entry.name).normal(count: entry.leaf.shape.elementCount),
          shape: entry.leaf.shape))
    }
  }

  /// The hidden states of one sequence of single numbers, from the formulas in plain arithmetic.
  private func byHand(_ inputs: [Double], _ numbers: [String: [Double]]) -> [Double] {
    let (fromInput, fromHidden, bias) = (
      numbers["inputWeight"] ?? [], numbers["recurrentWeight"] ?? [], numbers["bias"] ?? []
    )
    func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    var (hidden, cell, all) = ([0.0, 0.0], [0.0, 0.0], [Double]())
    for input in inputs {
      let gates = (0..<8).map { gate in
        input * fromInput[gate] + hidden[0] * fromHidden[gate] + hidden[1] * fromHidden[8 + gate]
          + bias[gate]
      }
      cell = (0..<2).map { unit in
        sigmoid(gates[2 + unit]) * cell[unit] + sigmoid(gates[unit]) * tanh(gates[4 + unit])
      }
      hidden = (0..<2).map { sigmoid(gates[6 + $0]) * tanh(cell[$0]) }
      all += hidden
    }
    return all
  }

  @Test func `hidden states are those of the formulas by hand`() {
    let parameters = parameters(features: 1)
    var context = NetworkContext()
    let inputs = literal([0.5, -1, 2], [1, 3, 1])
    let result = evaluated(layer(inputs, parameters, &context))
    #expect(distance(result, byHand([0.5, -1, 2], evaluated(parameters))) < 1e-12)
  }

  @Test func `steps one by one are the sequence`() {
    let parameters = parameters(features: 3)
    let value = normalValue([2, 4, 3], RandomKey(seed: 3))
    let inputs = Tensor.input("inputs", shape: value.shape)
    var context = NetworkContext()
    let together = evaluated(layer(inputs, parameters, &context), ["inputs": value])
    var state = layer.initialState(count: 2)
    #expect(state.map(\.shape) == layer.stateShapes(count: 2))
    var hidden: [Tensor] = []
    for time in 0..<4 {
      let input = inputs.slice(along: 1, from: time, to: time + 1).reshaped([2, 3])
      state = layer.step(input, state, parameters)
      hidden.append(state["hidden"].insertingAxis(at: 1))
    }
    let apart = evaluated(Tensor.concatenating(hidden, along: 1), ["inputs": value])
    #expect(distance(together, apart) < 1e-12)
    #expect(state.names == ["hidden", "cell"])
  }
}
