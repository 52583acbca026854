public import Files
public import MetaLearning

/// What happens in a run, for whoever watches it.
public enum TrainingEvent: Sendable {
  /// The run goes on from a checkpoint; what was found damaged is named.
  case resumed(step: Int, warnings: [String])
  /// A meta-step was taken.
  case step(MetaTrainer.StepReport, TrainingProgress)
  /// The parameters were validated.
  case validation(MetaTrainer.ValidationReport, TrainingProgress)
  /// The training ended, and evaluation begins.
  case trained(StopRule.Reason, TrainingProgress)
  /// So many test tasks of what is named are done.
  case evaluating(String, done: Int, of: Int)
}

/// How far a training is.
public struct TrainingProgress: Sendable, Hashable {
  /// Meta-steps done.
  public let step: Int
  /// Meta-steps at most.
  public let iterations: Int
  /// Seconds of training, over all runs of it.
  public let seconds: Double
  /// Tasks seen each second, since this process began.
  public let tasksPerSecond: Double
  /// Seconds to go until the last iteration or the time limit.
  public let secondsLeft: Double
}

/// How a run ended.
public enum TrainingOutcome: Sendable {
  /// It came to its end; the figures as `result.json` holds them.
  case finished(JSONValue, RunFigures)
  /// It was stopped after a step, whose checkpoint is written.
  case interrupted(step: Int)
}

/// A training whose loss is no number any more.
public struct TrainingDivergence: Error, Hashable, Sendable, CustomStringConvertible {
  /// The step that failed.
  public let step: Int
  /// The file of the last good checkpoint; nil where there is none.
  public let checkpoint: String?

  /// One line: what, where, what to do.
  public var description: String {
    let last = checkpoint.map { "the last good checkpoint is \($0); " } ?? ""
    return "loss or parameters are no numbers any more at step \(step); \(last)lower "
      + "training.learningRate, learner.learningRate or training.gradientNormLimit"
  }
}

/// A run that cannot go on as asked, or be compared, because it was begun otherwise.
public struct ResumeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One line: what, where, what to do.
  public let description: String
}
