public import Tensors

/// A sequence of named layers, whose parameters have names such as `block1.convolution.weight`.
///
///     let network = Network(
///       inputShape: [28, 28, 1],
///       layers: [("features", Flatten()), ("hidden", Dense(units: 64)),
///         ("activation", Activation.relu), ("head", Dense(units: 5))])
public struct Network: Sendable {
  /// The shape of one example.
  public let inputShape: Shape
  /// The shape of one example's result.
  public let outputShape: Shape
  /// The layers in order; a name may have several parts, joined by dots.
  public let layers: [(name: String, layer: any Layer)]
  /// The shape that each layer takes.
  private let layerInputShapes: [Shape]

  /// Makes a network for examples of a shape; stops when a layer does not take what it would get,
  /// or when a name is empty or taken.
  public init(inputShape: Shape, layers: [(name: String, layer: any Layer)]) {
    var shapes = [inputShape]
    for (index, (name, layer)) in layers.enumerated() {
      guard !name.isEmpty, !layers[..<index].contains(where: { $0.name == name }) else {
        fatalError("Layer \(index + 1) of a network needs a name of its own, not '\(name)'.")
      }
      shapes.append(layer.outputShape(for: shapes[index]))
    }
    self.inputShape = inputShape
    self.layers = layers
    outputShape = shapes[layers.count]
    layerInputShapes = shapes
  }

  /// Parameters to begin with; each layer's depend on key, its name and its shapes alone.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    var parameters = ParameterValues()
    for ((name, layer), shape) in zip(layers, layerInputShapes) {
      let own = layer.initialParameters(for: shape, key: key.folded(name))
      parameters.append(own, below: name)
    }
    return parameters
  }

  /// The results for inputs [n, ...]; normalization layers use the statistics of these inputs.
  public func callAsFunction(_ inputs: Tensor, _ parameters: Parameters) -> Tensor {
    var context = NetworkContext()
    return apply(inputs, parameters, &context)
  }

  /// The results for inputs [n, ...] in a context, to which layers add what they report.
  public func apply(
    _ inputs: Tensor, _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    guard inputs.shape.dimensions.suffix(inputShape.rank) == inputShape.dimensions[...],
      inputs.shape.rank > inputShape.rank
    else { fatalError("A network for examples of shape \(inputShape) is given \(inputs.shape).") }
    return layers.reduce(inputs) { current, element in
      Scope.named(element.name) {
        context.within(element.name) { inner in
          element.layer(current, parameters.below(element.name), &inner)
        }
      }
    }
  }

  /// The layers before the one of a name, such as the features before the `head`.
  public func prefix(before name: String) -> Network {
    Network(inputShape: inputShape, layers: Array(layers[..<position(of: name)]))
  }

  /// The layer of a name and those after it, as a network on what the ones before make.
  public func suffix(from name: String) -> Network {
    let position = position(of: name)
    return Network(inputShape: layerInputShapes[position], layers: Array(layers[position...]))
  }

  private func position(of name: String) -> Int {
    guard let position = layers.firstIndex(where: { $0.name == name }) else {
      fatalError("No layer '\(name)' among: \(layers.map(\.name).joined(separator: ", ")).")
    }
    return position
  }
}
