import NeuralNetworks
public import Tensors

/// An update rule that is learned: two LSTMs, one on the other, that see one number of a gradient
/// at a time and say how far to move its coordinate.
///
/// Andrychowicz, Denil, Gómez, Hoffman, Pfau, Schaul, Shillingford and de Freitas 2016, Learning to
/// learn by gradient descent by gradient descent, arXiv 1606.04474, section 2.1. All coordinates
/// have the same weights and each a state of its own, so that one rule moves networks of any size.
public struct CoordinatewiseLSTM: Sendable {
  /// The extent of each LSTM's state.
  public let units: Int
  /// The number p of the logarithm and sign by which gradients are read; nil: as they are.
  public let preprocessing: Double?
  /// What the LSTMs' word is multiplied by.
  public let outputScale: Double

  private static let layerNames = ["lstm1", "lstm2"]

  /// Makes a rule.
  public init(units: Int = 20, preprocessing: Double? = 5, outputScale: Double = 0.01) {
    self.units = units
    self.preprocessing = preprocessing
    self.outputScale = outputScale
  }

  private var layer: LSTM { LSTM(units: units) }

  /// The weights of both LSTMs, and of the `readout`.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    var definitions = ParameterDefinitions()
    var width = preprocessing == nil ? 1 : 2
    for name in Self.layerNames {
      definitions.append(layer.parameterDefinitions(for: [1, width] as Shape), below: name)
      width = units
    }
    definitions.append(
      .weightAndBias([units, 1], hasBias: true, .glorotUniform), below: "readout")
    return definitions.initialValues(key)
  }

  /// The shapes of the state of n coordinates: `hidden` and `cell` [n, units] of each LSTM.
  public func stateShapes(count: Int) -> NamedTree<Shape> {
    Self.layerNames.reduce(into: NamedTree<Shape>()) { shapes, name in
      shapes.append(layer.stateShapes(count: count), below: name)
    }
  }

  /// What to add to n coordinates `[n, 1]` whose gradients are `[n, 1]`, and the state then.
  public func step(
    _ slope: Tensor, _ state: Parameters, _ parameters: Parameters
  ) -> (update: Tensor, state: Parameters) {
    var seen = preprocessing.map { slope.logAndSign($0).reshaped([-1, 2]) } ?? slope
    var next = Parameters()
    for name in Self.layerNames {
      let own = layer.step(seen, state.below(name), parameters.below(name))
      next.append(own, below: name)
      seen = own["hidden"]
    }
    let readout = parameters.below("readout")
    let update = matrixProduct(seen, readout["weight"]) + readout["bias"]
    return (update * outputScale, next)
  }
}
