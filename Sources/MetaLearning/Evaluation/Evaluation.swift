public import MetaTasks
public import TensorPrograms
public import Tensors

/// Judges parameters on episodes: the same tasks for every learner, so that learners can be
/// compared in pairs.
public struct Evaluation: TaskEvaluation {
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
  /// How many; no more than there are, where tasks have numbers.
  public var taskCount: Int
  /// Tasks on which predictions are checked to look at no other query.
  public var checkedTaskCount: Int
  /// The metrics of the tasks; the first one counts.
  public var metrics: [Metric]
  /// Whose programs are used: evaluations of one learner with one owner compile nothing twice.
  public var owner: ProgramOwner

  /// Makes an evaluation.
  public init(
    learner: any MetaLearner, tasks: any TaskDistribution, episodes: EpisodeShape, split: Split,
    seed: UInt64, taskCount: Int, checkedTaskCount: Int = 5, metrics: [Metric],
    owner: ProgramOwner = ProgramOwner()
  ) {
    self.learner = learner
    self.tasks = tasks
    self.episodes = episodes
    self.split = split
    self.seed = seed
    self.taskCount = min(taskCount, tasks.numberedTaskCount ?? taskCount)
    self.checkedTaskCount = checkedTaskCount
    self.metrics = metrics
    self.owner = owner
  }

  /// Tasks that run side by side.
  private static let batchSize = 20

  /// The figures of parameters.
  public func result(
    of parameters: ParameterValues, _ runner: Runner, whileAsked continues: (Int) -> Bool
  ) -> EvaluationResult {
    let lanes = min(Evaluation.batchSize, taskCount)
    var result = EvaluationResult(
      metrics: metrics.map(\.figure), queryCount: episodes.queryCount)
    for first in stride(from: 0, to: taskCount, by: lanes) {
      // The last batch is filled up with tasks that are not counted.
      let batch = batch(first..<first + lanes)
      let key = ProgramKey(owner: owner, "evaluation", batch.form, lanes: lanes)
      let execution = runner.execution(for: key) { program(parameters, like: batch) }
      execution.set(parameters, prefix: TreeName.learner)
      execution.set(batch)
      execution.run()
      result.append(execution, count: min(lanes, taskCount - first))
      guard continues(min(first + lanes, taskCount)) else { return result }
    }
    if checkedTaskCount > 0 {
      let check = LeakCheck(evaluation: self, taskCount: min(checkedTaskCount, taskCount))
      result.leak = check.leak(of: parameters, runner)
    }
    return result
  }

  /// Tasks by number.
  func batch(_ numbers: Range<Int>) -> TaskBatch {
    TaskBatch(from: tasks, episodes, keys: numbers.map(key(ofTask:)), numbers: numbers)
  }

  /// The key of a task by number.
  func key(ofTask number: Int) -> RandomKey {
    TaskBatch.evaluationKey(seed: seed, split: split, number: number)
  }

  private func program(_ parameters: ParameterValues, like batch: TaskBatch) -> Program {
    let inputs = BatchInputs(like: batch)
    let query = inputs.episode.query
    let shared = Parameters.inputs(like: parameters, prefix: TreeName.learner)
    let adapted = learner.adapted(
      shared.perLane(), to: inputs.episode.support, LearningContext(.adapting, key: inputs.key))
    let prediction = learner.predictions(for: query.inputs, with: adapted)
    var outputs = figures(of: prediction, on: query, EvaluationResult.inductivePrefix)
    outputs += reliability(of: prediction.averaged(), on: query)
    if let together = learner.transductivePredictions(for: query.inputs, with: adapted) {
      outputs += figures(of: together, on: query, EvaluationResult.transductivePrefix)
    }
    return Program(
      outputs, laneCount: batch.laneCount, declaring: inputs.all + shared.leaves)
  }

  /// The probability of the likeliest class `[queries]`, and whether it is the right one.
  private func reliability(
    of prediction: Prediction, on query: Examples
  ) -> [(name: String, tensor: Tensor)] {
    guard case .classes = query.target, prediction.meaning == .logits else { return [] }
    let probabilities = prediction.values.softmax()
    let isRight = prediction.values.argumentMaximum(along: -1).isEqual(to: query.targets)
    return [
      (EvaluationResult.confidenceName, probabilities.maximum(along: [-1]).seenPerLane),
      (EvaluationResult.rightName, isRight.seenPerLane),
    ]
  }

  private func figures(
    of prediction: Prediction, on query: Examples, _ prefix: String
  ) -> [(name: String, tensor: Tensor)] {
    [(name: "\(prefix)loss", tensor: loss(of: prediction, on: query).seenPerLane)]
      + metrics.values(of: prediction, on: query).map {
        (name: "\(prefix)metric.\($0.name)", tensor: $0.value.seenPerLane)
      }
  }
}
