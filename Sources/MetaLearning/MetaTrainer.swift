public import MetaTasks
public import NeuralNetworks
public import TensorPrograms
import Tensors

/// Meta-training as a sequence of events: sample tasks, take a meta-step, validate from time to time
/// on tasks of validation classes, keep the best, stop.
///
///     let trainer = MetaTrainer(configuration, state: state)
///     while let event = trainer.next() { ... }
///
/// Between events nothing runs, so that a caller can save `state` or stop for good.
public final class MetaTrainer: IteratorProtocol {
  /// What is trained, on what, and how.
  public struct Configuration: Sendable {
    /// The step that is repeated.
    public var metaStep: MetaStep
    /// The tasks to learn from.
    public var tasks: any TaskDistribution
    /// What they look like; ways and shots may vary from step to step.
    public var episodes: EpisodeShapeRange
    /// Tasks in each meta-step.
    public var tasksPerStep: Int
    /// The rate of the optimizer.
    public var learningRate: Double
    /// How the rate changes.
    public var schedule: Schedule
    /// When to end.
    public var stopRule: StopRule
    /// Decides every task.
    public var seed: UInt64
    /// How the best parameters are found; nil: the last ones are kept.
    public var validation: Validation?
    /// Threads and kernels; results do not depend on them.
    public var execution: Runner.Configuration

    /// Makes a configuration.
    public init(
      metaStep: MetaStep, tasks: any TaskDistribution, episodes: EpisodeShapeRange,
      tasksPerStep: Int, learningRate: Double, schedule: Schedule = .constant, stopRule: StopRule,
      seed: UInt64, validation: Validation?, execution: Runner.Configuration = .init()
    ) {
      self.metaStep = metaStep
      self.tasks = tasks
      self.episodes = episodes
      self.tasksPerStep = tasksPerStep
      self.learningRate = learningRate
      self.schedule = schedule
      self.stopRule = stopRule
      self.seed = seed
      self.validation = validation
      self.execution = execution
    }
  }

  /// Evaluations during training.
  public struct Validation: Sendable {
    /// Evaluates parameters; the same tasks each time.
    public var evaluation: Evaluation
    /// Steps from one validation to the next.
    public var every: Int

    /// Makes validations every so many steps.
    public init(evaluation: Evaluation, every: Int) {
      self.evaluation = evaluation
      self.every = every
    }
  }

  /// What happens in a training.
  public enum Event: Sendable {
    /// A meta-step was taken.
    case step(StepReport)
    /// The parameters were validated.
    case validation(ValidationReport)
    /// The training ended.
    case finished(StopRule.Reason)
    /// The loss is no number any more; the state is that before the step, which is named.
    case diverged(step: Int)
  }

  /// One meta-step in numbers.
  public struct StepReport: Sendable {
    /// The number of the step, from 1.
    public let step: Int
    /// The mean loss over tasks.
    public let loss: Double
    /// The norm of the meta-gradient before clipping.
    public let gradientNorm: Double
    /// The learning rate.
    public let learningRate: Double
    /// The mean of each metric over tasks.
    public let metrics: [(name: String, value: Double)]
  }

  /// One validation in numbers.
  public struct ValidationReport: Sendable {
    /// Steps done.
    public let step: Int
    /// The figures.
    public let result: EvaluationResult
    /// Whether no validation before was as good.
    public let isBest: Bool
  }

  /// What is trained, on what, and how.
  public let configuration: Configuration
  private var current: TrainingState
  private let runner: Runner
  private let persistent: PersistentValues
  private var hasEnded = false
  private var tasksAhead: TasksAhead?
  private let clock = ContinuousClock()

  /// Goes on from a state.
  public init(_ configuration: Configuration, state: TrainingState) {
    self.configuration = configuration
    current = state
    runner = Runner(configuration.execution)
    persistent = PersistentValues([
      ("parameters", state.parameters), ("state", state.optimizerState),
    ])
  }

  /// The state before the first step of a training.
  public static func initialState(_ configuration: Configuration) -> TrainingState {
    let key = RandomKey(seed: configuration.seed).folded("initial parameters")
    let parameters = configuration.metaStep.learner.initialParameters(key)
    return TrainingState(
      parameters: parameters,
      optimizerState: configuration.metaStep.optimizer.initialState(for: parameters))
  }

  /// Everything that the rest of the training depends on.
  public var state: TrainingState {
    var state = current
    state.parameters = persistent.values(like: current.parameters, prefix: "parameters")
    state.optimizerState = persistent.values(like: current.optimizerState, prefix: "state")
    return state
  }

  /// Meta-steps done.
  public var stepsDone: Int { current.step }
  /// Seconds spent on training, validation included.
  public var secondsSpent: Double { current.seconds }

  /// Whether the next event is a validation.
  public var isValidationDue: Bool { dueValidation != nil }

  private var dueValidation: Validation? {
    guard let validation = configuration.validation, current.step > 0,
      current.step % validation.every == 0, current.validatedStep != current.step
    else { return nil }
    return validation
  }

  /// Does the next piece of work and tells what happened; nil when the training has ended.
  public func next() -> Event? {
    if hasEnded { return nil }
    if let validation = dueValidation { return validate(validation) }
    if let reason = configuration.stopRule.reason(current) {
      hasEnded = true
      return .finished(reason)
    }
    return step()
  }

  private func step() -> Event {
    let start = clock.now
    let batch = nextTasks()
    let execution = prepare(batch)
    let rate = configuration.schedule.learningRate(
      configuration.learningRate, step: current.step, of: configuration.stopRule.iterations)
    execution.set(batch)
    execution.set("learningRate", TensorValue(Float(rate)))
    execution.compute()
    let report = StepReport(
      step: current.step + 1, loss: Double(execution.value("loss").scalar),
      gradientNorm: Double(execution.value("gradientNorm").scalar), learningRate: rate,
      metrics: execution.metricMeans)
    guard report.loss.isFinite, report.gradientNorm.isFinite else {
      hasEnded = true
      return .diverged(step: report.step)
    }
    execution.carry()
    current.step += 1
    current.seconds += seconds(since: start)
    return .step(report)
  }

  /// The tasks of the step at hand; those of the one after it begin to be made.
  private func nextTasks() -> TaskBatch {
    let batch =
      (tasksAhead?.step == current.step ? tasksAhead?.take() : nil)
      ?? configuration.tasks(ofStep: current.step)
    let next = current.step + 1
    tasksAhead =
      next == configuration.stopRule.iterations
      ? nil : TasksAhead(step: next) { [configuration] in configuration.tasks(ofStep: $0) }
    return batch
  }

  /// The program for tasks like those of a batch.
  private func prepare(_ batch: TaskBatch) -> Execution {
    runner.execution(for: batch.form, persistent: persistent) {
      configuration.metaStep.program(
        parameters: current.parameters, state: current.optimizerState, like: batch)
    }
  }

  private func validate(_ validation: Validation) -> Event {
    let start = clock.now
    let parameters = state.parameters
    let result = validation.evaluation.result(of: parameters)
    let score = result.score
    let isBest = score > current.bestScore ?? -.infinity
    if isBest {
      current.bestScore = score
      current.bestStep = current.step
      current.bestParameters = parameters
      current.validationsSinceBest = 0
    } else {
      current.validationsSinceBest += 1
    }
    current.validatedStep = current.step
    current.seconds += seconds(since: start)
    return .validation(ValidationReport(step: current.step, result: result, isBest: isBest))
  }

  private func seconds(since start: ContinuousClock.Instant) -> Double {
    (clock.now - start) / .seconds(1)
  }
}

extension MetaTrainer.Configuration {
  /// The tasks of a step: a function of seed and step alone.
  fileprivate func tasks(ofStep step: Int) -> TaskBatch {
    let key = RandomKey(seed: seed).folded("shapes").folded(step)
    let keys = TaskBatch.trainingKeys(seed: seed, step: step, count: tasksPerStep)
    return TaskBatch(from: tasks, episodes.shape(key: key), keys: keys)
  }
}

extension Execution {
  /// The means over tasks of the outputs named `metric.`.
  fileprivate var metricMeans: [(name: String, value: Double)] {
    outputNames.filter { $0.hasPrefix("metric.") }.map { name in
      let values = value(name).floats
      let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
      return (String(name.dropFirst("metric.".count)), mean)
    }
  }
}
