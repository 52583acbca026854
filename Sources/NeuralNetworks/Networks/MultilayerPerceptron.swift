public import Tensors

/// Dense layers of the given widths, each normalised (where asked for) and activated, and a dense
/// layer `head` to the outputs.
///
/// The layers are `dense1`, `normalization1`, `activation1`, `dense2` and so on; inputs of several
/// axes are flattened first.
public func multilayerPerceptron(
  inputs inputShape: Shape, hidden: [Int], outputs: Int, activation: Activation = .relu,
  normalization: NormalizationMode? = nil, initializer: Initializer = .glorotUniform
) -> Network {
  var layers: [(name: String, layer: any Layer)] = []
  if inputShape.rank != 1 { layers.append(("flatten", Flatten())) }
  for (index, width) in hidden.enumerated() {
    layers.append(("dense\(index + 1)", Dense(units: width, initializer: initializer)))
    if let normalization {
      layers.append(("normalization\(index + 1)", BatchNorm(mode: normalization)))
    }
    layers.append(("activation\(index + 1)", activation))
  }
  layers.append(("head", Dense(units: outputs, initializer: initializer)))
  return Network(inputShape: inputShape, layers: layers)
}
