/// The bounds of a number.
public enum NumberBounds: Hashable, Sendable {
  /// Any finite number.
  case any
  /// Greater than 0.
  case positive
  /// 0 or greater.
  case notNegative
  /// Both ends included.
  case within(ClosedRange<Double>)

  func contains(_ value: Double) -> Bool {
    switch self {
    case .any: true
    case .positive: value > 0
    case .notNegative: value >= 0
    case .within(let range): range.contains(value)
    }
  }

  /// The bounds in words that follow "must".
  var words: String {
    switch self {
    case .any: "be a number"
    case .positive: "be greater than 0"
    case .notNegative: "not be negative"
    case .within(let range): "be between \(range.lowerBound) and \(range.upperBound)"
    }
  }
}

/// The bounds of whole numbers, in words.
enum IntegerBounds {
  /// The range in words that follow "must be" or "must have"; `what` names what is counted.
  static func words(_ range: ClosedRange<Int>, of what: String? = nil) -> String {
    let what = what.map { " \($0)" } ?? ""
    if range.lowerBound == range.upperBound { return "exactly \(range.lowerBound)\(what)" }
    if range.upperBound == .max, range.lowerBound == .min { return "of 64 bits\(what)" }
    if range.upperBound == .max { return "at least \(range.lowerBound)\(what)" }
    if range.lowerBound == .min { return "at most \(range.upperBound)\(what)" }
    return "between \(range.lowerBound) and \(range.upperBound)\(what)"
  }
}
