import MetaLearning
import MetaTasks
import NeuralNetworks
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
