public import MetaTasks
import NeuralNetworks
public import Tensors

/// A learner that makes a summary of the features of a support set in one pass (prototypes, weights
/// of a head, a memory) and answers each query from that summary and the query's own features.
public protocol OnePassLearner: FeatureLearner {
  /// Whether meta-training normalises queries by their own statistics where layers measure the
  /// support set.
  var trainsTransductively: Bool { get }

  /// The subtrees of parameters that summaries alone need, and answers do not.
  var subtreesOfSummaries: [String] { get }

  /// What is known after seeing a support set, whose features are `[examples, ...]`.
  func summary(
    of features: Tensor, _ support: Examples, _ parameters: Parameters, _ context: LearningContext
  ) -> Parameters

  /// The predictions for queries of such features `[queries, ...]`, each from its own and the
  /// summary alone.
  func answers(to features: Tensor, by summary: Parameters, _ parameters: Parameters) -> Prediction

  /// The same where queries help each other; nil where the learner has no such mode.
  func collectiveAnswers(
    to features: Tensor, by summary: Parameters, _ parameters: Parameters
  ) -> Prediction?

  /// What meta-training descends on: the loss of the predictions unless a learner has its own.
  func queryLoss(of prediction: Prediction, on query: Examples) -> Tensor
}

/// Names the summary among adapted tensors.
private let summaryName = "summary"

extension OnePassLearner {
  /// No.
  public var trainsTransductively: Bool { false }

  /// None.
  public var subtreesOfSummaries: [String] { [] }

  /// The parameters, and the summary of the support set.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    let (measured, features) = measured(support, parameters)
    var adapted = subtreesOfSummaries.reduce(measured) { $0.removingSubtree($1) }
    adapted.append(summary(of: features, support, parameters, context), as: summaryName)
    return adapted
  }

  /// The answers to queries.
  public func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction {
    answers(
      to: network.inductiveResults(for: inputs, with: adapted), by: adapted.subtree(summaryName),
      adapted)
  }

  /// The same with inputs normalised by themselves or helping each other; nil where neither is so.
  public func transductivePredictions(
    for inputs: Inputs, with adapted: Parameters
  ) -> Prediction? {
    let features =
      network.measuresSupport
      ? network.transductiveResults(for: inputs, with: adapted)
      : network.inductiveResults(for: inputs, with: adapted)
    let summary = adapted.subtree(summaryName)
    return collectiveAnswers(to: features, by: summary, adapted)
      ?? (network.measuresSupport ? answers(to: features, by: summary, adapted) : nil)
  }

  /// No such mode.
  public func collectiveAnswers(
    to features: Tensor, by summary: Parameters, _ parameters: Parameters
  ) -> Prediction? { nil }

  /// The loss of the answers to the queries.
  public func objective(
    _ parameters: Parameters, on episode: Episode, _ context: LearningContext
  ) -> Objective {
    episodeObjective(
      parameters, on: episode, context, trainsTransductively: trainsTransductively,
      loss: queryLoss(of:on:)
    ) { support, query in
      answers(
        to: query, by: summary(of: support, episode.support, parameters, context), parameters)
    }
  }

  /// The loss of the predictions.
  public func queryLoss(of prediction: Prediction, on query: Examples) -> Tensor {
    MetaLearning.loss(of: prediction, on: query)
  }
}
