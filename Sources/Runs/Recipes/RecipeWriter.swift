internal import Files

/// A value as a recipe writes it.
public enum RecipeValue: Hashable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case list([RecipeValue])
}

/// Writes a recipe as YAML, in the order in which its keys are given.
///
/// What is written reads back as the same values, here and in other readers of YAML.
public struct RecipeWriter {
  private var lines: [String] = []
  private let indentation: String

  /// An empty recipe.
  public init() { self.init(indentation: "") }

  private init(indentation: String) { self.indentation = indentation }

  /// The recipe as it stands.
  public var yaml: String { lines.map { $0 + "\n" }.joined() }

  /// Writes a key and its value.
  public mutating func write(_ key: String, _ value: RecipeValue) {
    lines.append("\(indentation)\(Self.text(key)): \(Self.text(value))")
  }

  /// Writes a section of keys; one without keys is left out.
  public mutating func section(_ name: String, _ body: (inout RecipeWriter) -> Void) {
    var inner = RecipeWriter(indentation: indentation + "  ")
    body(&inner)
    guard !inner.lines.isEmpty else { return }
    lines.append("\(indentation)\(Self.text(name)):")
    lines.append(contentsOf: inner.lines)
  }

  private static func text(_ value: RecipeValue) -> String {
    switch value {
    case .null: "null"
    case .boolean(let value): value ? "true" : "false"
    case .integer(let value): "\(value)"
    case .number(let value): text(value)
    case .string(let value): text(value)
    case .list(let elements): "[\(elements.map(text).joined(separator: ", "))]"
    }
  }

  /// The shortest digits, with a point even before an exponent: some readers take `1e-05` for text.
  private static func text(_ number: Double) -> String {
    let digits = "\(number)"
    guard let exponent = digits.firstIndex(of: "e"), !digits.contains(".") else { return digits }
    return digits[..<exponent] + ".0" + digits[exponent...]
  }

  /// A text as it stands where it cannot be taken for anything else, and in quotes otherwise.
  private static func text(_ string: String) -> String {
    let isPlain =
      string.utf8.allSatisfy { plainBytes.contains($0) }
      && string.utf8.first.map { firstPlainBytes.contains($0) } ?? false
      && !wordsWithMeaning.contains(string.lowercased())
    if isPlain { return string }
    return JSONValue.quoted(string).unicodeScalars.map(escaped).joined()
  }

  /// A character as it may stand in quotes: YAML refuses some, and takes others for line breaks;
  /// the reader refuses what looks like an anchor or an alias.
  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar.value {
    case 0x26, 0x2A, 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF:
      let digits = String(scalar.value, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: return String(scalar)
    }
  }

  private static let letters =
    Array(UInt8(ascii: "a")...UInt8(ascii: "z"))
    + Array(UInt8(ascii: "A")...UInt8(ascii: "Z"))
  private static let firstPlainBytes = Set(letters + Array("/_".utf8))
  private static let plainBytes = Set(letters + Array("0123456789/_.-+".utf8))
  private static let wordsWithMeaning: Set<String> = [
    "null", "true", "false", "yes", "no", "on", "off", "y", "n",
  ]
}
