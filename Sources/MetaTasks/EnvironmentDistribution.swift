public import Tensors

/// Tasks that act back: each step shows an observation, takes an action and gives a reward.
public protocol EnvironmentDistribution: TaskFamily {
  /// The steps of a task.
  var horizon: Int { get }

  /// The environments that keys name, which run side by side; a pure function of the keys.
  func environments(keys: [RandomKey]) -> any EnvironmentBatch

  /// Policies that need no learning, such as the best that is known, to be judged on the same
  /// tasks.
  var controls: [EnvironmentControl] { get }
}

/// A policy that needs no learning.
public struct EnvironmentControl: Sendable {
  /// The name in files.
  public let name: String
  /// The name for people.
  public let title: String
  /// The sum of rewards in each of the environments that keys name.
  public let returns: @Sendable ([RandomKey]) -> [Double]

  /// Describes a control.
  public init(
    _ name: String, title: String, returns: @escaping @Sendable ([RandomKey]) -> [Double]
  ) {
    self.name = name
    self.title = title
    self.returns = returns
  }
}

/// Several environments that take their steps together.
public protocol EnvironmentBatch {
  /// The first observations, by name, each `[environments, ...]`.
  mutating func begin() -> NamedTree<TensorValue>

  /// Takes an action in each environment; gives rewards, one for each, and the next observations.
  mutating func step(actions: [Int]) -> (rewards: [Float], observations: NamedTree<TensorValue>)
}
