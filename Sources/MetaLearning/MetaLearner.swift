public import MetaTasks
import NeuralNetworks
public import Tensors

/// Examples as symbols.
public typealias Examples = ExampleSet<Tensor>
/// An episode as symbols.
public typealias Episode = EpisodeSet<Tensor>

/// A way of learning from a handful of examples, as pure functions on parameters.
///
/// A learner is written for one task. The meta-step runs it on many tasks side by side and moves
/// the parameters along the gradient of the objective; second derivatives, threads, memory,
/// checkpoints and resume need nothing from it.
public protocol MetaLearner: Sendable {
  /// The parameters to begin meta-training with.
  func initialParameters(_ key: RandomKey) -> ParameterValues

  /// What is known after seeing a support set: fast weights, prototypes, a memory. Everything that
  /// predictions need.
  func adapted(_ parameters: Parameters, to support: Examples, key: SymbolicKey) -> Parameters

  /// Logits `[n, classes]` or predicted numbers `[n, outputs]` for inputs `[n, ...]`; each row is a
  /// function of its own input alone.
  func predictions(for inputs: Tensor, with adapted: Parameters) -> Tensor

  /// Predictions that may look at all inputs together; nil where the learner has no such mode.
  func transductivePredictions(for inputs: Tensor, with adapted: Parameters) -> Tensor?

  /// What meta-training descends on for one task; the mean query loss unless a learner has its own.
  func objective(_ parameters: Parameters, on episode: Episode, key: SymbolicKey) -> Objective
}

/// The result of a learner on one task of meta-training.
public struct Objective: Sendable {
  /// The number to descend on.
  public var loss: Tensor
  /// What is worth following, scalars by name, such as `accuracy`.
  public var metrics: [(name: String, value: Tensor)]
  /// New values of parameters that are followed rather than learned.
  public var statistics: Parameters

  /// Makes an objective.
  public init(
    loss: Tensor, metrics: [(name: String, value: Tensor)] = [],
    statistics: Parameters = Parameters()
  ) {
    self.loss = loss
    self.metrics = metrics
    self.statistics = statistics
  }

  /// The loss and, for classes, the accuracy of predictions on a query set.
  public init(
    predictions: Tensor, on query: Examples, statistics: Parameters = Parameters()
  ) {
    let queryLoss = MetaLearning.loss(of: predictions, on: query)
    let name = query.classCount == nil ? "error" : "accuracy"
    let metric =
      query.classCount == nil
      ? queryLoss : accuracy(predictions, query.targets, weights: query.weights)
    self.init(loss: queryLoss, metrics: [(name, metric)], statistics: statistics)
  }
}

/// The mean loss of predictions: cross-entropy for classes, squared error for numbers.
public func loss(of predictions: Tensor, on examples: Examples) -> Tensor {
  examples.classCount == nil
    ? meanSquaredError(predictions, examples.targets, weights: examples.weights)
    : crossEntropy(predictions, examples.targets, weights: examples.weights)
}

extension MetaLearner {
  /// No transductive mode.
  public func transductivePredictions(for inputs: Tensor, with adapted: Parameters) -> Tensor? {
    nil
  }

  /// The mean loss of the predictions for the query set after adapting to the support set.
  public func objective(
    _ parameters: Parameters, on episode: Episode, key: SymbolicKey
  ) -> Objective {
    let adapted = adapted(parameters, to: episode.support, key: key)
    return Objective(
      predictions: predictions(for: episode.query.inputs, with: adapted), on: episode.query)
  }
}
