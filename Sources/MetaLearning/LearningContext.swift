public import Tensors

/// What a learner is told besides parameters and examples.
public struct LearningContext: Sendable {
  /// What is done.
  public enum Purpose: Hashable, Sendable {
    /// An objective of meta-training is made.
    case training
    /// A trained learner adapts to a task.
    case adapting
  }

  /// What is done.
  public let purpose: Purpose
  /// Where random numbers come from, for each task its own.
  public let key: SymbolicKey
  /// What is worth following of predictions.
  public let metrics: [Metric]
  /// Which of the learner's programs is made (``MetaLearner/variant(at:)``); 0 where it adapts.
  public let variant: Int
  private let scalars: Parameters

  /// Makes a context.
  public init(
    _ purpose: Purpose, key: SymbolicKey, metrics: [Metric] = [], variant: Int = 0,
    scalars: Parameters = Parameters()
  ) {
    self.purpose = purpose
    self.key = key
    self.metrics = metrics
    self.variant = variant
    self.scalars = scalars
  }

  /// One of the learner's numbers of this step (``MetaLearner/scalars(at:)``), a scalar; stops
  /// where there is none, as when a trained learner adapts.
  public func scalar(_ name: String) -> Tensor { scalars[name] }

  /// The first where training, the second where a trained learner adapts.
  public func choose<Value>(training: Value, adapting: Value) -> Value {
    purpose == .training ? training : adapting
  }
}

/// How far a phase of training is.
public struct LearningProgress: Hashable, Sendable {
  /// Steps done.
  public let step: Int
  /// Steps of the phase at most.
  public let iterations: Int

  /// Describes a moment.
  public init(step: Int, of iterations: Int) {
    self.step = step
    self.iterations = iterations
  }

  /// The part that is done, from 0 to 1.
  public var part: Double { min(1, Double(step) / Double(max(1, iterations))) }
}
