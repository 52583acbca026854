import MetaLearning
import MetaTasks
import NeuralNetworks
import TensorPrograms
import Tensors
import Testing

/// The mean objective over tasks, as meta-training descends on it, and its gradient.
struct MetaGradient {
  let loss: Tensor
  let gradient: Parameters

  /// The expressions for a learner's shared parameters on tasks like those of a batch.
  init(of learner: any MetaLearner, _ parameters: Parameters, like batch: TaskBatch) {
    loss =
      GradientStep(learner, like: batch)
      .goal(parameters, like: batch, at: LearningProgress(step: 0, of: 1)).loss
    gradient = Tensors.gradient(of: loss, withRespectTo: parameters)
  }
}

extension MetaGradient {
  /// A learner's meta-gradient at its initial parameters as a program that has not run yet.
  static func execution(of learner: any MetaLearner, on batch: TaskBatch) -> Execution {
    let values = learner.initialParameters(RandomKey(seed: 1))
    let parameters = Parameters.inputs(like: values, prefix: TreeName.learner)
    let result = MetaGradient(of: learner, parameters, like: batch)
    let program = Program(
      result.gradient.entries.map { ($0.name, $0.leaf) }, laneCount: batch.laneCount,
      declaring: parameters.leaves + BatchInputs(like: batch).all)
    let execution = Runner(.init(threads: 1)).execution(of: program)
    execution.set(values, prefix: TreeName.learner)
    execution.set(batch)
    return execution
  }

  /// The tensors of a meta-gradient, computed.
  static func values(of execution: Execution) -> [TensorValue] {
    execution.run()
    return execution.outputNames.map(execution.value)
  }
}

/// The norm of the difference of two tensors over that of the first, or over a thousandth where that
/// is smaller; infinite where they are not as many numbers.
func relativeError(_ first: [Float], _ second: [Float]) -> Double {
  guard first.count == second.count else { return .infinity }
  let squares = zip(first, second).reduce((0.0, 0.0)) { sums, pair in
    let (difference, own) = (Double(pair.0) - Double(pair.1), Double(pair.0))
    return (sums.0 + difference * difference, sums.1 + own * own)
  }
  return (squares.0 / max(squares.1, 1e-6)).squareRoot()
}

/// Compares the gradient of a learner's mean objective over tasks with finite differences.
func expectMetaGradient(
  of learner: any MetaLearner, _ batch: TaskBatch,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let values = learner.initialParameters(RandomKey(seed: 1))
  let parameters = Parameters.inputs(like: values, prefix: TreeName.learner)
  expectGradient(
    of: MetaGradient(of: learner, parameters, like: batch).loss, parameters, at: values,
    with: batch.numbers, laneCount: batch.laneCount, sourceLocation: sourceLocation)
}

extension GradientStep {
  /// A step on tasks that are given; it draws none itself.
  init(
    _ learner: any MetaLearner, like batch: TaskBatch, optimizer: any Optimizer = SGD(),
    metrics: [Metric] = []
  ) {
    self.init(
      learner: learner, tasks: SinusoidTasks(), episodes: EpisodeShapeRange(batch.shape),
      tasksPerStep: batch.laneCount, update: ParameterUpdate(optimizer: optimizer),
      metrics: metrics)
  }
}

extension TaskBatch {
  /// All numbers by the names of a program's inputs.
  var numbers: [String: TensorValue] {
    var numbers = ["key": keys]
    for part in values.support.parts { numbers["support.\(part.name)"] = part.value }
    for part in values.query.parts { numbers["query.\(part.name)"] = part.value }
    return numbers
  }
}

extension TaskFamily {
  /// The metrics that the tasks are judged by.
  var knownMetrics: [Metric] {
    get throws { try MetricCatalogue.standard.metrics(of: signature) }
  }
}
