public import Tensors

/// Tasks that act back: each step shows an observation, takes an action and gives a reward.
public protocol EnvironmentDistribution: TaskFamily {
  /// The steps of a task.
  var horizon: Int { get }

  /// The environments that keys name, which run side by side; a pure function of the keys.
  func environments(keys: [RandomKey]) -> any EnvironmentBatch
}

/// Several environments that take their steps together.
public protocol EnvironmentBatch {
  /// The first observations, by name, each `[environments, ...]`.
  mutating func begin() -> NamedTree<TensorValue>

  /// Takes an action in each environment; gives rewards, one for each, and the next observations.
  mutating func step(actions: [Int]) -> (rewards: [Float], observations: NamedTree<TensorValue>)
}
