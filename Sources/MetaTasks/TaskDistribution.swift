public import Tensors

/// The part that tasks are drawn from: learn from one, choose by the second, report on the third.
public enum Split: String, Sendable, CaseIterable {
  /// Tasks to learn from.
  case train
  /// Tasks that settings and checkpoints are chosen by.
  case validation
  /// Tasks that figures are reported on.
  case test
}

/// Tasks of one kind, whatever is done with them.
public protocol TaskFamily: Sendable {
  /// What the tasks are, for people: `omniglot, train`.
  var name: String { get }
  /// What they are made of.
  var signature: Signature { get }
}

/// Tasks that are learned from examples, each named by a key.
public protocol TaskDistribution: TaskFamily {
  /// The episode that a key names: a pure function of its arguments.
  ///
  /// Class numbers are given in the order in which the classes were drawn. Stops where `validate`
  /// would throw.
  func episode(_ shape: EpisodeShape, key: RandomKey) -> EpisodeValues

  /// How many tasks there are, where each has a number, such as one for each user; nil where keys
  /// name them.
  var numberedTaskCount: Int? { get }

  /// The episode of the task of a number below `numberedTaskCount`; the key decides what else is drawn.
  func episode(_ shape: EpisodeShape, number: Int, key: RandomKey) -> EpisodeValues

  /// Throws where such episodes cannot be made: too few classes, or too few examples of one.
  func validate(_ shape: EpisodeShape) throws(TaskError)
}

extension TaskDistribution {
  /// Keys name the tasks.
  public var numberedTaskCount: Int? { nil }

  /// The episode that the key names.
  public func episode(_ shape: EpisodeShape, number: Int, key: RandomKey) -> EpisodeValues {
    episode(shape, key: key)
  }
}

/// Tasks whose classes exist beyond one task, so that all of them can be learned at once.
public protocol ClassPool: TaskDistribution {
  /// The number of classes; identities of examples are below it.
  var classCount: Int { get }
  /// The number of examples in storage.
  var exampleCount: Int { get }

  /// So many examples of any classes, drawn by a key, each as likely as the others within its
  /// class; their targets are identities.
  func examples(count: Int, key: RandomKey) -> ExampleValues
}

/// Tasks that cannot be made: what, where and what to do, in one line.
public struct TaskError: Error, Hashable, CustomStringConvertible {
  /// The line to show.
  public let description: String
  /// Episodes that can be made in place of those that cannot, where that is known.
  public let possible: EpisodeShape?

  /// Makes an error of the line to show.
  public init(_ description: String, possible: EpisodeShape? = nil) {
    self.description = description
    self.possible = possible
  }
}
