public import MetaTasks
public import TensorPrograms
public import Tensors

/// Judges a policy in environments: the same ones for every policy, so that policies can be
/// compared in pairs.
public struct RolloutEvaluation: TaskEvaluation {
  /// The learner.
  public var learner: any ActingLearner
  /// The tasks to act in.
  public var tasks: any EnvironmentDistribution
  /// The part that they are drawn from.
  public var split: Split
  /// Which of all tasks are drawn.
  public var seed: UInt64
  /// How many.
  public var taskCount: Int
  /// Whose programs are used.
  public var owner: ProgramOwner

  /// Makes an evaluation.
  public init(
    learner: any ActingLearner, tasks: any EnvironmentDistribution, split: Split, seed: UInt64,
    taskCount: Int, owner: ProgramOwner = ProgramOwner()
  ) {
    self.learner = learner
    self.tasks = tasks
    self.split = split
    self.seed = seed
    self.taskCount = taskCount
    self.owner = owner
  }

  /// Tasks that run side by side.
  private static let batchSize = 100

  /// The sum of rewards of each task: with the likeliest actions, and with actions drawn from the
  /// policy.
  public func result(
    of parameters: ParameterValues, _ runner: Runner, whileAsked continues: (Int) -> Bool
  ) -> EvaluationResult {
    let loop = RolloutLoop(learner: learner, tasks: tasks, owner: owner, runner: runner)
    let lanes = min(Self.batchSize, taskCount)
    var (greedy, sampled): ([Double], [Double]) = ([], [])
    for first in stride(from: 0, to: taskCount, by: lanes) {
      // The last batch is filled up with tasks that are not counted.
      let keys = (first..<first + lanes).map(key(ofTask:))
      let count = min(lanes, taskCount - first)
      greedy += loop.rollouts(.values(parameters), keys: keys, isGreedy: true).returns
        .prefix(count)
      sampled += loop.rollouts(.values(parameters), keys: keys).returns.prefix(count)
      guard continues(min(first + lanes, taskCount)) else { break }
    }
    return EvaluationResult([(.totalReward, greedy), (.sampledReward, sampled)])
  }

  /// The returns of a control on the same tasks.
  public func result(of control: EnvironmentControl) -> EvaluationResult {
    let keys = (0..<taskCount).map { key(ofTask: $0).folded("task") }
    return EvaluationResult([(.totalReward, control.returns(keys))])
  }

  /// The key of a task by number.
  private func key(ofTask number: Int) -> RandomKey {
    TaskBatch.evaluationKey(seed: seed, split: split, number: number)
  }
}
