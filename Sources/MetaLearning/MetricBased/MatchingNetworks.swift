public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// Matching Networks (Vinyals, Blundell, Lillicrap, Kavukcuoglu and Wierstra 2016, arXiv
/// 1606.04080, section 2.1): a query has the classes of the support examples, each as much as it is
/// like the query.
///
/// P(k | x) = Σ_i a(x, x_i) [y_i = k], where a is the softmax over the support examples of the
/// cosines of their features, or of minus their squared distances (neighbourhood components;
/// Goldberger et al. 2004), times `scale`. In the paper it is 1, which leaves a query of 60
/// classes uncertain whatever the features. With full context embeddings features
/// depend on the whole support set (`FullContextEmbedding`). An outer step costs what one of
/// prototypes does, and with full context a step of an LSTM for each support example and way to read.
public struct MatchingNetworks: OnePassLearner {
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
  /// The factor of similarities.
  public let scale: Double
  /// What brings features into the light of the whole support set; nil: each stands for itself.
  private let fullContext: FullContextEmbedding?
  /// Whether meta-training normalises queries by their own statistics where layers measure the
  /// support set.
  public let trainsTransductively: Bool

  /// Makes a learner on the features of a network, with full context embeddings where there are
  /// `contextSteps`, those in which a query looks at the support set.
  public init(
    network: Network, similarity: Similarity = .cosine, scale: Double = 1,
    contextSteps: Int? = nil, trainsTransductively: Bool = false
  ) {
    self.network = network
    self.similarity = similarity
    self.scale = scale
    self.trainsTransductively = trainsTransductively
    fullContext = contextSteps.map {
      FullContextEmbedding(featureCount: network.featureCount, steps: $0)
    }
  }

  /// The parameters of the network, and of the LSTMs of full context embeddings as `context/`.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    var parameters = network.initialSubtree(key)
    if let fullContext {
      let name = FullContextEmbedding.name
      parameters.append(fullContext.initialParameters(key.folded(name)), as: name)
    }
    return parameters
  }

  /// The features `[examples, features]`, classes and weights of the support set.
  public func summary(
    of features: Tensor, _ support: Examples, _ parameters: Parameters, _ context: LearningContext
  ) -> Parameters {
    let own = parameters.subtree(FullContextEmbedding.name)
    let seen = fullContext?.support(features.rows, weights: support.weights, own) ?? features
    return SupportMemory(seen, of: support).leaves
  }

  /// The logarithms of the probabilities.
  public func answers(
    to features: Tensor, by summary: Parameters, _ parameters: Parameters
  ) -> Prediction {
    let memory = SupportMemory(summary)
    let own = parameters.subtree(FullContextEmbedding.name)
    let queries =
      fullContext?.queries(features.rows, among: memory.features, weights: memory.weights, own)
      ?? features
    let similarities = similarities(queries, memory.features) * scale
    return Prediction(memory.logProbabilities(similarities), .logits)
  }

  /// How alike each query is to each support example: `[queries, examples]`.
  package func similarities(_ queries: Tensor, _ support: Tensor) -> Tensor {
    switch similarity {
    case .cosine:
      return matrixProduct(
        queries.rows.normalized(along: 1), support.normalized(along: 1), transposingRight: true)
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
    let scale = try settings.number(
      "scale", "The factor of similarities, 1 in the paper.", default: 1, .positive)
    let hasFullContext = try settings.boolean(
      "fullContext", "Whether features depend on the whole support set, by LSTMs.", default: false)
    let contextSteps = try settings.integer(
      "contextSteps", "Steps in which a query looks at the support set, with full context.",
      default: 3, in: 1...100)
    let trainsTransductively = try settings.trainsTransductively()
    return LearnerPlan(needs: .comparedFeatures) { parts in
      MatchingNetworks(
        network: parts.network, similarity: similarity, scale: scale,
        contextSteps: hasFullContext ? contextSteps : nil,
        trainsTransductively: trainsTransductively)
    }
  }
}
