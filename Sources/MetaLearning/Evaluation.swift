public import MetaTasks
public import TensorPrograms
public import Tensors

/// Judges parameters on tasks that are a function of a seed and the task's number alone: the same
/// tasks for every learner, so that learners can be compared in pairs.
public struct Evaluation: Sendable {
  /// The learner.
  public var learner: any MetaLearner
  /// Where tasks come from.
  public var tasks: any TaskDistribution
  /// What they look like.
  public var episodes: EpisodeShape
  /// The part that they are drawn from.
  public var split: Split
  /// Which of all tasks are drawn.
  public var seed: UInt64
  /// How many.
  public var taskCount: Int
  /// Tasks on which predictions are checked to look at no other query.
  public var checkedTaskCount: Int
  /// Threads and kernels; results do not depend on them.
  public var execution: Runner.Configuration

  /// Makes an evaluation.
  public init(
    learner: any MetaLearner, tasks: any TaskDistribution, episodes: EpisodeShape, split: Split,
    seed: UInt64, taskCount: Int, checkedTaskCount: Int = 5,
    execution: Runner.Configuration = .init()
  ) {
    self.learner = learner
    self.tasks = tasks
    self.episodes = episodes
    self.split = split
    self.seed = seed
    self.taskCount = taskCount
    self.checkedTaskCount = checkedTaskCount
    self.execution = execution
  }

  /// Tasks that run side by side.
  private static let batchSize = 20

  /// The figures of parameters.
  public func result(of parameters: ParameterValues) -> EvaluationResult {
    result(of: parameters) { _ in true }
  }

  /// The figures of parameters; `continues` is told the number of tasks done after each batch, and
  /// ends the evaluation early by saying no.
  public func result(
    of parameters: ParameterValues, whileAsked continues: (Int) -> Bool
  ) -> EvaluationResult {
    let lanes = min(Evaluation.batchSize, taskCount)
    var result = EvaluationResult(
      isClassification: tasks.isClassification, queryCount: episodes.queryCount)
    var executions: [TaskBatch.Form: Execution] = [:]
    for first in stride(from: 0, to: taskCount, by: lanes) {
      // The last batch is filled up with tasks that are not counted.
      let batch = batch(first..<first + lanes)
      let running = executions[batch.form] ?? start(parameters, like: batch)
      executions[batch.form] = running
      running.set(batch)
      running.run()
      result.append(running, count: min(lanes, taskCount - first))
      guard continues(min(first + lanes, taskCount)) else { break }
    }
    if checkedTaskCount > 0 {
      let check = LeakCheck(evaluation: self, taskCount: min(checkedTaskCount, taskCount))
      result.leak = check.leak(of: parameters)
    }
    return result
  }

  /// Tasks by number.
  func batch(_ numbers: Range<Int>) -> TaskBatch {
    TaskBatch(from: tasks, episodes, keys: numbers.map(key(ofTask:)))
  }

  /// The key of a task by number.
  func key(ofTask number: Int) -> RandomKey {
    TaskBatch.evaluationKey(seed: seed, split: split, number: number)
  }

  private func start(_ parameters: ParameterValues, like batch: TaskBatch) -> Execution {
    let running = Runner(execution).execution(of: program(parameters, like: batch))
    running.set(parameters, prefix: "parameters")
    return running
  }

  private func program(_ parameters: ParameterValues, like batch: TaskBatch) -> Program {
    let inputs = BatchInputs(like: batch)
    let query = inputs.episode.query
    let shared = Parameters.inputs(like: parameters, prefix: "parameters")
    let adapted = learner.adapted(
      shared.perLane(), to: inputs.episode.support, key: inputs.key)
    let predictions = learner.predictions(for: query.inputs, with: adapted)
    var outputs = Evaluation.figures(of: predictions, on: query, prefix: "inductive")
    if let together = learner.transductivePredictions(for: query.inputs, with: adapted) {
      outputs += Evaluation.figures(of: together, on: query, prefix: "transductive")
    }
    return Program(
      outputs, laneCount: batch.keys.shape[0], declaring: shared.leaves + inputs.tensors)
  }

  private static func figures(
    of predictions: Tensor, on query: Examples, prefix: String
  ) -> [(name: String, tensor: Tensor)] {
    let objective = Objective(predictions: predictions, on: query)
    let metrics = objective.metrics.map { (name: "\(prefix).score", tensor: $0.value) }
    return [(name: "\(prefix).loss", tensor: objective.loss)] + metrics
  }
}
