public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// Prototypical Networks (Snell, Swersky and Zemel 2017, Algorithm 1): a class is the mean of its
/// examples' features, and a query belongs to the nearest one by squared Euclidean distance.
public struct PrototypicalNetworks: FeatureLearner {
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

  /// The network and the prototype of each class; how many examples it is the mean of, where
  /// queries may move it.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    var (adapted, features) = measured(support, parameters)
    adapted.append(.init(name: "prototypes", leaf: prototypes(features, of: support)))
    if transduction.method == .softKMeans {
      adapted.append(.init(name: "counts", leaf: classWeights(of: support)))
    }
    return adapted
  }

  /// Minus the squared distances to the prototypes.
  public func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction {
    let features = network.inductiveResults(for: inputs, with: adapted)
    return Prediction(squaredDistanceLogits(features, adapted["prototypes"]), .logits)
  }

  /// The same with inputs normalised by themselves, or classed with each other's help; nil where
  /// neither is so.
  public func transductivePredictions(
    for inputs: Inputs, with adapted: Parameters
  ) -> Prediction? {
    guard network.measuresSupport || transduction.method != .none else { return nil }
    let features =
      network.measuresSupport
      ? network.transductiveResults(for: inputs, with: adapted)
      : network.inductiveResults(for: inputs, with: adapted)
    let prototypes = adapted["prototypes"]
    let counts =
      transduction.method == .softKMeans
      ? adapted["counts"] : Tensor.fill(1, shape: [prototypes.shape[0]])
    let flat = features.reshaped([features.shape[0], -1])
    return Prediction(transduction.logits(flat, prototypes, counts: counts), .logits)
  }

  /// The cross-entropy of the queries' distances to the prototypes.
  public func objective(
    _ parameters: Parameters, on episode: Episode, _ context: LearningContext
  ) -> Objective {
    episodeObjective(
      parameters, on: episode, context, trainsTransductively: trainsTransductively
    ) { support, query in
      Prediction(
        squaredDistanceLogits(query, prototypes(support, of: episode.support)), .logits)
    }
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
