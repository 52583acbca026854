import Settings
public import Tensors

/// A long short-term memory (Hochreiter and Schmidhuber 1997; with a forget gate): [n, time,
/// features] becomes the hidden states [n, time, units], unrolled over time from a state of zeros.
///
/// With a = x inputWeight + h recurrentWeight + bias, cut along its last axis into i, f, g and o:
/// cell <- sigmoid(f) · cell + sigmoid(i) · tanh(g); hidden <- sigmoid(o) · tanh(cell).
public struct LSTM: SingleInputLayer {
  /// The extent of the hidden state, and of the cell.
  public let units: Int
  /// How the weights are drawn.
  public let initializer: Initializer

  /// Makes a memory.
  public init(units: Int, initializer: Initializer = .glorotUniform) {
    self.units = units
    self.initializer = initializer
  }

  /// [time, features] becomes [time, units].
  public func outputShape(for inputShape: Shape) throws(NetworkError) -> Shape {
    guard inputShape.rank == 2, inputShape[0] >= 1 else {
      throw NetworkError("takes sequences [time, features], not \(inputShape)")
    }
    return [inputShape[0], units]
  }

  /// `inputWeight` [features, 4 units], `recurrentWeight` [units, 4 units] and `bias` [4 units],
  /// whose parts are those of the gates: input, forget, candidate, output.
  public func parameterDefinitions(for inputShape: Shape) -> ParameterDefinitions {
    ParameterDefinitions([
      "inputWeight": .init([inputShape[-1], 4 * units], initializer),
      "recurrentWeight": .init([units, 4 * units], initializer),
      "bias": .init([4 * units], .constant(0)),
    ])
  }

  /// The hidden state after each step.
  public func callAsFunction(
    _ inputs: Tensor, _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    // What inputs add to the gates needs no state: one product for all steps.
    let driven = inputs.mapped(by: parameters["inputWeight"], parameters["bias"])
    var state = initialState(count: inputs.shape[0])
    let hidden = (0..<inputs.shape[1]).map { time in
      let now = driven.slice(along: 1, from: time, to: time + 1)
        .reshaped([inputs.shape[0], 4 * units])
      state = step(driven: now, state, parameters)
      return state["hidden"].insertingAxis(at: 1)
    }
    return Tensor.concatenating(hidden, along: 1)
  }
}

// MARK: Step by step

extension LSTM {
  /// The shapes of the state of a number of sequences: `hidden` and `cell`, [n, units].
  public func stateShapes(count: Int) -> NamedTree<Shape> {
    NamedTree<Shape>(["hidden": [count, units], "cell": [count, units]])
  }

  /// The state before the first step: zeros.
  public func initialState(count: Int) -> Parameters {
    stateShapes(count: count).map { Tensor.fill(0, shape: $0) }
  }

  /// The state after one step of inputs [n, features]; what a step makes is its `hidden`.
  public func step(_ input: Tensor, _ state: Parameters, _ parameters: Parameters) -> Parameters {
    step(
      driven: input.mapped(by: parameters["inputWeight"], parameters["bias"]), state, parameters)
  }

  /// The state after a step to whose gates the input adds [n, 4 units].
  private func step(
    driven: Tensor, _ state: Parameters, _ parameters: Parameters
  ) -> Parameters {
    let gates = driven + matrixProduct(state["hidden"], parameters["recurrentWeight"])
    func part(_ index: Int) -> Tensor {
      gates.slice(along: -1, from: index * units, to: (index + 1) * units)
    }
    let cell = part(1).sigmoid() * state["cell"] + part(0).sigmoid() * part(2).tanh()
    return Parameters(["hidden": part(3).sigmoid() * cell.tanh(), "cell": cell])
  }
}

extension LayerEntry {
  /// A long short-term memory.
  public static let lstm = LayerEntry(
    "lstm", "A long short-term memory over a sequence [time, features]."
  ) { (settings, _) throws(SettingsError) in
    LSTM(units: try settings.integer("units", "Extent of the hidden state.", in: 1...65_536))
  }
}
