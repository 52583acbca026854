import MetaTasks
import Tensors

/// Two arms, of which one always gives 1 and the other 0; which is which differs from task to task.
///
/// What is observed is the last action, one-hot, and its reward; zeros to begin with.
struct TwoArmedTasks: EnvironmentDistribution {
  let name = "two arms"
  let horizon = 8

  var signature: Signature {
    Signature(
      inputs: [InputDescription("last", shape: [3])], target: .rewards(actions: 2),
      order: .sequence, metrics: [.totalReward])
  }

  func environments(keys: [RandomKey]) -> any EnvironmentBatch {
    TwoArms(good: keys.map(Self.goodArm))
  }

  /// Always the first arm.
  var controls: [EnvironmentControl] {
    [
      EnvironmentControl("first", title: "always the first arm") { [horizon] keys in
        keys.map { Self.goodArm($0) == 0 ? Double(horizon) : 0 }
      }
    ]
  }

  private static func goodArm(_ key: RandomKey) -> Int { key.integer(below: 2) }
}

/// Two-armed tasks side by side.
private struct TwoArms: EnvironmentBatch {
  let good: [Int]

  func begin() -> NamedTree<TensorValue> {
    observation([Float](repeating: 0, count: 3 * good.count))
  }

  func step(actions: [Int]) -> (rewards: [Float], observations: NamedTree<TensorValue>) {
    let rewards = zip(actions, good).map { $0 == $1 ? 1 : 0 } as [Float]
    let seen = zip(actions, rewards).flatMap { action, reward in
      [action == 0 ? 1 : 0, action == 1 ? 1 : 0, reward] as [Float]
    }
    return (rewards, observation(seen))
  }

  private func observation(_ numbers: [Float]) -> NamedTree<TensorValue> {
    NamedTree(["last": TensorValue(numbers, shape: [good.count, 3])])
  }
}
