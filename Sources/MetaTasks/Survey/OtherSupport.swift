public import Tensors

/// Tasks whose support set is that of another task.
///
/// A learner that answers their queries well did not need the support set: what is to be learned is
/// the same in all tasks.
public struct OtherSupport: TaskDistribution {
  private let base: any TaskDistribution

  /// Exchanges the support sets of other tasks.
  public init(_ base: any TaskDistribution) { self.base = base }

  /// The base's name, and what is different.
  public var name: String { "\(base.name), another task's support set" }
  /// What the base's tasks are made of.
  public var signature: Signature { base.signature }

  /// Throws where the base would.
  public func validate(_ shape: EpisodeShape) throws(TaskError) { try base.validate(shape) }

  /// The base's queries with the support set of another key.
  public func episode(_ shape: EpisodeShape, key: RandomKey) -> EpisodeValues {
    EpisodeValues(
      support: base.episode(shape, key: key.folded("other support")).support,
      query: base.episode(shape, key: key).query)
  }
}
