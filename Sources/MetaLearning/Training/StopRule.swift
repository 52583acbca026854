/// When a phase of training ends.
public struct StopRule: Sendable, Hashable {
  /// Steps at most.
  public var iterations: Int
  /// Seconds of the phase at most, over all runs of it; nil: no limit.
  public var seconds: Double?
  /// Validations in a row without a better one; nil: no limit.
  public var patience: Int?

  /// Makes a rule; whichever limit is reached first ends the phase.
  public init(iterations: Int, seconds: Double? = nil, patience: Int? = nil) {
    self.iterations = iterations
    self.seconds = seconds
    self.patience = patience
  }

  /// Why a phase ends.
  public enum Reason: String, Sendable {
    /// All iterations were done.
    case iterations
    /// The time was up.
    case seconds
    /// Validation stopped improving.
    case patience
  }

  /// Why a phase in this state ends now; nil where it goes on.
  func reason(_ state: TrainingState) -> Reason? {
    if state.phaseStep >= iterations { return .iterations }
    if let seconds, state.phaseSeconds >= seconds { return .seconds }
    if let patience, state.validationsSinceBest >= patience { return .patience }
    return nil
  }
}
