public import Tensors

/// The best policy that there is: the one whose expected sum of rewards over all tasks is largest.
///
/// What is known in a task is how often each arm paid and did not; from the last pull backwards,
/// the arm is chosen that pays most together with what it leads to. As arms are alike before they
/// are pulled, only the records count and not whose they are, which leaves 1,951 states of 5 arms
/// over 10 pulls.
public struct OptimalPulls: BanditPolicy {
  /// The expected sum of rewards.
  public let expectedReturn: Double
  private let choices: [BanditState: Search.Choice]

  /// Finds the policy; nil where ``isKnown(pulls:)`` says no.
  public init?(arms: Int, pulls: Int) {
    guard Self.isKnown(pulls: pulls) else { return nil }
    var search = Search(arms: arms)
    expectedReturn = search.expectedReturn(from: BanditState(), pulls: pulls)
    choices = search.choices
  }

  /// Whether the policy can be found within a second: for up to 15 pulls, about 50,000 states.
  ///
  /// 20 pulls of 5 arms have 238,000 already, and 100 pulls of 2 arms 2,200,000.
  public static func isKnown(pulls: Int) -> Bool { pulls <= 15 }

  /// The first arm with the record that is best to pull; stops where more was pulled than the
  /// policy was made for.
  public func arm(after records: [ArmRecord], key: RandomKey) -> Int {
    guard let state = BanditState(records), let choice = choices[state],
      let arm = records.firstIndex(of: choice.record)
    else { fatalError("The optimal policy was not made for such arms, or for so many pulls.") }
    return arm
  }

  /// Goes through all states, each once.
  private struct Search {
    /// The record of the arm to pull, and what it and the pulls after it are expected to pay.
    struct Choice {
      var record = ArmRecord()
      var expectedReturn = -1.0
    }

    let arms: Int
    var choices: [BanditState: Choice] = [:]

    init(arms: Int) { self.arms = arms }

    /// The largest expected sum of rewards of the pulls that are left.
    mutating func expectedReturn(from state: BanditState, pulls: Int) -> Double {
      guard pulls > 0 else { return 0 }
      if let known = choices[state] { return known.expectedReturn }
      var best = Choice()
      for record in state.differentRecords(arms: arms) {
        let success = expectedReturn(from: state.pulling(record, pays: true), pulls: pulls - 1)
        let failure = expectedReturn(from: state.pulling(record, pays: false), pulls: pulls - 1)
        let value = record.mean * (1 + success) + (1 - record.mean) * failure
        if value > best.expectedReturn { best = Choice(record: record, expectedReturn: value) }
      }
      choices[state] = best
      return best.expectedReturn
    }
  }
}
