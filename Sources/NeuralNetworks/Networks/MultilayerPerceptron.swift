import Settings
public import Tensors

/// Dense layers of the given widths, each normalised (where asked for) and activated, and a dense
/// layer `head` to the outputs.
///
/// The layers are `dense1`, `normalization1`, `activation1`, `dense2` and so on; inputs of several
/// axes are flattened first. Without `outputs` results are features: those of the last hidden
/// layer, which is the `head`, as it comes.
public func multilayerPerceptron(
  inputs inputShape: Shape, hidden: [Int], outputs: Int?, activation: Activation = .relu,
  normalization: NormalizationMode? = nil, initializer: Initializer = .glorotUniform
) -> Network {
  var layers: [(name: String, layer: any Layer)] = []
  if inputShape.rank != 1 { layers.append(("flatten", Flatten())) }
  layers += denseLayers(
    hidden: hidden, outputs: outputs, activation, normalization, initializer)
  return Network(inputShape: inputShape, layers: layers)
}

/// The layers of a perceptron after flattening.
///
/// Without `outputs` the last hidden layer ends it, made by what would be the `head`; with no
/// hidden layer either there are none.
func denseLayers(
  hidden: [Int], outputs: Int?, _ activation: Activation,
  _ normalization: NormalizationMode? = nil, _ initializer: Initializer = .glorotUniform
) -> [(name: String, layer: any Layer)] {
  guard let last = outputs ?? hidden.last else { return [] }
  let hidden = outputs == nil ? Array(hidden.dropLast()) : hidden
  var layers: [(name: String, layer: any Layer)] = []
  for (index, width) in hidden.enumerated() {
    layers.append(("dense\(index + 1)", Dense(units: width, initializer: initializer)))
    if let normalization {
      layers.append(("normalization\(index + 1)", BatchNorm(mode: normalization)))
    }
    layers.append(("activation\(index + 1)", activation))
  }
  layers.append(("head", Dense(units: last, initializer: initializer)))
  return layers
}

extension NetworkEntry {
  /// A multilayer perceptron.
  public static let mlp = NetworkEntry(
    "mlp", "Dense layers of any widths, for numbers of any shape.", takes: .numbers
  ) { (settings, needs) throws(SettingsError) in
    let hidden = try settings.integers(
      "hidden", "Units of each hidden layer.", default: [40, 40], in: 1...8192, count: 1...16)
    let activation = try Activation(in: settings)
    let normalization = try needs.normalization(in: settings, default: nil)
    return NetworkPlan { (inputs, outputs) throws(NetworkError) in
      try multilayerPerceptron(
        inputs: inputs[0].shape, hidden: hidden, outputs: outputs, activation: activation,
        normalization: normalization
      ).on(inputs)
    }
  }
}
