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

  /// Makes a learner on the features of a network.
  public init(network: Network, trainsTransductively: Bool = false) {
    self.network = network
    self.trainsTransductively = trainsTransductively
  }

  /// The network and the prototype of each class.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    var (adapted, features) = measured(support, parameters)
    adapted.append(.init(name: "prototypes", leaf: prototypes(features, of: support)))
    return adapted
  }

  /// Minus the squared distances to the prototypes.
  public func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction {
    logits(network.inductiveResults(for: inputs, with: adapted), adapted)
  }

  /// The same with inputs normalised by themselves; nil where no layer measures the support set.
  public func transductivePredictions(
    for inputs: Inputs, with adapted: Parameters
  ) -> Prediction? {
    guard network.measuresSupport else { return nil }
    return logits(network.transductiveResults(for: inputs, with: adapted), adapted)
  }

  private func logits(_ features: Tensor, _ adapted: Parameters) -> Prediction {
    Prediction(squaredDistanceLogits(features, adapted["prototypes"]), .logits)
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
    return LearnerPlan(needs: .comparedFeatures) {
      PrototypicalNetworks(network: $0.network, trainsTransductively: trainsTransductively)
    }
  }
}
