public import Tensors

/// One task: what may be learned from, and what is asked afterwards.
public struct EpisodeSet<Value> {
  /// The examples to learn from.
  public var support: ExampleSet<Value>
  /// The examples to be judged by, none of them in the support.
  public var query: ExampleSet<Value>

  /// Makes an episode.
  public init(support: ExampleSet<Value>, query: ExampleSet<Value>) {
    self.support = support
    self.query = query
  }

  /// The same episode with every part transformed, such as from numbers to symbols.
  public func map<Result>(
    _ transform: (Value) throws -> Result
  ) rethrows -> EpisodeSet<Result> {
    EpisodeSet<Result>(support: try support.map(transform), query: try query.map(transform))
  }
}

extension EpisodeSet: Sendable where Value: Sendable {}
extension EpisodeSet: Equatable where Value: Equatable {}

/// An episode as numbers.
public typealias EpisodeValues = EpisodeSet<TensorValue>
