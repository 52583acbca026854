/// By which statistics batch normalization normalises, and so whether predictions are inductive.
public enum NormalizationMode: String, Codable, Hashable, Sendable, CaseIterable {
  /// Those of the examples at hand: transductive, as each query's result depends on the others.
  case examples
  /// Those of the support set, also for queries: inductive.
  case support
  /// Those of the support set and the one query that is asked, each query with a pass of its own
  /// (Reptile's rule; Nichol et al. 2018, section 6.1): inductive.
  case supportAndQuery
  /// A learned blend of the support set's moments and each example's own (TaskNorm-I; Bronskill et
  /// al. 2020): inductive.
  case taskNorm
  /// Running statistics, followed in training and used where the context says so: inductive.
  case running

  /// Whether a result depends on the other examples of the same pass.
  public var joinsExamples: Bool { self == .examples || self == .supportAndQuery }
}
