public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// Prototypical Networks (Snell, Swersky and Zemel 2017, Algorithm 1): a class is the mean of its
/// examples' features, and a query belongs to the nearest one by squared Euclidean distance.
public struct PrototypicalNetworks: OnePassLearner {
  /// Maps inputs to features.
  public let network: Network
  /// Whether meta-training normalises queries by their own statistics where layers measure the
  /// support set.
  public let trainsTransductively: Bool
  /// What queries do for each other in transductive predictions.
  public let transduction: Transduction

  /// Makes a learner on the features of a network.
  public init(
    network: Network, trainsTransductively: Bool = false, transduction: Transduction = .none
  ) {
    self.network = network
    self.trainsTransductively = trainsTransductively
    self.transduction = transduction
  }

  /// The prototype of each class, and of how many examples it is the mean, where queries may move
  /// it.
  public func summary(
    of features: Tensor, _ support: Examples, _ parameters: Parameters, _ context: LearningContext
  ) -> Parameters {
    var summary = Parameters(["prototypes": prototypes(features, of: support)])
    if transduction.method == .softKMeans {
      summary.append(.init(name: "counts", leaf: classWeights(of: support)))
    }
    return summary
  }

  /// Minus the squared distances to the prototypes.
  public func answers(
    to features: Tensor, by summary: Parameters, _ parameters: Parameters
  ) -> Prediction {
    Prediction(squaredDistanceLogits(features, summary["prototypes"]), .logits)
  }

  /// The same where queries move the prototypes, or ask their neighbours.
  public func collectiveAnswers(
    to features: Tensor, by summary: Parameters, _ parameters: Parameters
  ) -> Prediction? {
    guard transduction.method != .none else { return nil }
    let prototypes = summary["prototypes"]
    let counts =
      summary.leaf(named: "counts") ?? Tensor.fill(1, shape: [prototypes.shape[0]])
    return Prediction(transduction.logits(features.rows, prototypes, counts: counts), .logits)
  }
}

extension PrototypicalNetworks {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "protonet", "the nearest mean of each class's features (Snell et al. 2017)"
  ) { (settings) throws(SettingsError) in
    let trainsTransductively = try settings.trainsTransductively()
    let transduction = try settings.transduction()
    return LearnerPlan(needs: .comparedFeatures) {
      PrototypicalNetworks(
        network: $0.network, trainsTransductively: trainsTransductively,
        transduction: transduction)
    }
  }
}
