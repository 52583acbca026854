public import Tensors

/// Pulls any arm, each as likely as the others: chance.
public struct RandomPulls: BanditPolicy {
  /// Makes the policy.
  public init() {}

  /// The arm that the key names.
  public func arm(after records: [ArmRecord], key: RandomKey) -> Int {
    key.integer(below: records.count)
  }
}
