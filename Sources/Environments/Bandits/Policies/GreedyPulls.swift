/// Pulls the arm that is expected to pay most, and explores no further.
///
/// As arms are expected to pay half of the time before they are pulled, it leaves one that pays
/// less.
public struct GreedyPulls: IndexPolicy {
  /// Makes the policy.
  public init() {}

  /// How often the arm is to be expected to pay.
  public func index(of record: ArmRecord, afterPulls total: Int) -> Double { record.mean }
}
