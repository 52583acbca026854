/// What can be set: its key, its kind with bounds, its default and what it means.
///
/// One description serves reading, checking, the written-out defaults, `explain` and search spaces.
public struct Setting: Hashable, Sendable {
  /// The values that it takes.
  public enum Kind: Hashable, Sendable {
    /// A whole number within bounds.
    case integer(ClosedRange<Int>)
    /// A finite number within bounds.
    case number(NumberBounds)
    /// True or false.
    case boolean
    /// A text.
    case text
    /// One of several names.
    case choice([String])
    /// A list of whole numbers, each within bounds, of a length within bounds.
    case integers(ClosedRange<Int>, count: ClosedRange<Int>)
    /// A list of finite numbers, each within bounds, of a length within bounds.
    case numbers(NumberBounds, count: ClosedRange<Int>)
    /// A list of texts, of a length within bounds.
    case texts(count: ClosedRange<Int>)
    /// A whole number, or a list of the least and the most, within bounds.
    case integerRange(ClosedRange<Int>)
    /// A whole number that stands for each of so many, or a list of them, within bounds.
    case eachInteger(ClosedRange<Int>, count: Int)

    /// What is expected, in words that follow "must be".
    public var expected: String {
      switch self {
      case .integer: "a whole number"
      case .number: "a number"
      case .boolean: "true or false"
      case .text: "a text"
      case .choice(let names): "one of \(names.joined(separator: ", "))"
      case .integers: "a list of whole numbers"
      case .numbers: "a list of numbers"
      case .texts: "a list of texts"
      case .integerRange: "a whole number or a list of the least and the most"
      case .eachInteger(_, let count): "a whole number or a list of \(count)"
      }
    }

    /// The bounds in words that follow a comma; nil where there are none to speak of.
    public var bounds: String? {
      switch self {
      case .integer(let range), .integers(let range, _), .integerRange(let range),
        .eachInteger(let range, _):
        range == Int.min...Int.max ? nil : IntegerBounds.words(range)
      case .number(.any), .numbers(.any, _): nil
      case .number(let bounds), .numbers(let bounds, _):
        bounds == .notNegative ? "not negative" : String(bounds.words.dropFirst("be ".count))
      case .boolean, .text, .choice, .texts: nil
      }
    }
  }

  /// The key, within its section.
  public let key: String
  /// The values that it takes.
  public let kind: Kind
  /// Whether `null` is a value too.
  public let isOptional: Bool
  /// What it means, in one line.
  public let meaning: String
  /// What holds where the key is absent; nil where it is needed.
  public let standard: SettingValue?

  /// Describes a setting.
  public init(
    key: String, kind: Kind, isOptional: Bool = false, meaning: String, standard: SettingValue?
  ) {
    self.key = key
    self.kind = kind
    self.isOptional = isOptional
    self.meaning = meaning
    self.standard = standard
  }

  /// What is expected, in words that follow "must be".
  public var expected: String { kind.expected + (isOptional ? " or null" : "") }
}

/// A value of a setting.
public enum SettingValue: Hashable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case list([SettingValue])
}
