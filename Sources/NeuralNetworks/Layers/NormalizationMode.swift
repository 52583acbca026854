/// By which statistics batch normalization normalises, and so whether predictions are inductive.
public enum NormalizationMode: String, Codable, Hashable, Sendable, CaseIterable {
  /// Those of the examples at hand: transductive, as each query's result depends on the others.
  case examples
  /// Those of the support set, also for queries: inductive.
  case support
  /// A learned blend of the support set's moments and each example's own (TaskNorm-I; Bronskill et
  /// al. 2020): inductive.
  case taskNorm
  /// Running statistics, followed in training and used where the context says so: inductive.
  case running

  /// Whether each query's result depends on the other queries.
  public var isTransductive: Bool { self == .examples }
}
