public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// The classes of the few support examples whose features are nearest, each as much as it is near.
///
/// Meta-training descends on the probability of the right class when *all* support examples are
/// asked (neighbourhood components; Goldberger, Roweis, Hinton and Salakhutdinov 2004), since who
/// is among the nearest has no derivative. A trained learner asks the `count` nearest:
/// P(k | x) = Σ_i exp(-d_i) [y_i = k] / Σ_i exp(-d_i) over these, with d the squared distance.
public struct NearestNeighbours: OnePassLearner {
  /// Maps inputs to features.
  public let network: Network
  /// How many are asked; where there are fewer, all are.
  public let count: Int

  /// Makes a learner on the features of a network.
  public init(network: Network, count: Int = 1) {
    self.network = network
    self.count = count
  }

  /// The features, classes and weights of the support set.
  public func summary(
    of features: Tensor, _ support: Examples, _ parameters: Parameters, _ context: LearningContext
  ) -> Parameters { SupportMemory(features, of: support).leaves }

  /// The logarithms of the probabilities that the nearest give.
  public func answers(
    to features: Tensor, by summary: Parameters, _ parameters: Parameters
  ) -> Prediction {
    let memory = SupportMemory(summary)
    let similarities = squaredDistanceLogits(features, memory.features)
    return Prediction(memory.logProbabilities(ofNearest: count, similarities), .logits)
  }

  /// The cross-entropy of the queries' probabilities when all are asked.
  public func objective(
    _ parameters: Parameters, on episode: Episode, _ context: LearningContext
  ) -> Objective {
    episodeObjective(parameters, on: episode, context, trainsTransductively: false) {
      support, query in
      let memory = SupportMemory(support, of: episode.support)
      return Prediction(
        memory.logProbabilities(squaredDistanceLogits(query, memory.features)), .logits)
    }
  }
}

extension NearestNeighbours {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "nearestNeighbours", "the classes of the nearest support examples (Goldberger et al. 2004)"
  ) { (settings) throws(SettingsError) in
    let count = try settings.integer(
      "count", "How many of the nearest are asked.", default: 1, in: 1...1000)
    return LearnerPlan(needs: .comparedFeatures) { parts in
      NearestNeighbours(network: parts.network, count: count)
    }
  }
}

/// A control: the classes of the nearest support examples by their raw inputs.
public struct RawNearestNeighbours: MetaLearner {
  /// How many are asked.
  public let count: Int

  /// Makes the control.
  public init(count: Int = 1) { self.count = count }

  /// No parameters.
  public func initialParameters(_ key: RandomKey) -> ParameterValues { ParameterValues() }

  /// The inputs, classes and weights of the support set.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters { SupportMemory(support.inputs.only, of: support).leaves }

  /// The logarithms of the probabilities that the nearest give.
  public func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction {
    let memory = SupportMemory(adapted)
    let similarities = squaredDistanceLogits(inputs.only, memory.features)
    return Prediction(memory.logProbabilities(ofNearest: count, similarities), .logits)
  }
}

extension RawNearestNeighbours {
  /// The control as evaluations name it.
  public static let entry = ControlEntry("nearestNeighbour", "nearest neighbour, raw") { parts in
    parts.signature.isOfRawNumbers ? RawNearestNeighbours() : nil
  }
}
