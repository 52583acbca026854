import Settings
import Tensors

extension NetworkEntry {
  /// Layers that the recipe lists, of those in a catalogue.
  static func layers(of catalogue: Catalogue<LayerEntry>) -> NetworkEntry {
    NetworkEntry(
      "layers", "The layers that the recipe lists; each reads the one before, or those it names.",
      takes: .any
    ) { (settings, needs) throws(SettingsError) in
      let stack = try LayerStack(settings, LayerReader(catalogue, needs))
      return NetworkPlan { (inputs, outputs) throws(NetworkError) in
        try stack.network(for: inputs, outputs: outputs)
      }
    }
  }
}

/// Layers as a recipe lists them, and where.
private struct LayerStack: Sendable {
  private let nodes: [Network.Node]
  private let places: [String: SettingsPlace]

  init(_ settings: SettingsSection, _ reader: LayerReader) throws(SettingsError) {
    var nodes: [Network.Node] = []
    var places: [String: SettingsPlace] = [:]
    for (section, name, layer) in try reader.named(in: settings, key: "layers") {
      let reads = try section.texts(
        "reads", "The layers before it or inputs that it reads; none: the layer before it.",
        default: [], count: 0...16)
      nodes.append(Network.Node(name, layer, reading: reads.isEmpty ? nil : reads))
      places[name] = section.place(of: "kind")
    }
    self.nodes = nodes
    self.places = places
  }

  /// The layers on inputs; results of several axes are flattened, and a dense layer `head` makes
  /// the outputs of them.
  func network(
    for inputs: [InputDescription], outputs: Int?
  ) throws(NetworkError) -> Network {
    do throws(NetworkError) {
      var all = nodes
      let body = try Network(inputs: inputs, nodes: all)
      if body.outputShape.rank != 1 { all.append(.init("flatten", Flatten())) }
      if let outputs { all.append(.init("head", Dense(units: outputs))) }
      return try Network(inputs: inputs, nodes: all)
    } catch {
      let owner = nodes.first {
        error.layer == $0.name || error.layer?.hasPrefix("\($0.name).") == true
      }
      throw error.at(owner.flatMap { places[$0.name] })
    }
  }
}
