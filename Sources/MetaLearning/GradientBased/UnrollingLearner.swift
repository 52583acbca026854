public import MetaTasks
public import Tensors

/// A learner that takes so many steps on a task that meta-training looks back on a part of them at
/// a time.
public protocol UnrollingLearner: MetaLearner {
  /// The steps on a task in meta-training.
  var steps: Int { get }

  /// Where a task begins that a key names: all that its steps change.
  func start(_ key: RandomKey) -> ParameterValues

  /// What meta-training descends on in some steps from a place on, and the place after them.
  ///
  /// The place where they begin is a constant: nothing is known of the steps before.
  func objective(
    _ parameters: Parameters, ofSteps count: Int, from place: Parameters, on support: Examples,
    _ context: LearningContext
  ) -> (objective: Objective, place: Parameters)
}
