public import MetaTasks
public import Tensors

/// Bandits that are pulled side by side, one arm of each in a step.
public struct BernoulliBanditBatch: EnvironmentBatch {
  private let bandits: [BernoulliBandit]
  private let arms: Int
  /// How often each arm was pulled, bandit by bandit.
  private var pulls: [Int]

  /// Puts bandits of so many arms side by side.
  init(_ bandits: [BernoulliBandit], arms: Int) {
    self.bandits = bandits
    self.arms = arms
    pulls = Array(repeating: 0, count: bandits.count * arms)
  }

  /// Starts again; nothing was pulled yet, so `previousAction` `[bandits, arms]` and
  /// `previousReward` `[bandits, 1]` are zero.
  public mutating func begin() -> NamedTree<TensorValue> {
    pulls = Array(repeating: 0, count: pulls.count)
    return observations(
      actions: Array(repeating: 0, count: pulls.count),
      rewards: Array(repeating: 0, count: bandits.count))
  }

  /// Pulls an arm of each bandit; gives what they paid, and both as the next observations.
  ///
  /// Stops where an arm does not exist, or where there are not as many as bandits.
  public mutating func step(
    actions: [Int]
  ) -> (rewards: [Float], observations: NamedTree<TensorValue>) {
    guard actions.count == bandits.count else {
      fatalError("\(actions.count) actions for \(bandits.count) bandits.")
    }
    var previousActions = [Float](repeating: 0, count: pulls.count)
    let rewards = bandits.indices.map { number -> Float in
      let arm = actions[number]
      guard 0..<arms ~= arm else { fatalError("Arm \(arm) of a bandit with \(arms) arms.") }
      let position = number * arms + arm
      previousActions[position] = 1
      pulls[position] += 1
      return bandits[number].reward(arm: arm, pull: pulls[position] - 1)
    }
    return (rewards, observations(actions: previousActions, rewards: rewards))
  }

  private func observations(actions: [Float], rewards: [Float]) -> NamedTree<TensorValue> {
    NamedTree([
      BernoulliBandits.previousAction: TensorValue(actions, shape: [bandits.count, arms]),
      BernoulliBandits.previousReward: TensorValue(rewards, shape: [bandits.count, 1]),
    ])
  }
}
