import NeuralNetworks
import Settings
import Tensors

/// A network that looks at its input twice, by itself and through a dense layer, and joins what it
/// saw.
enum TwoViews {
  /// The network as recipes name it, with its settings.
  static let entry = NetworkEntry(
    "twoViews", "the input beside a dense layer of it", takes: .numbers
  ) {
    (settings, _) throws(SettingsError) in
    let units = try settings.integer(
      "units", "Units of the dense layer.", default: 32, in: 1...4096)
    return NetworkPlan { (inputs, outputs) throws(NetworkError) in
      var nodes: [Network.Node] = [
        .init("flat", Flatten()), .init("dense", Dense(units: units)),
        .init("activation", Activation.tanh),
        .init("both", Concatenate(), reading: ["flat", "activation"]),
      ]
      if let outputs { nodes.append(.init("head", Dense(units: outputs))) }
      return try Network(inputs: inputs, nodes: nodes)
    }
  }
}
