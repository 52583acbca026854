public import Tensors

/// The part that tasks are drawn from: learn from one, choose by the second, report on the third.
public enum Split: String, Sendable, CaseIterable {
  /// Classes to learn from.
  case train
  /// Classes that settings and checkpoints are chosen by.
  case validation
  /// Classes that figures are reported on.
  case test
}

/// Tasks, each named by a key.
public protocol TaskDistribution: Sendable {
  /// What the tasks are, for people: `omniglot, train`.
  var name: String { get }
  /// The shape of one example, such as `[28, 28, 1]`.
  var inputShape: Shape { get }
  /// Whether examples have a class rather than numbers to predict.
  var isClassification: Bool { get }
  /// The numbers to predict for one example; 0 for classification.
  var outputCount: Int { get }

  /// The episode that a key names: a pure function of its arguments.
  ///
  /// Examples are ordered by class; class numbers are given in the order in which the classes were
  /// drawn. Stops where `validate` would throw.
  func episode(_ shape: EpisodeShape, key: RandomKey) -> EpisodeValues

  /// Throws where such episodes cannot be made: too few classes, or too few examples of one.
  func validate(_ shape: EpisodeShape) throws(TaskError)
}

/// Tasks that cannot be made: what, where and what to do, in one line.
public struct TaskError: Error, Hashable, CustomStringConvertible {
  /// The line to show.
  public let description: String

  /// Makes an error of the line to show.
  public init(_ description: String) { self.description = description }
}
