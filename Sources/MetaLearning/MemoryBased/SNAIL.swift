public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// A simple neural attentive meta-learner (Mishra, Rohaninejad, Chen and Abbeel 2018, arXiv
/// 1707.03141, sections 3 and 5.1): the support examples with their labels are a sequence, which a
/// query without label ends.
///
/// Attention, TC, attention, TC, attention, each of which adds its results to the features that it
/// read, and a linear map of the last position to logits. TC(T) are ⌈log₂ T⌉ gated convolutions over
/// time of dilations 1, 2, 4, ...; an attention is causal and has one head. Meta-training descends
/// on the loss of the queries alone, as in the paper.
///
/// Each query ends the sequence by itself. As no position sees a later one, the features of the
/// support set are the same for all queries and are kept. The order of support examples and the
/// names of classes matter; weights of support examples do not. T is a setting, so that one learner
/// serves any number of shots. An outer step costs the features of all examples, the sequence of the
/// support set, and for each query one more position.
public struct SNAIL: MemoryLearner {
  /// Maps inputs to features.
  public let network: Network
  /// The number of classes.
  public let classCount: Int
  /// What goes through the sequence.
  private let blocks: CausalBlocks

  private static let sequenceName = "sequence"
  private static let readoutName = "readout"

  /// Makes a learner of so many classes on the features of a network.
  ///
  /// - Parameters:
  ///   - network: maps pictures to features.
  ///   - classCount: the classes of each task.
  ///   - keys: the extents of keys, one for each attention.
  ///   - values: the extents of what these attentions add.
  ///   - filters: what each convolution adds.
  ///   - span: the positions that a row of convolutions sees, T.
  public init(
    network: Network, classCount: Int, keys: [Int] = [64, 256, 512],
    values: [Int] = [32, 128, 256], filters: Int = 128, span: Int = 32
  ) {
    self.network = network
    self.classCount = classCount
    var blocks: [CausalBlocks.Block] = []
    for (index, (key, value)) in zip(keys, values).enumerated() {
      if index > 0 {
        blocks += SNAIL.convolutions(filters: filters, span: span).enumerated().map {
          ("convolution\(index).\($0 + 1)", $1)
        }
      }
      let attention = MultiHeadAttention(keyWidth: key, valueWidth: value, causal: true)
      blocks.append(("attention\(index + 1)", attention))
    }
    self.blocks = CausalBlocks(blocks, on: network.featureCount + classCount)
  }

  /// Convolutions of dilations 1, 2, 4, ..., that together see so many positions.
  private static func convolutions(filters: Int, span: Int) -> [CausalConvolution] {
    var layers: [CausalConvolution] = []
    var dilation = 1
    while dilation < span {
      layers.append(CausalConvolution(filters: filters, dilation: dilation))
      dilation *= 2
    }
    return layers
  }

  /// Logits of classes.
  public var meaning: Prediction.Meaning { .logits }

  private var readout: Dense { Dense(units: classCount) }

  /// The parameters of the network, of the blocks as `sequence/` and of the last map as `readout/`.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    var parameters = network.initialSubtree(key)
    parameters.append(
      blocks.definitions.initialValues(key.folded(SNAIL.sequenceName)), as: SNAIL.sequenceName)
    parameters.append(
      readout.initialParameters(for: [blocks.width], key: key.folded(SNAIL.readoutName)),
      as: SNAIL.readoutName)
    return parameters
  }

  /// The features `[examples, width]` of the support set as a sequence.
  public func memory(
    of features: Tensor, _ support: Examples, _ parameters: Parameters
  ) -> Parameters {
    let sequence = Tensor.concatenating([features, support.labels], along: 1)
    let seen = blocks(sequence.insertingAxis(at: 0), parameters.subtree(SNAIL.sequenceName))
    return Parameters(["sequence": seen.reshaped([-1, blocks.width])])
  }

  /// Logits at the position after the support set, of each query there.
  public func answers(
    to features: Tensor, remembering memory: Parameters, _ parameters: Parameters
  ) -> Tensor {
    let ends = blocks.next(
      features.withoutLabels(classCount), after: memory["sequence"],
      parameters.subtree(SNAIL.sequenceName))
    var context = NetworkContext()
    return readout(ends, parameters.subtree(SNAIL.readoutName), &context)
  }
}

extension SNAIL {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "snail", "convolutions over time and attention to the support examples (Mishra et al. 2018)"
  ) { (settings) throws(SettingsError) in
    let keys = try settings.integers(
      "keys", "The extent of the keys of each attention.", default: [64, 256, 512], in: 1...8192,
      count: 1...8)
    let values = try settings.integers(
      "values", "What each attention adds to the features.", default: [32, 128, 256],
      in: 1...8192, count: 1...8)
    guard keys.count == values.count else {
      throw settings.error(
        "values",
        "must be as many as \(settings.full("keys")), \(keys.count), not \(values.count)")
    }
    let filters = try settings.integer(
      "filters", "What each convolution over time adds to the features.", default: 128,
      in: 1...8192)
    let span = try settings.integer(
      "span", "The examples that convolutions over time reach over; in the paper all of a task.",
      default: 32, in: 1...65_536)
    return LearnerPlan(needs: .labelledFeatures([.classes])) { parts in
      SNAIL(
        network: parts.network, classCount: parts.outputCount, keys: keys, values: values,
        filters: filters, span: span)
    }
  }
}
