public import MetaTasks
public import Tensors

/// The result of a learner on one task of meta-training.
public struct Objective: Sendable {
  /// The number to descend on.
  public var loss: Tensor
  /// The loss to report, where that is another; nil: the one to descend on.
  public var reportedLoss: Tensor?
  /// What is worth following, by name, such as `accuracy`: scalars, or vectors such as the accuracy
  /// at each position of a sequence.
  public var metrics: [(name: String, value: Tensor)]
  /// New values of leaves that are followed rather than learned, by their names among the
  /// parameters.
  public var updates: Parameters

  /// Makes an objective.
  public init(
    loss: Tensor, reportedLoss: Tensor? = nil, metrics: [(name: String, value: Tensor)] = [],
    updates: Parameters = Parameters()
  ) {
    self.loss = loss
    self.reportedLoss = reportedLoss
    self.metrics = metrics
    self.updates = updates
  }

  /// The loss of predictions on a query set, and the context's metrics of them.
  public init(
    _ prediction: Prediction, on query: Examples, _ context: LearningContext,
    updates: Parameters = Parameters()
  ) {
    self.init(
      loss: MetaLearning.loss(of: prediction, on: query),
      metrics: context.metrics.values(of: prediction, on: query), updates: updates)
  }
}

extension [Metric] {
  /// The values of those metrics that predictions have.
  func values(
    of prediction: Prediction, on examples: Examples
  ) -> [(name: String, value: Tensor)] {
    let one = prediction.averaged()
    return compactMap { metric in metric.value(one, examples).map { (metric.name, $0) } }
  }
}
