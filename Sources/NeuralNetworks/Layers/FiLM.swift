import Settings
public import Tensors

/// Feature-wise linear modulation (Perez and others 2018, arXiv 1709.07871): values [n, ..., c] times a
/// scale for each channel, plus an offset for each, both affine maps of another value [n, k].
///
/// Scales are k `scale.weight` + `scale.bias`, offsets likewise. Scales begin around 1 and offsets
/// around 0: zeros for k leave values as they are.
public struct FiLM: Layer {
  /// How the weights are drawn.
  public let initializer: Initializer

  /// Makes a modulation.
  public init(initializer: Initializer = .glorotUniform) { self.initializer = initializer }

  /// The shape of the first value; the second has one axis.
  public func outputShape(for inputs: [InputDescription]) throws(NetworkError) -> Shape {
    guard inputs.count == 2, inputs.allSatisfy({ $0.elementType == .float32 }),
      inputs[0].shape.rank >= 1, inputs[1].shape.rank == 1
    else {
      throw NetworkError(
        "takes float32 values with an axis of channels, and float32 numbers that scale and shift "
          + "them, not \(inputs.inWords)")
    }
    return inputs[0].shape
  }

  /// `scale.weight` and `offset.weight` [k, c], `scale.bias` and `offset.bias` [c].
  public func parameterDefinitions(
    for inputs: [InputDescription]
  ) throws(NetworkError) -> ParameterDefinitions {
    let channels = try outputShape(for: inputs)[-1]
    var definitions = ParameterDefinitions()
    for (name, start) in [("scale", 1.0), ("offset", 0)] {
      let own = ParameterDefinitions([
        "weight": .init([inputs[1].shape[0], channels], initializer),
        "bias": .init([channels], .constant(start)),
      ])
      definitions.append(own, below: name)
    }
    return definitions
  }

  /// The scaled and shifted values.
  public func callAsFunction(
    _ inputs: [Tensor], _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    func each(_ name: String) -> Tensor {
      let own = parameters.below(name)
      return inputs[1].mapped(by: own["weight"], own["bias"]).aligned(toRank: inputs[0].shape.rank)
    }
    return inputs[0] * each("scale") + each("offset")
  }
}

extension Network {
  /// The network with a further input, [k], which scales and shifts what an activation reads
  /// (``FiLM``).
  ///
  /// Activations are counted from 1; the last one counts where there are fewer, and the last layer
  /// where there is none. The parameters are those below `modulation` in the layer's.
  public func modulated(atActivation number: Int, by context: InputDescription) -> Network {
    let activations = nodes.indices.filter { nodes[$0].layer is Activation }
    let position = activations.prefix(number).last ?? nodes.count - 1
    let changed = nodes.enumerated().map { index, node in
      let before = index == 0 ? inputs.map(\.name) : [nodes[index - 1].name]
      let reads = node.reads ?? before
      guard index == position else { return Node(node.name, node.layer, reading: reads) }
      let layer = Sequential([("modulation", FiLM()), ("modulated", node.layer)])
      return Node(node.name, layer, reading: reads + [context.name])
    }
    return Network(certainly: inputs + [context], changed)
  }
}

extension LayerEntry {
  /// Values that another value scales and shifts.
  public static let film = LayerEntry(
    "film", "The first value that it reads, scaled and shifted by channel as the second says."
  ) { (_, _) throws(SettingsError) in FiLM() }
}
