public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// Features with a linear head that is solved for on the support set: meta-training goes through
/// the solution.
///
/// Bertinetto, Henriques, Torr and Vedaldi, Meta-learning with differentiable closed-form solvers,
/// 2019, arXiv 1805.08136: R2-D2 (ridge regression, equations 4 to 6) and LR-D2 (logistic
/// regression by Newton's method, section 3.2). Lee, Maji, Ravichandran and Soatto,
/// Meta-learning with differentiable convex optimization, 2019, arXiv 1904.03758: the ridge head of
/// MetaOptNet (section 3.3), which is the same solution with a fixed regularizer.
///
/// logits = α x W + β, with α and β learned. Of two classes the logistic head has one logit, that
/// of the second; of more, one against the rest for each, which the paper leaves open. An outer
/// step costs what one of prototypes does, and a system as large as the support set.
public struct R2D2: OnePassLearner {
  /// How the head is solved for.
  public enum Solver: Hashable, Sendable {
    /// Ridge regression on classes as zeros and ones.
    case ridge
    /// Logistic regression by some steps of Newton's method.
    case logistic(steps: Int)
  }

  /// Maps inputs to features.
  public let network: Network
  /// How the head is solved for.
  public let solver: Solver
  /// The regularizer λ, or where it begins.
  public let regularizer: Double
  /// Whether λ is learned.
  public let learnsRegularizer: Bool
  /// Where the scale α of logits begins.
  public let scale: Double
  /// Whether meta-training normalises queries by their own statistics where layers measure the
  /// support set.
  public let trainsTransductively: Bool

  private static let headName = "head"
  private static let leastRegularizer = 1e-4

  /// Makes a learner on the features of a network.
  public init(
    network: Network, solver: Solver = .ridge, regularizer: Double = 1,
    learnsRegularizer: Bool = true, scale: Double = 1, trainsTransductively: Bool = false
  ) {
    self.network = network
    self.solver = solver
    self.regularizer = regularizer
    self.learnsRegularizer = learnsRegularizer
    self.scale = scale
    self.trainsTransductively = trainsTransductively
  }

  /// The parameters of the network, and `head/` with the scale α, the offset β and λ where it is
  /// learned.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    var parameters = network.initialSubtree(key)
    var head = ParameterValues(["scale": TensorValue(Float(scale)), "offset": TensorValue(0)])
    if learnsRegularizer {
      head.append(.init(name: "regularizer", leaf: TensorValue(Float(regularizer))))
    }
    parameters.append(head, as: R2D2.headName)
    return parameters
  }

  /// The `weights` `[features, outputs]` of the head.
  public func summary(
    of features: Tensor, _ support: Examples, _ parameters: Parameters, _ context: LearningContext
  ) -> Parameters { Parameters(["weights": weights(features, of: support, parameters)]) }

  /// The logits of the head.
  public func answers(
    to features: Tensor, by summary: Parameters, _ parameters: Parameters
  ) -> Prediction {
    let (weights, head) = (summary["weights"], parameters.subtree(R2D2.headName))
    let outputs = matrixProduct(features.rows, weights) * head["scale"] + head["offset"]
    guard weights.shape[1] == 1 else { return Prediction(outputs, .logits) }
    return Prediction(
      .concatenating([.fill(0, shape: outputs.shape), outputs], along: 1), .logits)
  }

  private func weights(
    _ features: Tensor, of support: Examples, _ parameters: Parameters
  ) -> Tensor {
    let rows = features.rows
    let classes = support.targets.oneHot(support.classCount)
    let head = parameters.subtree(R2D2.headName)
    // A learned regularizer may cross zero, where the system has no solution.
    let regularizer =
      head.leaf(named: "regularizer").map { maximum($0, .fill(R2D2.leastRegularizer)) }
      ?? .fill(regularizer)
    switch solver {
    case .ridge:
      return ridgeWeights(
        rows, classes, regularizer: regularizer, exampleWeights: support.weights)
    case .logistic(let steps):
      let first = support.classCount == 2 ? 1 : 0
      let columns = (first..<support.classCount).map { number in
        logisticWeights(
          rows, classes.slice(along: 1, from: number, to: number + 1), regularizer: regularizer,
          exampleWeights: support.weights, steps: steps)
      }
      return Tensor.concatenating(columns, along: 1)
    }
  }
}

extension R2D2 {
  /// The learner with ridge regression as recipes name it.
  public static let entry = LearnerEntry(
    "r2d2", "features, and a ridge regression that is solved for (Bertinetto et al. 2019)"
  ) { (settings) throws(SettingsError) in
    try plan(settings, .ridge, regularizer: 1, learnsRegularizer: true, scale: 1)
  }

  /// The learner with logistic regression as recipes name it.
  public static let logisticEntry = LearnerEntry(
    "lrd2", "features, and a logistic regression that is solved for (Bertinetto et al. 2019)"
  ) { (settings) throws(SettingsError) in
    let steps = try settings.integer(
      "steps", "Steps of Newton's method.", default: 5, in: 1...100)
    return try plan(
      settings, .logistic(steps: steps), regularizer: 1, learnsRegularizer: true, scale: 1)
  }

  /// MetaOptNet's ridge head as recipes name it.
  public static let metaOptNetEntry = LearnerEntry(
    "metaOptNet", "features, and a ridge regression with a fixed regularizer (Lee et al. 2019)"
  ) { (settings) throws(SettingsError) in
    try plan(settings, .ridge, regularizer: 50, learnsRegularizer: false, scale: 7)
  }

  private static func plan(
    _ settings: SettingsSection, _ solver: Solver, regularizer: Double, learnsRegularizer: Bool,
    scale: Double
  ) throws(SettingsError) -> LearnerPlan {
    let regularizer = try settings.number(
      "regularizer",
      learnsRegularizer ? "Where the weight of the head's size begins." : "The weight of its size.",
      default: regularizer, .positive)
    let scale = try settings.number(
      "scale", "Where the scale of logits begins.", default: scale, .positive)
    let trainsTransductively = try settings.trainsTransductively()
    return LearnerPlan(needs: .comparedFeatures) { parts in
      R2D2(
        network: parts.network, solver: solver, regularizer: regularizer,
        learnsRegularizer: learnsRegularizer, scale: scale,
        trainsTransductively: trainsTransductively)
    }
  }
}
