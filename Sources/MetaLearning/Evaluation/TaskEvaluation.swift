public import TensorPrograms
public import Tensors

/// Judges parameters on tasks that are a function of a seed and the task's number alone.
public protocol TaskEvaluation: Sendable {
  /// How many tasks.
  var taskCount: Int { get set }

  /// The figures of parameters; `continues` is told the number of tasks done from time to time, and
  /// ends the evaluation early by saying no.
  func result(
    of parameters: ParameterValues, _ runner: Runner, whileAsked continues: (Int) -> Bool
  ) -> EvaluationResult
}

extension TaskEvaluation {
  /// The figures of parameters.
  public func result(of parameters: ParameterValues, _ runner: Runner) -> EvaluationResult {
    result(of: parameters, runner) { _ in true }
  }
}
