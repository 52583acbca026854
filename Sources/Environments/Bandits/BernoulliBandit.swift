public import Tensors

/// One task: arms that each pay 1 with a probability of their own, and otherwise 0.
public struct BernoulliBandit: Sendable {
  /// How often each arm pays, on [0, 1).
  public let probabilities: [Float]
  private let rewardKey: RandomKey

  /// The bandit that a key names; probabilities are uniform.
  public init(arms: Int, key: RandomKey) {
    probabilities = key.folded("arms").uniform(count: arms)
    rewardKey = key.folded("rewards")
  }

  /// What a pull of an arm gives, 0 or 1; `pull` counts the earlier pulls of the same arm.
  ///
  /// Neither the time nor the other arms play a part: policies that pull an arm equally often get
  /// the same of it. So they meet the same luck, and what is left in the difference of their
  /// returns is how well they choose.
  public func reward(arm: Int, pull: Int) -> Float {
    let block = RandomKey.block(key: rewardKey.words, counter: (UInt32(pull), UInt32(arm), 0, 0))
    return RandomKey.unit(block.0) < probabilities[arm] ? 1 : 0
  }
}
