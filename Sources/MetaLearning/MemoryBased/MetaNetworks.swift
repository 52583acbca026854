public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// Meta Networks (Munkhdalai and Yu 2017, arXiv 1703.00837): what a small network would learn from
/// each support example is remembered as fast weights, and a query has those of the examples that
/// are like it.
///
/// On features f(x) stands a base network b(W) of two dense layers. For each support example i, fast
/// weights are W_i = m(∂L(b(W, f(x_i)), y_i)/∂W), where a network m of two layers maps each element
/// by itself, and a key is f(x_i). A query has W* = Σ_i a_i W_i, where a is the softmax of the
/// cosines of its features and the keys. Layers are augmented: each is relu(W h) + relu(W* h), the
/// last one W h + W* h.
///
/// Deviations: features are those of the given network, without the fast weights that the paper
/// gives them from a loss of their own; m sees sign(g) log(1 + e⁷ |g|) / 7 of an element g rather
/// than logarithm and sign apart; the gradients are constants to the meta-gradient. The order of
/// support examples does not matter, and one that weighs twice counts as two; the names of classes
/// matter. An outer step costs the features of all examples, m on all weights of b for each support
/// example, and the weights of b once for each query.
public struct MetaNetworks: MemoryLearner {
  /// Maps inputs to features.
  public let network: Network
  /// The numbers of a label, and of an answer.
  public let outputCount: Int
  /// How the slopes of the support losses depend on the parameters.
  public func approximation(at progress: LearningProgress) -> String? {
    "the slopes of the support losses are seen as constants"
  }

  /// What answers are.
  public let meaning: Prediction.Meaning
  /// The units of the base network's hidden layer.
  public let hidden: Int
  /// The units of m's hidden layer.
  public let metaHidden: Int

  private static let (baseName, metaName) = ("base", "meta")
  /// e⁷: what smaller elements of a gradient are told apart by.
  private static let magnification = 1096.633158428459

  /// Makes a learner on the features of a network.
  public init(
    network: Network, outputCount: Int, meaning: Prediction.Meaning = .logits, hidden: Int = 64,
    metaHidden: Int = 20
  ) {
    self.network = network
    self.outputCount = outputCount
    self.meaning = meaning
    self.hidden = hidden
    self.metaHidden = metaHidden
  }

  /// The parameters of the network, of b as `base/` and of m as `meta/`.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    func definitions(_ extents: [Int]) -> ParameterDefinitions {
      zip(extents, extents.dropFirst()).enumerated()
        .reduce(into: ParameterDefinitions()) { definitions, layer in
          let (number, (inputs, outputs)) = layer
          definitions.append(
            Dense(units: outputs).parameterDefinitions(for: [inputs]), below: "dense\(number + 1)")
        }
    }
    var parameters = network.initialSubtree(key)
    for (name, extents) in [
      (MetaNetworks.baseName, [network.featureCount, hidden, outputCount]),
      (MetaNetworks.metaName, [1, metaHidden, 1]),
    ] {
      parameters.append(definitions(extents).initialValues(key.folded(name)), as: name)
    }
    return parameters
  }

  /// The `keys` `[examples, features]`, all fast weights of each example in a row of `fast`, and the
  /// `weights` of the examples.
  public func memory(
    of features: Tensor, _ support: Examples, _ parameters: Parameters
  ) -> Parameters {
    let count = features.shape[0]
    let each = parameters.subtree(MetaNetworks.baseName).map { slow in
      slow.insertingAxis(at: 0).broadcast(to: Shape([count] + slow.shape.dimensions))
    }
    let outputs = layer(
      2, layer(1, features.insertingAxis(at: 1), each).relu(), each
    ).reshaped([count, outputCount])
    var plain = support
    plain.weights = nil
    // The sum of losses, of which each example's weights see their own alone.
    let slope = gradient(of: loss(of: outputs, on: plain) * Double(count), withRespectTo: each)
    let rows = slope.leaves.map { $0.stopGradient().reshaped([count, -1]) }
    var memory = Parameters([
      "keys": features.normalized(along: 1),
      "fast": fastWeights(Tensor.concatenating(rows, along: 1), parameters),
    ])
    if let weights = support.weights { memory.append(.init(name: "weights", leaf: weights)) }
    return memory
  }

  /// What the base network with slow and fast weights makes of each query.
  public func answers(
    to features: Tensor, remembering memory: Parameters, _ parameters: Parameters
  ) -> Tensor {
    // Attention divides products by the root of the extent, and cosines are as they are.
    let queries = features.normalized(along: 1) * Double(network.featureCount).squareRoot()
    let mask = memory.leaf(named: "weights").map { $0.insertingAxis(at: 0) }
    let rows = attention(queries, memory["keys"], memory["fast"], mask: mask)
    let slow = parameters.subtree(MetaNetworks.baseName)
    var first = 0
    let fast = slow.map { leaf in
      defer { first += leaf.shape.elementCount }
      return rows.slice(along: 1, from: first, to: first + leaf.shape.elementCount)
        .reshaped(Shape([features.shape[0]] + leaf.shape.dimensions))
    }
    let read = features.insertingAxis(at: 1)
    let known = layer(1, read, slow).relu() + layer(1, read, fast).relu()
    return (layer(2, known, slow) + layer(2, known, fast)).reshaped([-1, outputCount])
  }

  /// A layer of the base network on `[n, 1, features]`, with weights for all or for each of n.
  private func layer(_ number: Int, _ inputs: Tensor, _ parameters: Parameters) -> Tensor {
    var context = NetworkContext()
    return context.apply(
      Dense(units: number == 1 ? hidden : outputCount), named: "dense\(number)", to: [inputs],
      parameters)
  }

  /// What m makes of each element of `[examples, weights]`.
  private func fastWeights(_ slopes: Tensor, _ parameters: Parameters) -> Tensor {
    let own = parameters.subtree(MetaNetworks.metaName)
    var context = NetworkContext()
    let sizes = (slopes.absolute() * MetaNetworks.magnification + 1).log() / 7
    let elements = (slopes.sign() * sizes).reshaped([-1, 1])
    let wide = context.apply(
      Dense(units: metaHidden), named: "dense1", to: [elements], own
    ).relu()
    return context.apply(Dense(units: 1), named: "dense2", to: [wide], own).reshaped(slopes.shape)
  }
}

extension MetaNetworks {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "metanet", "fast weights of the support examples that are like a query (Munkhdalai & Yu 2017)"
  ) { (settings) throws(SettingsError) in
    let hidden = try settings.integer(
      "hidden", "Units of the base network's hidden layer.", default: 64, in: 1...4096)
    let metaHidden = try settings.integer(
      "metaHidden", "Hidden units of what maps gradients to fast weights.", default: 20,
      in: 1...1024)
    return LearnerPlan(needs: .labelledFeatures([.classes, .numbers])) { parts in
      MetaNetworks(
        network: parts.network, outputCount: parts.outputCount, meaning: parts.meaning,
        hidden: hidden, metaHidden: metaHidden)
    }
  }
}
