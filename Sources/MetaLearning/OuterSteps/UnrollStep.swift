public import MetaTasks
public import Settings
public import TensorPrograms
public import Tensors

/// A gradient step on a part of the steps that a learner takes on tasks: truncated unrolling.
///
/// Tasks are drawn, and each begins at a start of its own. A step of meta-training takes some steps
/// of the learner on each and descends on their losses; the next goes on where these led, which is
/// a constant to it. After the last of the learner's steps others are drawn.
public struct UnrollStep: OuterStep {
  /// The kind of the step in recipes.
  public static let name = "unrolls"

  /// The learner.
  public let learner: any UnrollingLearner
  /// The tasks to learn from.
  public let tasks: any TaskDistribution
  /// What they look like.
  public let episodes: EpisodeShapeRange
  /// Tasks in each step.
  public let tasksPerStep: Int
  /// The learner's steps in a step of meta-training.
  public let unroll: Int
  /// How the loss moves the parameters.
  public let update: ParameterUpdate

  /// Names what the learner's steps change on the tasks at hand.
  fileprivate static let placeName = "place"

  /// Makes a step; stops where the learner's steps are not a multiple of those of a part.
  public init(
    learner: any UnrollingLearner, tasks: any TaskDistribution, episodes: EpisodeShapeRange,
    tasksPerStep: Int, unroll: Int, update: ParameterUpdate
  ) {
    guard unroll >= 1, learner.steps % unroll == 0 else {
      fatalError("\(learner.steps) steps cannot be cut into parts of \(unroll).")
    }
    self.learner = learner
    self.tasks = tasks
    self.episodes = episodes
    self.tasksPerStep = tasksPerStep
    self.unroll = unroll
    self.update = update
  }

  /// The optimizer's state, and the starts of the first tasks.
  public func initialTrees(for parameters: ParameterValues, key: RandomKey) -> TrainingTrees {
    [
      TreeName.optimizer: update.initialState(for: parameters),
      Self.placeName: starts(number: 0, key: key),
    ]
  }

  /// Takes steps on tasks that the key names.
  public func start(
    _ trees: TrainingTrees, key: RandomKey, runner: Runner
  ) -> any OuterStepRun {
    UnrollStepRun(self, trees, key: key, runner: runner)
  }

  /// The steps of meta-training on the same tasks.
  fileprivate var partCount: Int { learner.steps / unroll }

  /// The starts of the tasks of a number, with the tasks in front.
  fileprivate func starts(number: Int, key: RandomKey) -> ParameterValues {
    let keys = TaskBatch.trainingKeys(key, step: number, count: tasksPerStep)
    let starts = keys.map { learner.start($0.folded("start")) }
    return starts[0].mapEntries { entry in .stacking(starts.map { $0[entry.name] }) }
  }

  /// Keys of the learner's own on the tasks of a number, others in each part.
  fileprivate func keys(number: Int, part: Int, key: RandomKey) -> TensorValue {
    let keys = TaskBatch.trainingKeys(key, step: number, count: tasksPerStep)
    return TensorValue(keys: keys.map { TaskBatch.learnerKey($0).folded(part) })
  }

  /// The program of a step on tasks like those of a batch, from places like these.
  fileprivate func program(
    from trees: TrainingTrees, like batch: TaskBatch, _ places: ParameterValues
  ) -> Program {
    let state = ParameterUpdate.State(like: trees)
    let inputs = BatchInputs(like: batch)
    let place = places.mapEntries { entry in
      Tensor.input(
        "\(Self.placeName).\(entry.name)",
        shape: Shape(Array(entry.leaf.shape.dimensions.dropFirst())), .perLane)
    }
    let (objective, end) = learner.objective(
      state.parameters.perLane(), ofSteps: unroll, from: place, on: inputs.episode.support,
      LearningContext(.training, key: inputs.key))
    func mean(_ tensor: Tensor) -> Tensor { sumOverLanes(tensor) / Double(tasksPerStep) }
    let goal = ParameterUpdate.Goal(
      loss: mean(objective.loss), reportedLoss: objective.reportedLoss.map(mean),
      metrics: objective.metrics, updates: objective.updates.map(mean),
      others: end.entries.map { ("new.\(Self.placeName).\($0.name)", $0.leaf.seenPerLane) })
    return update.program(
      down: goal, from: state, laneCount: tasksPerStep, declaring: inputs.all + place.leaves)
  }
}

extension UnrollStep {
  /// The step as recipes name it.
  public static let entry = OuterStepEntry(
    name, "a gradient step on a part of the many steps that a learner takes on its tasks"
  ) { (settings) throws(SettingsError) in
    let unroll = try settings.integer(
      "unroll", "The learner's steps that a step of meta-training looks back on.", default: 20,
      in: 1...10_000)
    return OuterStepPlan { (parts) throws(TaskError) in
      guard let learner = parts.learner as? any UnrollingLearner else {
        throw TaskError(
          "training.kind: \(name) trains learners that take many steps on a task, and this one does "
            + "not; choose another learner (metalearn explain learners)")
      }
      guard let tasks = parts.tasks as? any TaskDistribution, let episodes = parts.episodes else {
        throw TaskError(
          "training.kind: \(name) needs tasks that are made of examples, and \(parts.tasks.name) is "
            + "not; see metalearn explain recipe")
      }
      guard learner.steps % unroll == 0 else {
        throw TaskError(
          "training.unroll: the learner's \(learner.steps) steps are no multiple of \(unroll); "
            + "choose another number, or another of learner.steps")
      }
      return UnrollStep(
        learner: learner, tasks: tasks, episodes: episodes, tasksPerStep: parts.tasksPerStep,
        unroll: unroll, update: parts.update)
    }
  }
}

/// Steps on parts as they are taken.
private final class UnrollStepRun: OuterStepRun {
  private let step: UnrollStep
  private let key: RandomKey
  private let runner: Runner
  private let initial: TrainingTrees
  private let state: PersistentValues
  private let owner = ProgramOwner()
  /// Where the steps that were accepted led.
  private var places: ParameterValues
  /// The tasks at hand and their number.
  private var tasks: (number: Int, batch: TaskBatch)?
  private var computed: (execution: Execution, places: ParameterValues)?

  init(_ step: UnrollStep, _ trees: TrainingTrees, key: RandomKey, runner: Runner) {
    self.step = step
    self.key = key
    self.runner = runner
    var lasting = trees
    places = lasting.removeValue(forKey: UnrollStep.placeName) ?? ParameterValues()
    initial = lasting
    state = PersistentValues(trees: lasting)
  }

  var trees: TrainingTrees {
    state.trees(like: initial).merging([UnrollStep.placeName: places]) { _, places in places }
  }

  func compute(_ moment: OuterMoment) -> OuterFigures {
    let (number, part) = moment.progress.step.quotientAndRemainder(dividingBy: step.partCount)
    let batch = batch(number)
    let from = part == 0 ? step.starts(number: number, key: key) : places
    let programKey = ProgramKey(owner: owner, "step", batch.form, lanes: batch.laneCount)
    let execution = runner.execution(for: programKey, persistent: state) {
      step.program(from: initial, like: batch, from)
    }
    execution.set(batch)
    execution.set("key", step.keys(number: number, part: part, key: key))
    execution.set(from, prefix: UnrollStep.placeName)
    execution.set("learningRate", TensorValue(Float(moment.learningRate)))
    execution.compute()
    let end = from.mapEntries {
      execution.value("new.\(UnrollStep.placeName).\($0.name)")
    }
    computed = (execution, end)
    return execution.figures()
  }

  func accept() {
    guard let computed else { return }
    computed.execution.carry()
    places = computed.places
  }

  /// The tasks of a number, which are made once for all their parts.
  private func batch(_ number: Int) -> TaskBatch {
    if let tasks, tasks.number == number { return tasks.batch }
    let batch = TaskBatch(
      trainingStep: number, from: step.tasks, step.episodes, count: step.tasksPerStep, key: key)
    tasks = (number, batch)
    return batch
  }
}
