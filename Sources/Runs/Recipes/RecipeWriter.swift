internal import Files
package import Settings

/// Writes a recipe as YAML, in the order in which its keys are given.
///
/// What is written reads back as the same values, here and in other readers of YAML.
package struct RecipeWriter {
  private var lines: [String] = []
  private let indentation: String

  /// An empty recipe.
  package init() { self.init(indentation: "") }

  private init(indentation: String) { self.indentation = indentation }

  /// The recipe as it stands.
  package var yaml: String { lines.map { $0 + "\n" }.joined() }

  /// Writes a key and its value.
  package mutating func write(_ key: String, _ value: SettingValue) {
    lines.append("\(indentation)\(Self.text(key)): \(Self.text(value))")
  }

  /// Writes a section of keys; one without keys is left out.
  package mutating func section(_ name: String, _ body: (inout RecipeWriter) -> Void) {
    var inner = RecipeWriter(indentation: indentation + "  ")
    body(&inner)
    guard !inner.lines.isEmpty else { return }
    lines.append("\(indentation)\(Self.text(name)):")
    lines.append(contentsOf: inner.lines)
  }

  /// Writes all answers of a section, in the order in which they were asked for.
  package mutating func write(_ section: SettingsSection) {
    for (key, answer) in section.answers {
      switch answer {
      case .value(_, let value): write(key, value)
      case .section(let inner, _): self.section(key) { $0.write(inner) }
      case .sections(let elements, _): list(key, elements)
      }
    }
  }

  /// Writes a list of sections; an empty one is left out.
  private mutating func list(_ key: String, _ elements: [SettingsSection]) {
    if elements.isEmpty { return }
    lines.append("\(indentation)\(Self.text(key)):")
    for element in elements {
      var inner = RecipeWriter(indentation: indentation + "    ")
      inner.write(element)
      for (number, line) in inner.lines.enumerated() {
        let own = line.dropFirst(indentation.count + 4)
        lines.append("\(indentation)  \(number == 0 ? "- " : "  ")\(own)")
      }
    }
  }

  /// A value as it is written.
  static func text(_ value: SettingValue) -> String {
    switch value {
    case .null: "null"
    case .boolean(let value): value ? "true" : "false"
    case .integer(let value): "\(value)"
    case .number(let value): text(value)
    case .text(let value): text(value)
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
