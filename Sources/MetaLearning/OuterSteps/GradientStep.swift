public import MetaTasks
public import Settings
public import TensorPrograms
public import Tensors

/// One step of meta-training on episodes as a program: the objective of each task in a lane of its
/// own, the mean over lanes, its gradient, the optimizer's step.
///
/// The only place where a learner's lanes are crossed: learners see values of their own task alone.
public struct GradientStep: OuterStep {
  /// The kind of the step in recipes.
  public static let name = "episodes"

  /// The learner.
  public let learner: any MetaLearner
  /// The tasks to learn from.
  public let tasks: any TaskDistribution
  /// What they look like; ways and shots may vary from step to step.
  public let episodes: EpisodeShapeRange
  /// Tasks in each step.
  public let tasksPerStep: Int
  /// How the loss moves the parameters.
  public let update: ParameterUpdate
  /// What is followed.
  public let metrics: [Metric]

  /// Makes a step.
  public init(
    learner: any MetaLearner, tasks: any TaskDistribution, episodes: EpisodeShapeRange,
    tasksPerStep: Int, update: ParameterUpdate, metrics: [Metric]
  ) {
    self.learner = learner
    self.tasks = tasks
    self.episodes = episodes
    self.tasksPerStep = tasksPerStep
    self.update = update
    self.metrics = metrics
  }

  /// The optimizer's state.
  public func initialTrees(for parameters: ParameterValues, key: RandomKey) -> TrainingTrees {
    [TreeName.optimizer: update.initialState(for: parameters)]
  }

  /// Takes steps on tasks that the key names.
  public func start(
    _ trees: TrainingTrees, key: RandomKey, runner: Runner
  ) -> any OuterStepRun {
    GradientStepRun(self, trees, key: key, runner: runner)
  }

  /// The tasks of a step: a function of the phase's key and the progress alone.
  func batch(at progress: LearningProgress, key: RandomKey) -> TaskBatch {
    TaskBatch(
      trainingStep: progress.step, at: progress.part, from: tasks, episodes, count: tasksPerStep,
      key: key)
  }
}

extension GradientStep {
  /// The mean objective over tasks like those of a batch, for a learner's shared parameters.
  package func goal(
    _ parameters: Parameters, like batch: TaskBatch, at progress: LearningProgress
  ) -> ParameterUpdate.Goal {
    let inputs = BatchInputs(like: batch)
    let context = LearningContext(
      .training, key: inputs.key, metrics: metrics, variant: learner.variant(at: progress),
      scalars: scalars(at: progress).perLane())
    let objective = learner.objective(parameters.perLane(), on: inputs.episode, context)
    func mean(_ tensor: Tensor) -> Tensor { sumOverLanes(tensor) / Double(batch.laneCount) }
    return ParameterUpdate.Goal(
      loss: mean(objective.loss), reportedLoss: objective.reportedLoss.map(mean),
      metrics: objective.metrics, updates: objective.updates.map(mean))
  }

  /// The inputs that stand for the learner's numbers of a step.
  private func scalars(at progress: LearningProgress) -> Parameters {
    Parameters(
      learner.scalars(at: progress).map { scalar in
        .init(name: scalar.name, leaf: .input("scalar.\(scalar.name)", shape: .scalar))
      })
  }

  /// The program of a step on tasks like those of a batch, from trees of a training.
  public func program(
    from trees: TrainingTrees, like batch: TaskBatch,
    at progress: LearningProgress = LearningProgress(step: 0, of: 1),
    options: Program.Options = .init()
  ) -> Program {
    let state = ParameterUpdate.State(like: trees)
    return update.program(
      down: goal(state.parameters, like: batch, at: progress), from: state,
      laneCount: batch.laneCount,
      declaring: BatchInputs(like: batch).all + scalars(at: progress).leaves, options: options)
  }

  /// The program of the objective of each task alone, without gradient or step: `loss` and the
  /// metrics of each task.
  public func objectiveProgram(
    parameters: ParameterValues, like batch: TaskBatch
  ) -> Program {
    let inputs = BatchInputs(like: batch)
    let shared = Parameters.inputs(like: parameters, prefix: TreeName.learner)
    let context = LearningContext(.training, key: inputs.key, metrics: metrics)
    let objective = learner.objective(shared.perLane(), on: inputs.episode, context)
    return Program(
      [(name: "loss", tensor: objective.loss.seenPerLane)]
        + objective.metrics.map { (name: "metric.\($0.name)", tensor: $0.value.seenPerLane) },
      laneCount: batch.laneCount, declaring: inputs.all + shared.leaves)
  }
}

/// Steps on episodes as they are taken: while one runs, the tasks of the next are made.
final class GradientStepRun: OuterStepRun {
  private let step: GradientStep
  private let key: RandomKey
  private let runner: Runner
  private let initial: TrainingTrees
  private let state: PersistentValues
  private let owner = ProgramOwner()
  private var tasksAhead: TasksAhead?
  private var computed: Execution?

  init(_ step: GradientStep, _ trees: TrainingTrees, key: RandomKey, runner: Runner) {
    self.step = step
    self.key = key
    self.runner = runner
    initial = trees
    state = PersistentValues(trees: trees)
  }

  var trees: TrainingTrees { state.trees(like: initial) }

  func compute(_ moment: OuterMoment) -> OuterFigures {
    let batch = tasks(moment.progress)
    let learner = step.learner
    let variant = learner.variant(at: moment.progress)
    let key = ProgramKey(owner: owner, "step \(variant)", batch.form, lanes: batch.laneCount)
    let execution = runner.execution(for: key, persistent: state) {
      step.program(from: initial, like: batch, at: moment.progress)
    }
    execution.set(batch)
    execution.set("learningRate", TensorValue(Float(moment.learningRate)))
    for scalar in learner.scalars(at: moment.progress) {
      execution.set("scalar.\(scalar.name)", TensorValue(Float(scalar.value)))
    }
    execution.compute()
    computed = execution
    return execution.figures()
  }

  func accept() { computed?.carry() }

  /// The tasks of the step at hand; those of the one after it begin to be made.
  private func tasks(_ progress: LearningProgress) -> TaskBatch {
    let (step, key) = (step, key)
    let batch =
      (tasksAhead?.step == progress.step ? tasksAhead?.take() : nil)
      ?? step.batch(at: progress, key: key)
    let (next, count) = (progress.step + 1, progress.iterations)
    tasksAhead =
      next >= count
      ? nil
      : TasksAhead(step: next) { step.batch(at: LearningProgress(step: $0, of: count), key: key) }
    return batch
  }
}

extension GradientStep {
  /// The step as recipes name it.
  public static let entry = OuterStepEntry(
    name, "a gradient step over episodes: adapt to each support set, descend on the query losses"
  ) { (_) throws(SettingsError) in
    OuterStepPlan { (parts) throws(TaskError) in
      guard let tasks = parts.tasks as? any TaskDistribution, let episodes = parts.episodes else {
        throw TaskError(
          "training.kind: \(name) needs tasks that are made of examples, and \(parts.tasks.name) is "
            + "not; see metalearn explain recipe")
      }
      return GradientStep(
        learner: parts.learner, tasks: tasks, episodes: episodes,
        tasksPerStep: parts.tasksPerStep, update: parts.update, metrics: parts.metrics)
    }
  }
}
