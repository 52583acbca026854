public import Tensors

/// Everything that the rest of a training depends on: going on from it gives the same bits as never
/// having stopped.
public struct TrainingState: Sendable {
  /// Meta-steps done.
  public var step: Int
  /// The parameters.
  public var parameters: ParameterValues
  /// The optimizer's state.
  public var optimizerState: ParameterValues
  /// The parameters of the best validation so far.
  public var bestParameters: ParameterValues?
  /// The mean score of the best validation: accuracy, or minus the error.
  public var bestScore: Double?
  /// The step of the best validation.
  public var bestStep: Int?
  /// The step of the last validation.
  public var validatedStep: Int?
  /// Validations since the best one.
  public var validationsSinceBest: Int
  /// Seconds spent on training, validation included.
  public var seconds: Double

  /// The state before the first step.
  public init(parameters: ParameterValues, optimizerState: ParameterValues) {
    self.init(
      step: 0, parameters: parameters, optimizerState: optimizerState, bestParameters: nil,
      bestScore: nil, bestStep: nil, validatedStep: nil, validationsSinceBest: 0, seconds: 0)
  }

  /// A state as it was kept.
  public init(
    step: Int, parameters: ParameterValues, optimizerState: ParameterValues,
    bestParameters: ParameterValues?, bestScore: Double?, bestStep: Int?,
    validatedStep: Int?, validationsSinceBest: Int, seconds: Double
  ) {
    self.step = step
    self.parameters = parameters
    self.optimizerState = optimizerState
    self.bestParameters = bestParameters
    self.bestScore = bestScore
    self.bestStep = bestStep
    self.validatedStep = validatedStep
    self.validationsSinceBest = validationsSinceBest
    self.seconds = seconds
  }
}
