import MetaTasks
public import NeuralNetworks
public import TensorPrograms
public import Tensors

/// One step of meta-training as a program: the objective of each task in a lane of its own, the mean
/// over lanes, its gradient, the optimizer's step.
///
/// The only place where lanes are crossed: learners see values of their own task alone.
public struct MetaStep: Sendable {
  /// The learner.
  public let learner: any MetaLearner
  /// Moves the parameters.
  public let optimizer: any Optimizer
  /// The largest norm of a meta-gradient; nil: as it comes.
  public let gradientNormLimit: Double?

  /// Makes a meta-step.
  public init(
    learner: any MetaLearner, optimizer: any Optimizer, gradientNormLimit: Double? = nil
  ) {
    self.learner = learner
    self.optimizer = optimizer
    self.gradientNormLimit = gradientNormLimit
  }

  /// The mean objective over tasks like those of a batch, and its gradient.
  package struct MetaGradient {
    package let loss: Tensor
    package let gradient: Parameters
    package let metrics: [(name: String, value: Tensor)]
    package let statistics: Parameters
  }

  /// The expressions of the meta-gradient for shared parameters.
  package func metaGradient(_ parameters: Parameters, like batch: TaskBatch) -> MetaGradient {
    let inputs = BatchInputs(like: batch)
    let laneCount = Double(batch.keys.shape[0])
    let objective = learner.objective(parameters.perLane(), on: inputs.episode, key: inputs.key)
    let loss = sumOverLanes(objective.loss) / laneCount
    return MetaGradient(
      loss: loss, gradient: gradient(of: loss, withRespectTo: parameters),
      metrics: objective.metrics,
      statistics: objective.statistics.map { sumOverLanes($0) / laneCount })
  }

  /// The program of a step on tasks like those of a batch.
  ///
  /// Parameters and optimizer state are carried from run to run. Outputs are `loss` (the mean over
  /// tasks), `gradientNorm`, a metric of each task as `metric.NAME`, and the new `parameters` and
  /// `state`.
  public func program(
    parameters: ParameterValues, state: ParameterValues, like batch: TaskBatch,
    options: Program.Options = .init()
  ) -> Program {
    let old = Parameters.inputs(like: parameters, prefix: "parameters")
    let oldState = Parameters.inputs(like: state, prefix: "state")
    let result = metaGradient(old, like: batch)
    let norm = globalNorm(result.gradient)
    let learningRate = Tensor.input("learningRate", shape: .scalar)
    let (moved, newState) = Scope.named("optimizer") {
      optimizer.step(
        old,
        gradient: gradientNormLimit.map { clippedByGlobalNorm(result.gradient, $0) }
          ?? result.gradient, state: oldState, learningRate: learningRate)
    }
    let new = moved.replacing(with: result.statistics)
    var outputs = [(name: "loss", tensor: result.loss), (name: "gradientNorm", tensor: norm)]
    outputs += result.metrics.map { (name: "metric.\($0.name)", tensor: $0.value.seenPerLane) }
    var carries: [(output: String, input: String)] = []
    for (tree, prefix) in [(new, "parameters"), (newState, "state")] {
      for entry in tree.entries {
        outputs.append((name: "new.\(prefix).\(entry.name)", tensor: entry.leaf))
        carries.append(("new.\(prefix).\(entry.name)", "\(prefix).\(entry.name)"))
      }
    }
    return Program(
      outputs, laneCount: batch.keys.shape[0], carrying: carries,
      declaring: old.leaves + oldState.leaves + BatchInputs(like: batch).tensors + [learningRate],
      options: options)
  }
}

extension MetaStep {
  /// The program of the objective of each task alone, without gradient or step: `loss` and the
  /// metrics of each task.
  public func objectiveProgram(parameters: ParameterValues, like batch: TaskBatch) -> Program {
    let inputs = BatchInputs(like: batch)
    let shared = Parameters.inputs(like: parameters, prefix: "parameters")
    let objective = learner.objective(shared.perLane(), on: inputs.episode, key: inputs.key)
    return Program(
      [(name: "loss", tensor: objective.loss.seenPerLane)]
        + objective.metrics.map { (name: "metric.\($0.name)", tensor: $0.value.seenPerLane) },
      laneCount: batch.keys.shape[0], declaring: shared.leaves + inputs.tensors)
  }
}

extension Execution {
  /// Gives a batch of tasks to a program made for tasks like them.
  public func set(_ batch: TaskBatch) {
    set(batch.values.support, "support")
    set(batch.values.query, "query")
    set("key", batch.keys)
  }

  /// Gives a set of examples, with lanes in front.
  func set(_ examples: ExampleValues, _ name: String) {
    set("\(name).inputs", examples.inputs)
    set("\(name).targets", examples.targets)
    if let weights = examples.weights { set("\(name).weights", weights) }
  }
}
