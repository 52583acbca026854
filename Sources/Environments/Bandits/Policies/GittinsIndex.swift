/// Pulls the arm of the largest index that the papers call Gittins'.
///
/// The index of an arm is the sure payment for which one would give it up. RL² (Duan et al. 2016)
/// and those who copied its figures use a closed form that approximates it for discounted pulls
/// without end (a Beta(a, b) arm of mean m = a / (a + b), n = a + b), at discount 1, where c = ln(1
/// / discount) = 0:
///
///     m + m (1 - m) / (n sqrt((2 c + 1 / n) m (1 - m)) + m - 1 / 2)
///
/// It knows nothing of how many pulls are left, so it falls short of ``OptimalPulls``.
public struct GittinsIndex: IndexPolicy {
  /// Makes the policy.
  public init() {}

  /// The approximate index.
  public func index(of record: ArmRecord, afterPulls total: Int) -> Double {
    let mean = record.mean
    let variance = mean * (1 - mean)
    let count = Double(record.pulls + 2)
    return mean + variance / ((count * variance).squareRoot() + mean - 0.5)
  }
}
