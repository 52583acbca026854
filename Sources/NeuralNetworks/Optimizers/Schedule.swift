import Tensors

/// How a learning rate changes over training.
public indirect enum Schedule: Codable, Hashable, Sendable {
  /// The base rate throughout.
  case constant
  /// The base rate, multiplied by `factor` after each `every` steps.
  case stepDecay(every: Int, factor: Double)
  /// The base rate times the factor of the last step number that is reached, 1 before the first.
  case piecewise(from: [Int], factors: [Double])
  /// From the base rate to the rate `to` on a straight line.
  case linear(to: Double)
  /// From the base rate to the rate `to` along half a cosine.
  case cosine(to: Double)
  /// From base / steps up to the base rate in a number of steps, then another schedule for the
  /// rest.
  case warmup(steps: Int, then: Schedule)

  /// What is wrong with a schedule.
  public struct Invalid: Error, Hashable, CustomStringConvertible {
    /// The kind of schedule, such as `linear`.
    public let kind: String
    /// The number at fault, such as `to`.
    public let key: String
    /// What is allowed, in words that follow the number at fault: `must not be negative`.
    public let detail: String

    /// The mistake and what is allowed, in one line.
    public var description: String { "\(kind).\(key) \(detail)" }
  }

  /// Throws `Invalid` where a number is outside its range.
  public func validate() throws(Invalid) {
    switch self {
    case .constant: break
    case .stepDecay(let every, let factor):
      guard every >= 1 else {
        throw Invalid(kind: "stepDecay", key: "every", detail: "must be at least 1, not \(every)")
      }
      try Schedule.expectRate(factor, "stepDecay", "factor")
    case .piecewise(let starts, let factors):
      guard starts.count == factors.count, zip(starts, starts.dropFirst()).allSatisfy({ $0 < $1 })
      else {
        throw Invalid(
          kind: "piecewise", key: "from",
          detail: "must ascend and have one number for each of the factors")
      }
      for factor in factors { try Schedule.expectRate(factor, "piecewise", "factors") }
    case .linear(let final): try Schedule.expectRate(final, "linear", "to")
    case .cosine(let final): try Schedule.expectRate(final, "cosine", "to")
    case .warmup(let steps, let next):
      guard steps >= 0 else {
        throw Invalid(kind: "warmup", key: "steps", detail: "must not be negative, as \(steps) is")
      }
      try next.validate()
    }
  }

  private static func expectRate(
    _ number: Double, _ kind: String, _ key: String
  ) throws(Invalid) {
    guard number.isFinite, number >= 0 else {
      throw Invalid(kind: kind, key: key, detail: "must be at least 0, not \(number)")
    }
  }

  /// The rate of a step, from 0, of a training of `total` steps.
  public func learningRate(_ base: Double, step: Int, of total: Int) -> Double {
    let progress = min(1, Double(max(0, step)) / Double(max(1, total)))
    switch self {
    case .constant: return base
    case .stepDecay(let every, let factor):
      // By products alone: the platform's power functions differ in their last bits.
      return Schedule.power(factor, max(0, step) / max(1, every)) * base
    case .piecewise(let starts, let factors):
      return base * (zip(starts, factors).reversed().first { $0.0 <= step }?.1 ?? 1)
    case .linear(let final): return base + (final - base) * progress
    case .cosine(let final):
      let cosine = RandomKey.cosineOfTurn(progress / 2)
      return final + (base - final) * (1 + cosine) / 2
    case .warmup(let steps, let next):
      if step < steps { return base * Double(max(0, step) + 1) / Double(steps) }
      return next.learningRate(base, step: step - max(0, steps), of: total - max(0, steps))
    }
  }

  /// A number to a whole power by repeated squaring.
  private static func power(_ number: Double, _ exponent: Int) -> Double {
    var (result, square, rest) = (1.0, number, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= square }
      square *= square
      rest >>= 1
    }
    return result
  }
}
