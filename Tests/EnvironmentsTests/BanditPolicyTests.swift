import Environments
import Tensors
import Testing

@Suite struct BanditPolicyTests {
  /// The expected return of a policy that leaves nothing to chance: all courses of a task, each
  /// with the probability that it has over all bandits.
  private func expectedReturn(
    of policy: some BanditPolicy, after records: [ArmRecord], pulls: Int
  ) -> Double {
    guard pulls > 0 else { return 0 }
    let arm = policy.arm(after: records, key: RandomKey(seed: 0))
    func next(_ reward: Float) -> Double {
      var records = records
      records[arm].add(reward)
      return expectedReturn(of: policy, after: records, pulls: pulls - 1)
    }
    let mean = records[arm].mean
    return mean * (1 + next(1)) + (1 - mean) * next(0)
  }

  private func expectedReturn(of policy: some BanditPolicy, arms: Int, pulls: Int) -> Double {
    expectedReturn(of: policy, after: Array(repeating: ArmRecord(), count: arms), pulls: pulls)
  }

  /// The largest expected return, by trying every arm after every course.
  private func largestReturn(after records: [ArmRecord], pulls: Int) -> Double {
    guard pulls > 0 else { return 0 }
    let values = records.indices.map { arm in
      func next(_ reward: Float) -> Double {
        var records = records
        records[arm].add(reward)
        return largestReturn(after: records, pulls: pulls - 1)
      }
      return records[arm].mean * (1 + next(1)) + (1 - records[arm].mean) * next(0)
    }
    return values.max() ?? 0
  }

  // By hand: a half; then 2/3 of an arm that paid, or 1/2 of another.
  @Test(
    arguments: [
      (1, 1, 0.5), (1, 9, 4.5), (2, 1, 0.5), (2, 2, 13.0 / 12), (9, 2, 13.0 / 12),
    ] as [(Int, Int, Double)])
  func `the optimum is what a calculation by hand gives`(
    arms: Int, pulls: Int, value: Double
  ) throws {
    let optimal = try #require(OptimalPulls(arms: arms, pulls: pulls))
    #expect(abs(optimal.expectedReturn - value) < 1e-12)
  }

  @Test(arguments: [(2, 6), (3, 5), (4, 4), (5, 4)])
  func `the optimum is the best of all courses`(arms: Int, pulls: Int) throws {
    let optimal = try #require(OptimalPulls(arms: arms, pulls: pulls))
    let largest = largestReturn(
      after: Array(repeating: ArmRecord(), count: arms), pulls: pulls)
    #expect(abs(optimal.expectedReturn - largest) < 1e-12)
    #expect(abs(expectedReturn(of: optimal, arms: arms, pulls: pulls) - largest) < 1e-12)
  }

  @Test(arguments: [(5, 10, 6.660), (10, 10, 6.714)] as [(Int, Int, Double)])
  func `the optimum of published sizes`(arms: Int, pulls: Int, value: Double) throws {
    let optimal = try #require(OptimalPulls(arms: arms, pulls: pulls))
    #expect(abs(optimal.expectedReturn - value) < 0.0005)
  }

  @Test func `no policy that leaves nothing to chance beats the optimum`() throws {
    let optimal = try #require(OptimalPulls(arms: 5, pulls: 10)).expectedReturn
    let policies: [(any BanditPolicy, Double)] = [
      (GittinsIndex(), 6.588), (GreedyPulls(), 6.569), (UCB1(scale: 0.1), 6.657),
      (UCB1(scale: 0.2), 6.642), (UCB1(scale: 1), 5.839),
    ]
    for (policy, value) in policies {
      let expected = expectedReturn(of: policy, arms: 5, pulls: 10)
      #expect(expected < optimal && abs(expected - value) < 0.0005, "\(policy)")
    }
  }

  @Test func `the optimum is known for few pulls`() throws {
    let optimal = try #require(OptimalPulls(arms: 100, pulls: 15))
    let records = Array(repeating: ArmRecord(successes: 0, failures: 1), count: 14)
    #expect(optimal.arm(after: records + [ArmRecord()], key: RandomKey(seed: 0)) == 14)
    #expect(!OptimalPulls.isKnown(pulls: 16) && OptimalPulls(arms: 2, pulls: 16) == nil)
  }

  @Test func `an index rises with a success and falls with a failure`() {
    for policy in [GittinsIndex(), GreedyPulls()] as [any IndexPolicy] {
      for successes in 0..<60 {
        for failures in 0..<60 {
          func index(_ successes: Int, _ failures: Int) -> Double {
            policy.index(
              of: ArmRecord(successes: successes, failures: failures), afterPulls: 200)
          }
          let here = index(successes, failures)
          #expect(index(successes + 1, failures) > here, "\(policy)")
          #expect(index(successes, failures + 1) < here, "\(policy)")
        }
      }
    }
  }

  @Test func `of two arms with one mean the less known has the larger index`() {
    for policy in [GittinsIndex(), UCB1(scale: 0.2)] as [any IndexPolicy] {
      for scale in 1..<20 {
        // Means of 1/4, 1/2 and 3/4 with 4 scale - 2 pulls.
        for part in 1...3 {
          func index(_ scale: Int) -> Double {
            let record = ArmRecord(
              successes: part * scale - 1, failures: (4 - part) * scale - 1)
            return policy.index(of: record, afterPulls: 200)
          }
          #expect(index(scale) > index(scale + 1))
          #expect(index(scale) > Double(part) / 4)
        }
      }
    }
  }

  @Test func `the first of equal arms is pulled`() {
    let records = [(0, 1), (1, 0), (0, 0), (1, 0)].map {
      ArmRecord(successes: $0.0, failures: $0.1)
    }
    #expect(GreedyPulls().arm(after: records, key: RandomKey(seed: 0)) == 1)
  }

  @Test(arguments: [(0, 0), (3, 1), (0, 9), (20, 30)])
  func `Thompson sampling draws from what is known`(successes: Int, failures: Int) {
    // Against an arm that surely pays every other time, as good as: after 2,000 pulls.
    let record = ArmRecord(successes: successes, failures: failures)
    let even = ArmRecord(successes: 1000, failures: 1000)
    let count = 4000
    let chosen = (0..<count).filter {
      ThompsonSampling().arm(after: [record, even], key: RandomKey(seed: 5).folded($0)) == 0
    }.count
    // Beta(1 + s, 1 + f) above 1/2: at most s of s + f + 1 fair coins fall below.
    let coins = successes + failures + 1
    var (term, sum, total) = (1.0, 0.0, 0.0)
    for heads in 0...coins {
      total += term
      if heads <= successes { sum += term }
      term *= Double(coins - heads) / Double(heads + 1)
    }
    #expect(abs(Double(chosen) / Double(count) - sum / total) < 0.03)
  }
}
