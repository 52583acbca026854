public import MetaTasks
public import Settings
public import TensorPrograms
public import Tensors

/// A step with a host loop inside: a policy acts in environments, and its parameters descend on the
/// objective of what happened.
public struct RolloutStep: OuterStep {
  /// The kind of the step in recipes.
  public static let name = "rollouts"

  /// The learner.
  public let learner: any ActingLearner
  /// The tasks to act in.
  public let tasks: any EnvironmentDistribution
  /// Tasks in each step.
  public let tasksPerStep: Int
  /// How the loss moves the parameters.
  public let update: ParameterUpdate

  /// Makes a step.
  public init(
    learner: any ActingLearner, tasks: any EnvironmentDistribution, tasksPerStep: Int,
    update: ParameterUpdate
  ) {
    self.learner = learner
    self.tasks = tasks
    self.tasksPerStep = tasksPerStep
    self.update = update
  }

  /// The optimizer's state.
  public func initialTrees(for parameters: ParameterValues, key: RandomKey) -> TrainingTrees {
    [TreeName.optimizer: update.initialState(for: parameters)]
  }

  /// Takes steps on tasks that the key names.
  public func start(
    _ trees: TrainingTrees, key: RandomKey, runner: Runner
  ) -> any OuterStepRun {
    RolloutStepRun(self, trees, key: key, runner: runner)
  }

  /// The program of a step on courses like these.
  fileprivate func program(from trees: TrainingTrees, like courses: RolloutValues) -> Program {
    let state = ParameterUpdate.State(like: trees)
    func input(_ value: TensorValue, _ name: String) -> Tensor {
      Tensor.input(
        "rollout.\(name)", shape: Shape(Array(value.shape.dimensions.dropFirst())),
        elementType: value.elementType, .perLane)
    }
    let rollout = Rollout(
      observations: courses.observations.mapEntries { entry in
        input(entry.leaf, "observations.\(entry.name)")
      }, actions: input(courses.actions, "actions"), rewards: input(courses.rewards, "rewards"))
    let words = Tensor.input("key", shape: [2], elementType: .uint32, .perLane)
    let context = LearningContext(.training, key: SymbolicKey(words: words))
    let objective = learner.objective(state.parameters.perLane(), on: rollout, context)
    func mean(_ tensor: Tensor) -> Tensor { sumOverLanes(tensor) / Double(tasksPerStep) }
    let goal = ParameterUpdate.Goal(
      loss: mean(objective.loss), reportedLoss: objective.reportedLoss.map(mean),
      metrics: objective.metrics, updates: objective.updates.map(mean))
    return update.program(
      down: goal, from: state, laneCount: tasksPerStep,
      declaring: rollout.parts.map(\.value) + [words])
  }
}

extension RolloutStep {
  /// The step as recipes name it.
  public static let entry = OuterStepEntry(
    name, "a gradient step on what a policy went through in environments"
  ) { (_) throws(SettingsError) in
    OuterStepPlan { (parts) throws(TaskError) in
      guard let learner = parts.learner as? any ActingLearner else {
        throw TaskError(
          "training.kind: \(name) trains learners that act, and this one does not; choose another "
            + "learner (metalearn explain learners)")
      }
      guard let tasks = parts.tasks as? any EnvironmentDistribution else {
        throw TaskError(
          "training.kind: \(name) needs tasks that act back, and \(parts.tasks.name) does not")
      }
      return RolloutStep(
        learner: learner, tasks: tasks, tasksPerStep: parts.tasksPerStep, update: parts.update)
    }
  }
}

/// Steps on rollouts as they are taken.
private final class RolloutStepRun: OuterStepRun {
  private let step: RolloutStep
  private let key: RandomKey
  private let runner: Runner
  private let initial: TrainingTrees
  private let state: PersistentValues
  private let loop: RolloutLoop
  private let owner = ProgramOwner()
  private var computed: Execution?

  init(_ step: RolloutStep, _ trees: TrainingTrees, key: RandomKey, runner: Runner) {
    self.step = step
    self.key = key
    self.runner = runner
    initial = trees
    state = PersistentValues(trees: trees)
    loop = RolloutLoop(learner: step.learner, tasks: step.tasks, owner: owner, runner: runner)
  }

  var trees: TrainingTrees { state.trees(like: initial) }

  func compute(_ moment: OuterMoment) -> OuterFigures {
    let keys = TaskBatch.trainingKeys(key, step: moment.progress.step, count: step.tasksPerStep)
    let template = initial[TreeName.learner] ?? ParameterValues()
    let courses = loop.rollouts(.persistent(state, like: template), keys: keys)
    let inputs = courses.parts.map { (name: "rollout.\($0.name)", value: $0.value) }
    let programKey = ProgramKey(owner: owner, "step", InputForm(inputs), lanes: keys.count)
    let execution = runner.execution(for: programKey, persistent: state) {
      step.program(from: initial, like: courses)
    }
    execution.set(inputs + [("key", TensorValue(keys: keys.map(TaskBatch.learnerKey)))])
    execution.set("learningRate", TensorValue(Float(moment.learningRate)))
    execution.compute()
    computed = execution
    let figures = execution.figures()
    let returns = courses.returns
    let mean = returns.reduce(0, +) / Double(max(1, returns.count))
    return OuterFigures(
      loss: figures.loss, gradientNorm: figures.gradientNorm,
      metrics: [(MetricDescription.totalReward.name, [mean])] + figures.metrics,
      isFinite: figures.isFinite)
  }

  func accept() { computed?.carry() }
}
