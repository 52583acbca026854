public import TensorPrograms
public import Tensors

/// Named trees of a training: the learner's parameters as `learner`, and what a phase keeps beside
/// them, such as `optimizer`.
public typealias TrainingTrees = [String: ParameterValues]

/// What a phase of training repeats: a rule that changes a learner's parameters step by step.
public protocol OuterStep: Sendable {
  /// The tasks that one step sees.
  var tasksPerStep: Int { get }

  /// What the phase keeps beside the learner's parameters, to begin with.
  func initialTrees(for parameters: ParameterValues, key: RandomKey) -> TrainingTrees

  /// Begins at the first step or goes on from later trees; what is random comes from the key.
  func start(_ trees: TrainingTrees, key: RandomKey, runner: Runner) -> any OuterStepRun
}

/// The steps of a phase as they are taken.
public protocol OuterStepRun: AnyObject {
  /// Computes a step; nothing that lasts is changed yet.
  func compute(_ moment: OuterMoment) -> OuterFigures

  /// Makes the step that was computed last.
  func accept()

  /// The trees after the steps that were accepted.
  var trees: TrainingTrees { get }
}

/// When a step is taken.
public struct OuterMoment: Hashable, Sendable {
  /// The steps of the phase that are done, and how many there are at most.
  public let progress: LearningProgress
  /// The rate of the optimizer.
  public let learningRate: Double

  /// Describes a moment.
  public init(_ progress: LearningProgress, learningRate: Double) {
    self.progress = progress
    self.learningRate = learningRate
  }
}

/// What a step was like, in numbers.
public struct OuterFigures: Sendable {
  /// The mean loss over tasks, as it is reported.
  public let loss: Double
  /// The norm of the gradient before clipping.
  public let gradientNorm: Double
  /// The mean of each metric over tasks: one number, or several such as one for each position.
  public let metrics: [(name: String, values: [Double])]
  /// Whether all numbers that the step depends on are finite.
  public let isFinite: Bool

  /// Describes a step.
  public init(
    loss: Double, gradientNorm: Double, metrics: [(name: String, values: [Double])],
    isFinite: Bool
  ) {
    self.loss = loss
    self.gradientNorm = gradientNorm
    self.metrics = metrics
    self.isFinite = isFinite
  }
}

extension PersistentValues {
  /// Values of trees, each named below its name.
  convenience init(trees: TrainingTrees) {
    self.init(trees.sorted { $0.key < $1.key }.map { (prefix: $0.key, values: $0.value) })
  }

  /// The values as they are now, in the form of trees.
  func trees(like trees: TrainingTrees) -> TrainingTrees {
    trees.reduce(into: [:]) { result, tree in
      result[tree.key] = values(like: tree.value, prefix: tree.key)
    }
  }
}
