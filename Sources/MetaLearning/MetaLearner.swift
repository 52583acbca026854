public import MetaTasks
public import Tensors

/// Examples as symbols.
public typealias Examples = ExampleSet<Tensor>
/// An episode as symbols.
public typealias Episode = EpisodeSet<Tensor>
/// Inputs as symbols, by name, each `[n, ...]`.
public typealias Inputs = NamedTree<Tensor>

extension Examples {
  /// Zeros of which each task has its own, to be moved by what its examples say.
  func zeros(_ shape: Shape) -> Tensor {
    let zeros = Tensor.fill(0, shape: shape)
    return targets.variesByLane ? zeros.seenPerLane : zeros
  }
}

/// A way of learning from a handful of examples, as pure functions on parameters.
///
/// A learner is written for one task. An outer step runs it on many tasks side by side and moves
/// the parameters along the gradient of the objective; second derivatives, threads, memory,
/// checkpoints and resume need nothing from it.
public protocol MetaLearner: Sendable {
  /// Everything that meta-training changes, to begin with: learned and followed leaves, in a
  /// subtree for each part, such as `network/` and `rates/`.
  func initialParameters(_ key: RandomKey) -> ParameterValues

  /// What is known after seeing a support set: fast weights, prototypes, a memory. Everything that
  /// predictions need.
  func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters

  /// Predictions for inputs `[n, ...]`; each row is a function of its own input alone.
  func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction

  /// Predictions that may look at all inputs together; nil where the learner has no such mode.
  func transductivePredictions(for inputs: Inputs, with adapted: Parameters) -> Prediction?

  /// What meta-training descends on for one task; the mean query loss unless a learner has its own.
  func objective(
    _ parameters: Parameters, on episode: Episode, _ context: LearningContext
  ) -> Objective

  /// Numbers that change as training goes on, by name; the context has them as inputs of the
  /// program.
  func scalars(at progress: LearningProgress) -> [(name: String, value: Double)]

  /// Which of several programs holds at a step, for what changes the program itself, such as the
  /// order of derivatives; the context has it as `variant`.
  func variant(at progress: LearningProgress) -> Int

  /// What the gradient that meta-training follows at a step leaves out of the objective's derivative
  /// by design, as a clause for people; nil where it leaves nothing out.
  func approximation(at progress: LearningProgress) -> String?
}

extension MetaLearner {
  /// No transductive mode.
  public func transductivePredictions(
    for inputs: Inputs, with adapted: Parameters
  ) -> Prediction? { nil }

  /// The mean loss of the predictions for the query set after adapting to the support set.
  public func objective(
    _ parameters: Parameters, on episode: Episode, _ context: LearningContext
  ) -> Objective {
    let adapted = adapted(parameters, to: episode.support, context)
    return Objective(
      predictions(for: episode.query.inputs, with: adapted), on: episode.query, context)
  }

  /// No such numbers.
  public func scalars(at progress: LearningProgress) -> [(name: String, value: Double)] { [] }

  /// One program for all steps.
  public func variant(at progress: LearningProgress) -> Int { 0 }

  /// The derivative of the objective.
  public func approximation(at progress: LearningProgress) -> String? { nil }
}
