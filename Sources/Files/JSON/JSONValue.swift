/// A JSON value whose objects keep the order in which their members were given.
///
/// Written out, the same value always gives the same bytes: no spaces, floating-point numbers as
/// the shortest digits that read back as the same number.
public enum JSONValue: Hashable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// A key of an object with its value.
  public struct Member: Hashable, Sendable {
    /// The key.
    public let key: String
    /// The value.
    public let value: JSONValue

    /// Makes a member.
    public init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// A number of single precision, written with the digits that single precision needs.
  public static func number(_ value: Float) -> JSONValue {
    // The shortest digits of a Float are few enough to pass through a Double unchanged.
    .number(value.isFinite ? Double("\(value)") ?? Double(value) : Double(value))
  }

  /// The member of a key, or nil where there is none or this is no object.
  public subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// The integer, or nil where this is none.
  public var integer: Int? { if case .integer(let value) = self { value } else { nil } }

  /// The number, whole or not; nil where this is none.
  public var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The truth value, or nil where this is none.
  public var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }

  /// The string, or nil where this is none.
  public var string: String? { if case .string(let value) = self { value } else { nil } }

  /// The elements, or nil where this is no array.
  public var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }

  /// The members in their order, or nil where this is no object.
  public var object: [Member]? { if case .object(let members) = self { members } else { nil } }

  /// What the elements are, each of the same kind; nil where this is no array or one is of another.
  public func elements<Element>(_ kind: (JSONValue) -> Element?) -> [Element]? {
    guard let array else { return nil }
    let elements = array.compactMap(kind)
    return elements.count == array.count ? elements : nil
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  /// Makes a string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// Makes an integer.
  public init(integerLiteral value: Int) { self = .integer(value) }
  /// Makes a number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// Makes a truth value.
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  /// Makes an array.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// Makes an object of members in the order given.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
  /// Makes null.
  public init(nilLiteral: ()) { self = .null }
}

extension JSONValue: CustomStringConvertible {
  /// The value as one line of JSON.
  ///
  /// JSON has no NaN and no infinity: such a number is written as null, and the object that it
  /// stands in ends with a member `notFinite` that tells the key and which of them it is.
  public var description: String {
    switch self {
    case .null: "null"
    case .boolean(let value): value ? "true" : "false"
    case .integer(let value): "\(value)"
    case .number(let value): value.isFinite ? "\(value)" : "null"
    case .string(let value): Self.quoted(value)
    case .array(let elements): "[\(elements.map(\.description).joined(separator: ","))]"
    case .object(let members): "{\(Self.joined(members))}"
    }
  }

  /// A string in quotes, with the escapes that JSON demands and no others.
  package static func quoted(_ string: String) -> String {
    var quoted = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case "\u{8}": quoted += "\\b"
      case "\u{C}": quoted += "\\f"
      case "\u{0}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  private static func joined(_ members: [Member]) -> String {
    var members = members
    let flags = members.compactMap { member -> Member? in
      guard case .number(let value) = member.value, !value.isFinite else { return nil }
      return Member(
        member.key, .string(value.isNaN ? "nan" : value > 0 ? "infinity" : "-infinity"))
    }
    if !flags.isEmpty { members.append(Member("notFinite", .object(flags))) }
    return members.map { "\(quoted($0.key)):\($0.value)" }.joined(separator: ",")
  }
}
