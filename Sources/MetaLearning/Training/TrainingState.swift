public import Tensors

/// Everything that the rest of a training depends on: going on from it gives the same bits as never
/// having stopped.
public struct TrainingState: Sendable {
  /// The phase at work, from 0.
  public var phase = 0
  /// Steps of this phase that are done.
  public var phaseStep = 0
  /// Steps of all phases that are done.
  public var step = 0
  /// The learner's parameters and what the phase keeps beside them.
  public var trees: TrainingTrees
  /// The best validation of this phase so far; nil before the first.
  public var best: Best?
  /// The step of the last validation.
  public var validatedStep: Int?
  /// Validations since the best one.
  public var validationsSinceBest = 0
  /// Seconds spent on training, validation included.
  public var seconds = 0.0
  /// Seconds spent on this phase.
  public var phaseSeconds = 0.0

  /// A validation that none before was as good as.
  public struct Best: Sendable {
    /// The parameters that were validated.
    public let parameters: ParameterValues
    /// Their score, of which more is better.
    public let score: Double
    /// Their step.
    public let step: Int

    /// Describes a validation.
    public init(parameters: ParameterValues, score: Double, step: Int) {
      self.parameters = parameters
      self.score = score
      self.step = step
    }
  }

  /// A state of trees, before the first step.
  public init(trees: TrainingTrees) { self.trees = trees }

  /// The learner's parameters as they are now.
  public var parameters: ParameterValues { trees[TreeName.learner] ?? ParameterValues() }

  /// The parameters that the phase leads to: those of the best validation, or else the last.
  public var outcome: ParameterValues { best?.parameters ?? parameters }
}
