internal import Tensors

/// What says how familiar a query is to an adapted learner: a number that is larger for queries of
/// its classes than for others.
public enum FamiliarityScore: String, Sendable, Hashable, CaseIterable {
  /// The probability of the likeliest class (Hendrycks and Gimpel 2017).
  case probability
  /// The largest logit, which distances and products of features keep from sharing out.
  case largestLogit

  /// The score of the logits of one query.
  public func value(_ logits: [Double]) -> Double {
    let largest = logits.max() ?? 0
    switch self {
    case .largestLogit: return largest
    case .probability:
      return 1 / logits.reduce(0) { $0 + RandomKey.exponential($1 - largest) }
    }
  }
}
