import Settings
public import Tensors

/// A linear map without bias, `head`: results are sums of weighted inputs, which are flattened
/// first.
///
/// Without `outputs` results are the inputs.
public func linearNetwork(inputs inputShape: Shape, outputs: Int?) -> Network {
  var layers: [(name: String, layer: any Layer)] = []
  if inputShape.rank != 1 { layers.append(("flatten", Flatten())) }
  if let outputs { layers.append(("head", Dense(units: outputs, bias: false))) }
  return Network(inputShape: inputShape, layers: layers)
}

extension NetworkEntry {
  /// A linear map.
  public static let linear = NetworkEntry(
    "linear", "A weight for each input and output, and nothing else.", takes: .numbers
  ) { (_, _) throws(SettingsError) in
    NetworkPlan { (inputs, outputs) throws(NetworkError) in
      try linearNetwork(inputs: inputs[0].shape, outputs: outputs).on(inputs)
    }
  }
}
