public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// Matching Networks (Vinyals, Blundell, Lillicrap, Kavukcuoglu and Wierstra 2016, arXiv
/// 1606.04080, section 2.1, without full context embeddings): a query has the classes of the
/// support examples, each as much as it is like the query.
///
/// P(k | x) = Σ_i a(x, x_i) [y_i = k], where a is the softmax over the support examples of the
/// cosines of their features, or of minus their squared distances (neighbourhood components;
/// Goldberger et al. 2004). No temperature, as in the paper. An outer step costs what one of
/// prototypes does.
public struct MatchingNetworks: FeatureLearner {
  /// How alike two features are.
  public enum Similarity: String, Codable, Hashable, Sendable, CaseIterable {
    /// The cosine of their angle.
    case cosine
    /// Minus the square of their distance.
    case squaredDistance
  }

  /// Maps inputs to features.
  public let network: Network
  /// How alike two features are.
  public let similarity: Similarity
  /// Whether meta-training normalises queries by their own statistics where layers measure the
  /// support set.
  public let trainsTransductively: Bool

  /// Makes a learner on the features of a network.
  public init(
    network: Network, similarity: Similarity = .cosine, trainsTransductively: Bool = false
  ) {
    self.network = network
    self.similarity = similarity
    self.trainsTransductively = trainsTransductively
  }

  /// The network, and the features `[examples, features]`, classes and weights of the support set.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    var (adapted, features) = measured(support, parameters)
    adapted.append(SupportMemory(features, of: support).leaves, as: SupportMemory.name)
    return adapted
  }

  /// The logarithms of the probabilities.
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

  /// The cross-entropy of the queries' probabilities.
  public func objective(
    _ parameters: Parameters, on episode: Episode, _ context: LearningContext
  ) -> Objective {
    episodeObjective(
      parameters, on: episode, context, trainsTransductively: trainsTransductively
    ) { support, query in logits(query, SupportMemory(support, of: episode.support)) }
  }

  private func logits(_ features: Tensor, _ adapted: Parameters) -> Prediction {
    logits(features, SupportMemory(adapted.subtree(SupportMemory.name)))
  }

  private func logits(_ features: Tensor, _ memory: SupportMemory) -> Prediction {
    Prediction(memory.logProbabilities(similarities(features, memory.features)), .logits)
  }

  /// How alike each query is to each support example: `[queries, examples]`.
  package func similarities(_ queries: Tensor, _ support: Tensor) -> Tensor {
    switch similarity {
    case .cosine:
      let flat = queries.reshaped([queries.shape[0], -1])
      return matrixProduct(
        flat.normalized(along: 1), support.normalized(along: 1), transposingRight: true)
    case .squaredDistance: return squaredDistanceLogits(queries, support)
    }
  }
}

extension MatchingNetworks {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "matching", "the classes of the support examples that are most alike (Vinyals et al. 2016)"
  ) { (settings) throws(SettingsError) in
    let similarity = try settings.choice(
      "similarity", "How alike two features are.", default: Similarity.cosine)
    let trainsTransductively = try settings.trainsTransductively()
    return LearnerPlan(needs: .comparedFeatures) { parts in
      MatchingNetworks(
        network: parts.network, similarity: similarity,
        trainsTransductively: trainsTransductively)
    }
  }
}
