public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// A transformer that learns in context: the support examples with their labels look at one
/// another, and each query looks at them.
///
/// Müller, Hollmann, Pineda Arango, Grabocka and Hutter, Transformers can do Bayesian inference,
/// 2022, arXiv 2112.10510, section 4; also Garg, Tsipras, Liang and Valiant, What can transformers
/// learn in-context?, 2022, arXiv 2208.01066.
///
/// A support example is U f(x) + V y, a query U f(x), with features f. In each block the support
/// examples look at all of them as they came to the block, and so does each query; it looks neither
/// at other queries nor at itself, whose features its sum of what it read carries anyway. There are
/// no positions: the order of support examples does not matter, and one that weighs twice counts as
/// two. Numbers are predicted as such, where the paper has a distribution over intervals. The names
/// of classes matter. An outer step costs the features of all examples, and for each block the
/// attention of all examples to the support set.
public struct InContextTransformer: MemoryLearner {
  /// Maps inputs to features.
  public let network: Network
  /// The numbers of a label, and of an answer.
  public let outputCount: Int
  /// What answers are.
  public let meaning: Prediction.Meaning
  /// The extent of what is known of an example.
  public let width: Int
  /// How many blocks there are.
  public let layers: Int
  private let block: TransformerBlock

  private static let transformerName = "transformer"

  /// Makes a learner on the features of a network; stops where heads do not divide the width.
  public init(
    network: Network, outputCount: Int, meaning: Prediction.Meaning = .logits, width: Int = 64,
    layers: Int = 2, heads: Int = 4, hidden: Int = 128
  ) {
    guard width % heads == 0 else {
      fatalError("\(heads) heads do not share \(width) features evenly.")
    }
    self.network = network
    self.outputCount = outputCount
    self.meaning = meaning
    self.width = width
    self.layers = layers
    block = TransformerBlock(heads: heads, keyWidth: width / heads, hidden: hidden)
  }

  /// The layers beside the blocks, with what they read.
  private var ends: [(name: String, layer: any SingleInputLayer, inputs: Int)] {
    [
      ("features", Dense(units: width), network.featureCount),
      ("labels", Dense(units: width), outputCount), ("normalization", LayerNorm(), width),
      ("readout", Dense(units: outputCount), width),
    ]
  }

  /// The parameters of the network, and `transformer/` with those of the blocks, of the maps of
  /// features and labels and of the last map.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    var definitions = ParameterDefinitions()
    for (name, layer, inputs) in ends {
      definitions.append(layer.parameterDefinitions(for: [inputs]), below: name)
    }
    for layer in 0..<layers {
      definitions.append(block.parameterDefinitions(width: width), below: "block\(layer + 1)")
    }
    var parameters = network.initialSubtree(key)
    let name = InContextTransformer.transformerName
    parameters.append(definitions.initialValues(key.folded(name)), as: name)
    return parameters
  }

  /// The support examples `[examples, width]` as they come to each block, and their weights.
  public func memory(
    of features: Tensor, _ support: Examples, _ parameters: Parameters
  ) -> Parameters {
    let own = parameters.subtree(InContextTransformer.transformerName)
    let mask = support.weights.map(InContextTransformer.mask)
    var known =
      (mapped(features, "features", own) + mapped(support.labels, "labels", own))
      .insertingAxis(at: 0)
    var memory = Parameters()
    for layer in 1...layers {
      memory.append(.init(name: "block\(layer)", leaf: known.reshaped([-1, width])))
      guard layer < layers else { break }
      known = block.results(for: known, seeing: known, mask: mask, own.below("block\(layer)"))
    }
    if let weights = support.weights { memory.append(.init(name: "weights", leaf: weights)) }
    return memory
  }

  /// What each query is after the last block, mapped to logits or numbers.
  public func answers(
    to features: Tensor, remembering memory: Parameters, _ parameters: Parameters
  ) -> Tensor {
    let own = parameters.subtree(InContextTransformer.transformerName)
    let mask = memory.leaf(named: "weights").map(InContextTransformer.mask)
    var known = mapped(features, "features", own).insertingAxis(at: 0)
    for layer in 1...layers {
      known = block.results(
        for: known, seeing: memory["block\(layer)"].insertingAxis(at: 0), mask: mask,
        own.below("block\(layer)"))
    }
    let rows = mapped(known.reshaped([-1, width]), "normalization", own)
    return mapped(rows, "readout", own)
  }

  /// What a layer of a name beside the blocks makes of rows.
  private func mapped(_ rows: Tensor, _ name: String, _ parameters: Parameters) -> Tensor {
    var context = NetworkContext()
    return ends.filter { $0.name == name }.reduce(rows) { rows, end in
      context.apply(end.layer, named: name, to: [rows], parameters)
    }
  }

  /// Weights of support examples as a mask of attention.
  private static func mask(_ weights: Tensor) -> Tensor {
    weights.reshaped([1, 1, 1, weights.shape[0]])
  }
}

extension InContextTransformer {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "transformer", "a transformer that learns from the support set in context (Müller et al. 2022)"
  ) { (settings) throws(SettingsError) in
    let heads = try settings.integer(
      "heads", "How many look, each in its way.", default: 4, in: 1...64)
    let width = try settings.integer(
      "width", "The extent of what is known of an example, a multiple of the heads.",
      default: 16 * heads, in: 1...8192)
    guard width % heads == 0 else {
      throw settings.error(
        "width", "must be a multiple of \(settings.full("heads")), \(heads), not \(width)")
    }
    let layers = try settings.integer("layers", "How many blocks.", default: 2, in: 1...64)
    let hidden = try settings.integer(
      "hidden", "The extent between the two dense layers of a block.", default: 2 * width,
      in: 1...65_536)
    return LearnerPlan(needs: .labelledFeatures([.classes, .numbers])) { parts in
      InContextTransformer(
        network: parts.network, outputCount: parts.outputCount, meaning: parts.meaning,
        width: width, layers: layers, heads: heads, hidden: hidden)
    }
  }
}
