import Tensors

/// Pulls the arm whose payment has the largest upper confidence bound (Auer, Cesa-Bianchi and
/// Fischer 2002), scaled.
///
/// The bound is m + c sqrt(2 ln t / n) after t pulls of all arms, where m is the mean of what is
/// known of the arm and n counts its pulls and the two of the prior, so that no arm must be tried
/// first: the form that RL² (Duan et al. 2016) was compared with. There c was chosen by the test
/// tasks; Auer's c is 1.
public struct UCB1: IndexPolicy {
  /// The weight c of what is not known.
  public let scale: Double

  /// Makes the policy.
  public init(scale: Double) { self.scale = scale }

  /// The upper confidence bound.
  public func index(of record: ArmRecord, afterPulls total: Int) -> Double {
    guard total > 0 else { return record.mean }
    let spread = 2 * RandomKey.logarithm(Double(total)) / Double(record.pulls + 2)
    return record.mean + scale * spread.squareRoot()
  }
}
