import NeuralNetworks
public import TensorPrograms
public import Tensors

/// Meta-training as a sequence of events: take steps, validate from time to time on tasks of
/// validation classes, keep the best, go on to the next phase, stop.
///
///     let trainer = MetaTrainer(configuration, state: state, runner: runner)
///     while let event = trainer.next() { ... }
///
/// Between events nothing runs, so that a caller can save `state` or stop for good.
public final class MetaTrainer: IteratorProtocol {
  /// What is trained, and how.
  public struct Configuration: Sendable {
    /// The learner.
    public var learner: any MetaLearner
    /// The parts of the training, in order; each begins where the one before led.
    public var phases: [Phase]
    /// Decides the first parameters and every task.
    public var seed: UInt64

    /// Makes a configuration; stops where there is no phase.
    public init(learner: any MetaLearner, phases: [Phase], seed: UInt64) {
      guard !phases.isEmpty else { fatalError("A training needs at least one phase.") }
      self.learner = learner
      self.phases = phases
      self.seed = seed
    }
  }

  /// What happens in a training.
  public enum Event: Sendable {
    /// A step was taken.
    case step(StepReport)
    /// The parameters were validated.
    case validation(ValidationReport)
    /// A phase ended, and another follows.
    case phaseEnded(phase: Int, StopRule.Reason)
    /// The training ended.
    case finished(StopRule.Reason)
    /// The loss is NaN or infinite; the state is that before the step, which is named.
    case diverged(step: Int)
  }

  /// One step in numbers.
  public struct StepReport: Sendable {
    /// The number of the step over all phases, from 1.
    public let step: Int
    /// The phase, from 0.
    public let phase: Int
    /// What the step was like.
    public let figures: OuterFigures
    /// The learning rate.
    public let learningRate: Double
  }

  /// One validation in numbers.
  public struct ValidationReport: Sendable {
    /// Steps done.
    public let step: Int
    /// The figures.
    public let result: EvaluationResult
    /// Whether no validation of the phase before was as good.
    public let isBest: Bool
  }

  /// What is trained, and how.
  public let configuration: Configuration
  private let runner: Runner
  private var current: TrainingState
  private var run: any OuterStepRun
  private var hasEnded = false
  private let clock = ContinuousClock()

  /// Goes on from a state.
  public init(_ configuration: Configuration, state: TrainingState, runner: Runner) {
    self.configuration = configuration
    self.runner = runner
    current = state
    run = configuration.start(state, runner)
  }

  /// The state before the first step of a training.
  public static func initialState(_ configuration: Configuration) -> TrainingState {
    let key = RandomKey(seed: configuration.seed).folded("initial parameters")
    return TrainingState(
      trees: configuration.trees(of: 0, from: configuration.learner.initialParameters(key)))
  }

  /// Everything that the rest of the training depends on.
  public var state: TrainingState {
    var state = current
    state.trees = run.trees
    return state
  }

  /// Steps of all phases that are done.
  public var stepsDone: Int { current.step }
  /// Steps of the phase at work that are done.
  public var phaseStepsDone: Int { current.phaseStep }
  /// The phase at work, from 0.
  public var phase: Int { current.phase }
  /// Seconds spent on training, validation included, and of these on the phase at work.
  public var secondsSpent: (total: Double, phase: Double) {
    (current.seconds, current.phaseSeconds)
  }

  /// Whether the next event is a validation.
  public var isValidationDue: Bool { dueValidation != nil }

  private var phaseAtWork: Phase { configuration.phases[current.phase] }

  private var dueValidation: Phase.Validation? {
    guard let validation = phaseAtWork.validation, current.phaseStep > 0,
      current.phaseStep % validation.every == 0, current.validatedStep != current.step
    else { return nil }
    return validation
  }

  /// Does the next piece of work and tells what happened; nil when the training has ended.
  public func next() -> Event? {
    if hasEnded { return nil }
    if let validation = dueValidation { return validate(validation) }
    guard let reason = phaseAtWork.stopRule.reason(current) else { return step() }
    guard current.phase + 1 < configuration.phases.count else {
      hasEnded = true
      return .finished(reason)
    }
    let ended = current.phase
    beginNextPhase()
    return .phaseEnded(phase: ended, reason)
  }

  private func beginNextPhase() {
    let parameters = state.outcome
    var next = TrainingState(
      trees: configuration.trees(of: current.phase + 1, from: parameters))
    next.phase = current.phase + 1
    next.step = current.step
    next.validatedStep = current.validatedStep
    next.seconds = current.seconds
    current = next
    run = configuration.start(next, runner)
  }

  private func step() -> Event {
    let start = clock.now
    let phase = phaseAtWork
    let progress = LearningProgress(step: current.phaseStep, of: phase.stopRule.iterations)
    let rate = phase.schedule.learningRate(
      phase.learningRate, step: progress.step, of: progress.iterations)
    let figures = run.compute(OuterMoment(progress, learningRate: rate))
    guard figures.isFinite else {
      hasEnded = true
      return .diverged(step: current.step + 1)
    }
    run.accept()
    current.step += 1
    current.phaseStep += 1
    spend(since: start)
    return .step(
      StepReport(
        step: current.step, phase: current.phase, figures: figures, learningRate: rate))
  }

  private func validate(_ validation: Phase.Validation) -> Event {
    let start = clock.now
    let parameters = run.trees[TreeName.learner] ?? ParameterValues()
    let result = validation.evaluation.result(of: parameters, runner)
    let isBest = result.score > current.best?.score ?? -.infinity
    if isBest {
      current.best = .init(parameters: parameters, score: result.score, step: current.step)
      current.validationsSinceBest = 0
    } else {
      current.validationsSinceBest += 1
    }
    current.validatedStep = current.step
    spend(since: start)
    return .validation(ValidationReport(step: current.step, result: result, isBest: isBest))
  }

  private func spend(since start: ContinuousClock.Instant) {
    let seconds = (clock.now - start) / .seconds(1)
    current.seconds += seconds
    current.phaseSeconds += seconds
  }
}

extension MetaTrainer.Configuration {
  /// What a phase draws its tasks from: its own for each.
  private func key(ofPhase phase: Int) -> RandomKey {
    let key = RandomKey(seed: seed)
    return phase == 0 ? key : key.folded("phase").folded(phase)
  }

  /// The trees that a phase begins with.
  public func trees(of phase: Int, from parameters: ParameterValues) -> TrainingTrees {
    phases[phase].step.initialTrees(for: parameters, key: key(ofPhase: phase).folded("trees"))
      .merging([TreeName.learner: parameters]) { _, learner in learner }
  }

  fileprivate func start(_ state: TrainingState, _ runner: Runner) -> any OuterStepRun {
    phases[state.phase].step.start(state.trees, key: key(ofPhase: state.phase), runner: runner)
  }
}
