import MetaTasks
public import NeuralNetworks
public import Tensors

/// A learner on the features of a network, which can be learned from all classes at once.
public protocol FeatureLearner: MetaLearner {
  /// Maps inputs to features, by the parameters `network/` of the learner.
  var network: Network { get }
}

extension FeatureLearner {
  /// The parameters of the network.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    network.initialSubtree(key)
  }

  /// The parameters with what layers measure of the support set, and its features under them.
  func measured(
    _ support: Examples, _ parameters: Parameters
  ) -> (adapted: Parameters, features: Tensor) {
    let adapted = network.withStatistics(of: support, parameters)
    return (adapted, network.inductiveResults(for: support.inputs, with: adapted))
  }

  /// The objective of a learner whose predictions are a function of the features of support and
  /// query alone.
  ///
  /// Where no layer measures the support set, both go through the network as one batch, whose
  /// statistics running ones follow. Else queries are normalised by the support set, or by
  /// themselves where the learner `trainsTransductively`.
  func episodeObjective(
    _ parameters: Parameters, on episode: Episode, _ context: LearningContext,
    trainsTransductively: Bool,
    loss: (Prediction, Examples) -> Tensor = { MetaLearning.loss(of: $0, on: $1) },
    _ predictions: (_ support: Tensor, _ query: Tensor) -> Prediction
  ) -> Objective {
    guard !network.measuresSupport else {
      let (adapted, support) = measured(episode.support, parameters)
      let inputs = episode.query.inputs
      let query =
        trainsTransductively
        ? network.transductiveResults(for: inputs, with: adapted)
        : network.inductiveResults(for: inputs, with: adapted)
      let prediction = predictions(support, query)
      return Objective(
        loss: loss(prediction, episode.query),
        metrics: context.metrics.values(of: prediction, on: episode.query))
    }
    let (features, updates) = batchFeatures(
      of: .joining(episode.support, episode.query), parameters, context)
    let count = episode.support.targets.shape[0]
    let prediction = predictions(
      features.slice(along: 0, from: 0, to: count),
      features.slice(along: 0, from: count, to: features.shape[0]))
    return Objective(
      loss: loss(prediction, episode.query),
      metrics: context.metrics.values(of: prediction, on: episode.query),
      updates: updates)
  }

  /// The features of examples that go through the network as one batch of meta-training, and what
  /// running statistics become by it.
  func batchFeatures(
    of examples: Examples, _ parameters: Parameters, _ context: LearningContext
  ) -> (features: Tensor, updates: Parameters) {
    var pass = NetworkContext(exampleWeights: examples.weights, key: context.key)
    let features = network(examples.inputs, parameters, &pass)
    return (features, Parameters(pass.updatedStatistics, as: Network.parametersName))
  }
}

extension Network {
  /// How many features there are of an example.
  var featureCount: Int { outputShape.elementCount }
}

extension Tensor {
  /// The features of each example in one row: `[n, features]`.
  var rows: Tensor { reshaped([shape[0], -1]) }
}

extension LearnerNeeds {
  /// What learners of classes need that compare features, of which each query has its own.
  static var comparedFeatures: LearnerNeeds {
    LearnerNeeds(
      .features, targets: [.classes],
      network: NetworkNeeds(
        defaultNormalization: .running,
        refusing: [
          .supportAndQuery: "with a learner whose classes would differ from query to query"
        ]))
  }
}
