import MetaTasks
public import Tensors

/// Draws a probability for each arm from what is known of it, and pulls the arm of the largest
/// (Thompson 1933).
public struct ThompsonSampling: BanditPolicy {
  /// Makes the policy.
  public init() {}

  /// The arm whose draw is the largest.
  public func arm(after records: [ArmRecord], key: RandomKey) -> Int {
    var numbers = RandomNumbers(key)
    return records.map { probability(of: $0, &numbers) }.firstIndexOfLargest
  }

  /// A draw of Beta(1 + s, 1 + f): the part that a draw of Gamma(1 + s) has of its sum with one of
  /// Gamma(1 + f).
  private func probability(of record: ArmRecord, _ numbers: inout RandomNumbers) -> Double {
    let success = gamma(record.successes + 1, &numbers)
    return success / (success + gamma(record.failures + 1, &numbers))
  }

  /// A draw of Gamma(count): minus the logarithm of the product of so many uniform numbers.
  private func gamma(_ count: Int, _ numbers: inout RandomNumbers) -> Double {
    var (logarithm, product) = (0.0, 1.0)
    for _ in 0..<count {
      // In the middle of its step of 2^-24, so neither 0 nor 1.
      product *= Double(numbers.unit()) + 0x1p-25
      if product < 0x1p-900 {
        logarithm += RandomKey.logarithm(product)
        product = 1
      }
    }
    return -(logarithm + RandomKey.logarithm(product))
  }
}
