public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// Relation Networks (Sung, Yang, Zhang, Xiang, Torr and Hospedales 2018, arXiv 1711.06025, section
/// 3): a second network says how well a query goes with a class.
///
/// r = σ(g([M_k, f(x)])), where M_k is made of the features of the class's examples; meta-training
/// descends on the squared error of r against 1 for the right class and 0 for others. The logits of
/// a prediction are those of the scores r.
///
/// Where features are maps (`network.features: maps`), g has two blocks of 3x3 convolution and two
/// dense layers as in the paper; else dense layers. Deviations: g normalises each pair by itself
/// (the paper's batch normalization would let a query see the others), and M_k is the mean, not the
/// sum, so that more examples are no other input. A step costs one of prototypes, and g on each
/// pair of a query and a class.
public struct RelationNetworks: OnePassLearner {
  /// Maps inputs to features.
  public let network: Network
  /// Maps the features of a class and of a query, joined along the last axis, to one number.
  public let relation: Network
  /// Whether M_k is the sum of the examples' features, as in the paper, rather than the mean.
  public let sumsExamples: Bool
  /// Whether meta-training normalises queries by their own statistics where layers measure the
  /// support set.
  public let trainsTransductively: Bool

  private static let relationName = "relation"

  /// Makes a learner of two networks.
  public init(
    network: Network, relation: Network, sumsExamples: Bool = false,
    trainsTransductively: Bool = false
  ) {
    self.network = network
    self.relation = relation
    self.sumsExamples = sumsExamples
    self.trainsTransductively = trainsTransductively
  }

  /// The parameters of both networks.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    var parameters = network.initialSubtree(key)
    parameters.append(
      relation.initialParameters(key.folded(RelationNetworks.relationName)),
      as: RelationNetworks.relationName)
    return parameters
  }

  /// What the examples of each class have in common, as `classes` `[classes, ...]`.
  public func summary(
    of features: Tensor, _ support: Examples, _ parameters: Parameters, _ context: LearningContext
  ) -> Parameters {
    let shape = Shape([support.classCount] + network.outputShape.dimensions)
    let means = prototypes(features, of: support)
    let factor = sumsExamples ? Double(features.shape[0]) / Double(support.classCount) : 1
    return Parameters(["classes": (means * factor).reshaped(shape)])
  }

  /// The logits of the scores of each query and class: `[queries, classes]`.
  public func answers(
    to queries: Tensor, by summary: Parameters, _ parameters: Parameters
  ) -> Prediction {
    let classes = summary["classes"]
    let (queryCount, classCount) = (queries.shape[0], classes.shape[0])
    let features = network.outputShape.dimensions
    let all = Shape([queryCount, classCount] + features)
    let pairs = Tensor.concatenating(
      [
        classes.insertingAxis(at: 0).broadcast(to: all),
        queries.insertingAxis(at: 1).broadcast(to: all),
      ], along: -1)
    let flat = pairs.reshaped(Shape([queryCount * classCount]) + relation.inputs[0].shape)
    let values = relation(flat, parameters.subtree(RelationNetworks.relationName))
    return Prediction(values.reshaped([queryCount, classCount]), .logits)
  }

  /// The squared error of the scores of all pairs of a query and a class.
  public func queryLoss(of prediction: Prediction, on query: Examples) -> Tensor {
    meanSquaredError(
      prediction.values.sigmoid(), query.targets.oneHot(query.classCount), weights: query.weights)
  }
}

extension RelationNetworks {
  /// The network that compares features of a shape: convolutions where they are maps.
  package static func relationNetwork(features: Shape, filters: Int, hidden: Int) -> Network {
    let pair = features.replacing(axis: -1, with: 2 * features[-1])
    var layers: [(name: String, layer: any Layer)] = []
    if features.rank == 3 {
      var side = min(features[0], features[1])
      for block in 1...2 {
        layers.append(("block\(block).convolution", Conv2D(filters: filters, bias: false)))
        layers.append(("block\(block).normalization", LayerNorm()))
        layers.append(("block\(block).activation", Activation.relu))
        if side >= 2 {
          layers.append(("block\(block).pool", Pool(.maximum)))
          side /= 2
        }
      }
    }
    layers += [
      ("features", Flatten()), ("hidden", Dense(units: hidden)), ("activation", Activation.relu),
      ("score", Dense(units: 1)),
    ]
    return Network(inputShape: pair, layers: layers)
  }

  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "relation", "a second network that says how well a query goes with a class (Sung et al. 2018)"
  ) { (settings) throws(SettingsError) in
    let filters = try settings.integer(
      "filters", "Filters of the relation network, where features are maps.", default: 64,
      in: 1...1024)
    let hidden = try settings.integer(
      "hidden", "Units of its dense layer.", default: 64, in: 1...8192)
    let sumsExamples = try settings.boolean(
      "sumsExamples", "Whether a class is the sum of its examples rather than the mean.",
      default: false)
    let trainsTransductively = try settings.trainsTransductively()
    return LearnerPlan(needs: .comparedFeatures) { parts in
      RelationNetworks(
        network: parts.network,
        relation: relationNetwork(
          features: parts.network.outputShape, filters: filters, hidden: hidden),
        sumsExamples: sumsExamples, trainsTransductively: trainsTransductively)
    }
  }
}
