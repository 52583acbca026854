import NeuralNetworks
import TensorPrograms
import Tensors

/// Layers that go through a sequence step by step.
extension FixtureFamilies {
  /// The names of an LSTM's parameters in fixtures, by the layer's.
  static let memoryNames = [
    "inputWeight": "weight_x", "recurrentWeight": "weight_h", "bias": "bias",
  ]

  /// The states of an LSTM over a sequence [time, batch, features], the loss, its first derivatives
  /// and a Hessian-vector product.
  static func memory(of fixture: Fixture) throws -> FixtureCase {
    let layer = LSTM(units: try fixture.hyper.integer("hidden"))
    var values: [String: TensorValue] = [:]
    func input(_ name: String) throws -> Tensor {
      let value = try fixture.input(name)
      values[name] = value
      return Tensor.input(name, shape: value.shape)
    }
    let (inputs, hidden, cell) = (try input("x"), try input("h0"), try input("c0"))
    let names = layer.parameterDefinitions(for: [inputs.shape[0], inputs.shape[2]]).names
      .compactMap { own in memoryNames[own].map { (own: own, fixture: $0) } }
    var parameters = Parameters()
    for (own, name) in names { parameters.append(.init(name: own, leaf: try input(name))) }
    var state = Parameters(["hidden": hidden, "cell": cell])
    let steps = (0..<inputs.shape[0]).map { time in
      let now = inputs.slice(along: 0, from: time, to: time + 1)
        .reshaped(Shape(Array(inputs.shape.dimensions.dropFirst())))
      state = layer.step(now, state, parameters)
      return state["hidden"].insertingAxis(at: 0)
    }
    let all = Tensor.concatenating(steps, along: 0)
    let loss = (try input("c") * all.square()).sum() * 0.5
    let differentiated = ["x", "h0", "c0"] + names.map(\.fixture)
    let variables = [inputs, hidden, cell] + parameters.leaves
    let first = derivatives(loss, variables)
    let directions = try differentiated.map { try input("v.\($0)") }
    let slope = zip(first, directions).reduce(Tensor.fill(0)) { $0 + ($1.0 * $1.1).sum() }
    var outputs = [("hidden", all), ("final_cell", state["cell"]), ("loss", loss)]
    for (part, tensors) in [("grad", first), ("hvp", derivatives(slope, variables))] {
      outputs += zip(differentiated, tensors).map { ("\(part).\($0)", $1) }
    }
    return FixtureCase(outputs: outputs, values: values)
  }
}
