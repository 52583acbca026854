public import Tensors

/// Chooses which arm of a bandit to pull.
public protocol BanditPolicy: Sendable {
  /// The arm to pull next, where `records` tells what each gave so far: a pure function, in which
  /// the key, another one for each pull, stands for chance.
  func arm(after records: [ArmRecord], key: RandomKey) -> Int
}

/// What an arm gave so far.
public struct ArmRecord: Hashable, Sendable {
  /// How often it paid.
  public var successes: Int
  /// How often it did not.
  public var failures: Int

  /// Makes a record; that of an arm nobody pulled yet where nothing is said.
  public init(successes: Int = 0, failures: Int = 0) {
    self.successes = successes
    self.failures = failures
  }

  /// How often it was pulled.
  public var pulls: Int { successes + failures }

  /// How often it is to be expected to pay: the mean of Beta(1 + successes, 1 + failures), which is
  /// what is known of an arm whose probability was uniform.
  public var mean: Double { Double(successes + 1) / Double(pulls + 2) }

  /// Adds what one more pull gave, 0 or 1.
  public mutating func add(_ reward: Float) {
    if reward == 1 { successes += 1 } else { failures += 1 }
  }
}

/// A policy that gives each arm a number by its own record alone, and pulls the arm of the largest;
/// the first among equals.
public protocol IndexPolicy: BanditPolicy {
  /// The number of an arm, where all arms together were pulled so often.
  func index(of record: ArmRecord, afterPulls total: Int) -> Double
}

extension IndexPolicy {
  /// The first arm of the largest index; the key plays no part.
  public func arm(after records: [ArmRecord], key: RandomKey) -> Int {
    let total = records.reduce(0) { $0 + $1.pulls }
    return records.map { index(of: $0, afterPulls: total) }.firstIndexOfLargest
  }
}

extension [Double] {
  /// The position of the largest number, the first among equals; 0 where there are none.
  var firstIndexOfLargest: Int { indices.reduce(0) { self[$1] > self[$0] ? $1 : $0 } }
}
