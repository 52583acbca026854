public import Tensors

/// A small graph of named layers, whose parameters have names such as `block1.convolution.weight`.
///
/// Each layer reads the one before it unless it names what it reads; the last one's result is the
/// network's. Most networks are a sequence with one input:
///
///     let network = Network(
///       inputShape: [28, 28, 1],
///       layers: [("features", Flatten()), ("hidden", Dense(units: 64)),
///         ("activation", Activation.relu), ("head", Dense(units: 5))])
public struct Network: Sendable {
  /// A layer with its name and what it reads.
  public struct Node: Sendable {
    /// The name, which begins those of its parameters; it may have several parts, joined by dots.
    public let name: String
    /// What is computed.
    public let layer: any Layer
    /// The names of nodes before it, or else of inputs, that it reads; nil: the node before it, or
    /// for the first node all inputs.
    public let reads: [String]?

    /// Makes a node.
    public init(_ name: String, _ layer: any Layer, reading names: [String]? = nil) {
      self.name = name
      self.layer = layer
      reads = names
    }
  }

  /// What the network takes, by name, in the order in which a first layer reads it.
  public let inputs: [InputDescription]
  /// The layers in order.
  public let nodes: [Node]
  /// The parameters by name: what they are, without any numbers.
  public let parameterDefinitions: ParameterDefinitions
  /// The inputs and then each node's result.
  private let values: [InputDescription]
  /// The positions among the values of what each node reads.
  private let sources: [[Int]]

  /// Makes a network; throws where a layer does not take what it would read, or where a name is
  /// empty or taken.
  public init(inputs: [InputDescription], nodes: [Node]) throws(NetworkError) {
    guard !inputs.isEmpty, Set(inputs.map(\.name)).count == inputs.count,
      inputs.count == 1 || !nodes.isEmpty
    else {
      throw NetworkError(
        "a network needs inputs of different names, and a layer where there are several, not "
          + inputs.inWords)
    }
    var (values, sources, definitions) = (inputs, [[Int]](), ParameterDefinitions())
    for node in nodes {
      do throws(NetworkError) {
        let read = try Network.sources(of: node, values, inputCount: inputs.count)
        let described = read.map { values[$0] }
        let shape = try node.layer.outputShape(for: described)
        let own = try node.layer.parameterDefinitions(for: described)
        for name in own.names where definitions.leaf(named: "\(node.name).\(name)") != nil {
          throw NetworkError("has a parameter '\(name)' whose full name another layer has")
        }
        definitions.append(own, below: node.name)
        values.append(InputDescription(node.name, shape: shape))
        sources.append(read)
      } catch {
        throw error.within(node.name)
      }
    }
    self.inputs = inputs
    self.nodes = nodes
    self.values = values
    self.sources = sources
    parameterDefinitions = definitions
  }

  /// Makes a sequence of layers on one input, `inputs`, of a shape; stops where a layer does not
  /// take what it would get, or where a name is empty or taken.
  public init(inputShape: Shape, layers: [(name: String, layer: any Layer)]) {
    self.init(
      certainly: [InputDescription("inputs", shape: inputShape)],
      layers.map { Node($0.name, $0.layer) })
  }

  /// Makes a network of which the caller says that it can be made; stops where it cannot.
  package init(certainly inputs: [InputDescription], _ nodes: [Node]) {
    do throws(NetworkError) {
      try self.init(inputs: inputs, nodes: nodes)
    } catch {
      fatalError("\(error).")
    }
  }

  /// The positions of what a node reads among the values before it.
  private static func sources(
    of node: Node, _ values: [InputDescription], inputCount: Int
  ) throws(NetworkError) -> [Int] {
    guard !node.name.isEmpty, !values[inputCount...].contains(where: { $0.name == node.name })
    else { throw NetworkError("needs a name of its own") }
    guard let names = node.reads else {
      return values.count == inputCount ? Array(0..<inputCount) : [values.count - 1]
    }
    var positions: [Int] = []
    for name in names {
      guard let position = values.lastIndex(where: { $0.name == name }) else {
        throw NetworkError(
          "reads '\(name)', which is not among what stands before it: "
            + values.map(\.name).joined(separator: ", "))
      }
      positions.append(position)
    }
    return positions
  }
}

// MARK: What it is

extension Network {
  /// The shape of one example's result.
  public var outputShape: Shape { values[values.count - 1].shape }

  /// The shapes of the parameters by name.
  public var parameterShapes: NamedTree<Shape> { parameterDefinitions.shapes }

  /// By which statistics normalization layers normalise, at all depths.
  public var normalizationModes: Set<NormalizationMode> {
    nodes.reduce(into: []) { $0.formUnion($1.layer.normalizationModes) }
  }

  /// Whether all layers take parameters [p, ...] and values [p, n, ...] of several networks.
  public var carriesLeadingAxis: Bool { nodes.allSatisfy { $0.layer.carriesLeadingAxis } }

  /// Parameters to begin with; each layer's depend on key, its name and its shapes alone.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    parameterDefinitions.initialValues(key)
  }
}

// MARK: What it computes

extension Network {
  /// The results for inputs [n, ...] of the only name; normalization layers use the statistics of
  /// these inputs.
  public func callAsFunction(_ inputs: Tensor, _ parameters: Parameters) -> Tensor {
    var context = NetworkContext()
    return apply(inputs, parameters, &context)
  }

  /// The results for inputs [n, ...] by name; normalization layers use the statistics of these
  /// inputs.
  public func callAsFunction(_ inputs: NamedTree<Tensor>, _ parameters: Parameters) -> Tensor {
    var context = NetworkContext()
    return apply(inputs, parameters, &context)
  }

  /// The results for inputs [n, ...] of the only name in a context, to which layers add what they
  /// report; stops where the network takes several.
  public func apply(
    _ inputs: Tensor, _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    guard self.inputs.count == 1 else {
      fatalError("A network that takes \(self.inputs.inWords) is given one tensor without a name.")
    }
    return results([inputs], parameters, &context)
  }

  /// The results for inputs [n, ...] by name in a context, to which layers add what they report;
  /// inputs of other names are left aside.
  public func apply(
    _ inputs: NamedTree<Tensor>, _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor { results(self.inputs.map { inputs[$0.name] }, parameters, &context) }

  private func results(
    _ given: [Tensor], _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    for (tensor, input) in zip(given, inputs) {
      guard tensor.shape.dimensions.suffix(input.shape.rank) == input.shape.dimensions[...],
        tensor.shape.rank > input.shape.rank, tensor.elementType == input.elementType
      else {
        fatalError("A network that takes \(inputs.inWords) is given \(tensor) as '\(input.name)'.")
      }
    }
    var computed = given
    for (node, read) in zip(nodes, sources) {
      computed.append(
        context.apply(node.layer, named: node.name, to: read.map { computed[$0] }, parameters))
    }
    return computed[computed.count - 1]
  }
}

// MARK: Parts and variants

extension Network {
  /// The layers before the one of a name, such as the features before the `head`, on the same
  /// inputs.
  public func prefix(before name: String) -> Network {
    Network(certainly: inputs, Array(nodes[..<position(of: name)]))
  }

  /// The layer of a name and those after it, as a network on the one value that the layer before
  /// makes; stops where they read anything else that is made before.
  public func suffix(from name: String) -> Network {
    let position = position(of: name)
    if position == 0 { return self }
    return Network(certainly: [values[inputs.count + position - 1]], Array(nodes[position...]))
  }

  /// The layers on other inputs; throws where they do not take them.
  func on(_ inputs: [InputDescription]) throws(NetworkError) -> Network {
    try Network(inputs: inputs, nodes: nodes)
  }

  /// The network with one mode in place of another in all normalization layers.
  public func replacing(_ mode: NormalizationMode, with other: NormalizationMode) -> Network {
    changingNormalizations { layer in
      layer.mode == mode
        ? BatchNorm(
          mode: other, epsilon: layer.epsilon, momentum: layer.momentum, steps: layer.steps,
          scalesEachStep: layer.scalesEachStep) : layer
    }
  }

  /// The network whose normalization layers keep running statistics, and a scale and an offset
  /// where `scalesEachStep`, for each of so many inner steps (MAML++, arXiv 1810.09502, section 4).
  public func normalizing(eachOf steps: Int, scalesEachStep: Bool) -> Network {
    changingNormalizations { layer in
      BatchNorm(
        mode: layer.mode, epsilon: layer.epsilon, momentum: layer.momentum, steps: steps,
        scalesEachStep: scalesEachStep)
    }
  }

  private func changingNormalizations(_ change: (BatchNorm) -> BatchNorm) -> Network {
    Network(
      certainly: inputs,
      nodes.map { Node($0.name, $0.layer.changingNormalizations(change), reading: $0.reads) })
  }

  private func position(of name: String) -> Int {
    guard let position = nodes.firstIndex(where: { $0.name == name }) else {
      fatalError("No layer '\(name)' among: \(nodes.map(\.name).joined(separator: ", ")).")
    }
    return position
  }
}
