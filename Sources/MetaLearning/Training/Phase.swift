public import NeuralNetworks

/// A part of a training: a step that is repeated, how fast it goes, and when it ends.
public struct Phase: Sendable {
  /// The step that is repeated.
  public var step: any OuterStep
  /// The rate of the optimizer.
  public var learningRate: Double
  /// How the rate changes.
  public var schedule: Schedule
  /// When the phase ends.
  public var stopRule: StopRule
  /// How the best parameters are found; nil: the last ones are kept.
  public var validation: Validation?

  /// Evaluations during training.
  public struct Validation: Sendable {
    /// Evaluates parameters; the same tasks each time.
    public var evaluation: any TaskEvaluation
    /// Steps from one validation to the next.
    public var every: Int

    /// Makes validations every so many steps.
    public init(evaluation: any TaskEvaluation, every: Int) {
      self.evaluation = evaluation
      self.every = every
    }
  }

  /// Makes a phase.
  public init(
    _ step: any OuterStep, learningRate: Double, schedule: Schedule = .constant,
    stopRule: StopRule, validation: Validation? = nil
  ) {
    self.step = step
    self.learningRate = learningRate
    self.schedule = schedule
    self.stopRule = stopRule
    self.validation = validation
  }
}
