public import Files
public import MetaLearning

/// What happens in a run, for whoever watches it.
public enum TrainingEvent: Sendable {
  /// The run goes on from a checkpoint; what was found damaged is named.
  case resumed(step: Int, warnings: [String])
  /// A step was taken.
  case step(MetaTrainer.StepReport, TrainingProgress)
  /// The parameters were validated.
  case validation(MetaTrainer.ValidationReport, TrainingProgress)
  /// A phase ended, and another begins.
  case phaseEnded(phase: Int, StopRule.Reason, TrainingProgress)
  /// The training ended, and evaluation begins.
  case trained(StopRule.Reason, TrainingProgress)
  /// So many test tasks of what is named are done.
  case evaluating(String, done: Int, of: Int)
}

/// How far a training is.
public struct TrainingProgress: Sendable, Hashable {
  /// Steps done.
  public let step: Int
  /// Steps at most.
  public let iterations: Int
  /// Seconds of training, over all runs of it.
  public let seconds: Double
  /// Tasks seen each second, since this process began.
  public let tasksPerSecond: Double
  /// Seconds to go until the last iteration or the time limit.
  public let secondsLeft: Double
}

/// What whoever watches a training wants after an event.
public enum TrainingWish: Sendable {
  /// Go on.
  case goOn
  /// Write a checkpoint and stop; the run can go on later.
  case stop
  /// Write a checkpoint and give the run up: others promise more.
  case prune
}

/// How a run ended.
public enum TrainingOutcome: Sendable {
  /// It came to its end; the figures as `result.json` holds them.
  case finished(JSONValue, RunFigures)
  /// It was stopped after a step, whose checkpoint is written.
  case interrupted(step: Int)
  /// It was given up after a step, whose checkpoint is written.
  case pruned(step: Int)
}

/// A training whose loss is NaN or infinite.
public struct TrainingDivergence: Error, Hashable, Sendable, CustomStringConvertible {
  /// The step that failed.
  public let step: Int
  /// The file of the last good checkpoint; nil where there is none.
  public let checkpoint: String?

  /// One line: what, where, what to do.
  public var description: String {
    let last = checkpoint.map { "the last good checkpoint is \($0); " } ?? ""
    return "the loss or a parameter is NaN or infinite at step \(step); \(last)begin another run "
      + "with a lower training.learningRate, learner.learningRate or training.gradientNormLimit"
  }
}

/// A run that cannot go on as asked, or be compared, because it was begun otherwise.
public struct ResumeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One line: what, where, what to do.
  public let description: String
}
