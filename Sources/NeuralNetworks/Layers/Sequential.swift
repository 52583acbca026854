import Settings
public import Tensors

/// Named layers one after another, as one layer.
///
/// The first reads what this layer reads, each of the others the one before it.
public struct Sequential: Layer {
  /// The layers in order; their names begin those of their parameters.
  public let layers: [(name: String, layer: any Layer)]

  /// Makes a sequence of layers, whose names must differ.
  public init(_ layers: [(name: String, layer: any Layer)]) {
    guard !layers.isEmpty, Set(layers.map(\.name)).count == layers.count else {
      fatalError("A sequence needs layers of different names, not \(layers.map(\.name)).")
    }
    self.layers = layers
  }

  /// The shape that the last layer makes.
  public func outputShape(for inputs: [InputDescription]) throws(NetworkError) -> Shape {
    try walk(inputs) { _, _ in }
  }

  /// The parameters of each layer below its name.
  public func parameterDefinitions(
    for inputs: [InputDescription]
  ) throws(NetworkError) -> ParameterDefinitions {
    var definitions = ParameterDefinitions()
    _ = try walk(inputs) { name, own in definitions.append(own, below: name) }
    return definitions
  }

  /// Visits the parameters of each layer; the shape that the last one makes.
  private func walk(
    _ inputs: [InputDescription], visit: (String, ParameterDefinitions) -> Void
  ) throws(NetworkError) -> Shape {
    var current = inputs
    for (name, layer) in layers {
      do throws(NetworkError) {
        visit(name, try layer.parameterDefinitions(for: current))
        current = [InputDescription(name, shape: try layer.outputShape(for: current))]
      } catch {
        throw error.within(name)
      }
    }
    return current[0].shape
  }

  /// The modes of all layers.
  public var normalizationModes: Set<NormalizationMode> {
    layers.reduce(into: []) { $0.formUnion($1.layer.normalizationModes) }
  }

  /// The sequence with changed normalization layers.
  public func changingNormalizations(_ change: (BatchNorm) -> BatchNorm) -> any Layer {
    Sequential(layers.map { ($0.name, $0.layer.changingNormalizations(change)) })
  }

  /// What the last layer makes.
  public func callAsFunction(
    _ inputs: [Tensor], _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    var current = inputs
    for (name, layer) in layers {
      current = [context.apply(layer, named: name, to: current, parameters)]
    }
    return current[0]
  }
}

extension LayerEntry {
  /// Layers one after another.
  public static let sequential = LayerEntry(
    "sequential", "Layers one after another, as one layer."
  ) { (settings, reader) throws(SettingsError) in
    Sequential(try reader.layers(in: settings))
  }
}
