/// A place in JSON text that breaks the rules, and which.
public struct JSONError: Error, Hashable, CustomStringConvertible {
  /// The rule that is broken.
  public let problem: String
  /// The position in bytes from the start of the text, or nil where the place says nothing.
  public let offset: Int?

  package init(_ problem: String, at offset: Int? = nil) {
    self.problem = problem
    self.offset = offset
  }

  /// The rule and the place.
  public var description: String { offset.map { "\(problem) (byte \($0))" } ?? problem }
}

/// Reads JSON piece by piece, by the letter of the standard, without building what is not asked
/// for.
package struct JSONScanner {
  /// The deepest nesting of objects and arrays that is read.
  package static let maximumDepth = 127

  private let bytes: [UInt8]
  /// The position of the next byte.
  package private(set) var position = 0

  /// Starts at the first byte of UTF-8 text, which has been validated.
  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next byte, or nil at the end.
  package var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// Passes white space.
  package mutating func skipWhitespace() {
    while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
  }

  /// Throws unless nothing but white space is left.
  package mutating func expectEnd() throws(JSONError) {
    skipWhitespace()
    guard let byte = next else { return }
    guard byte != 0 else { throw error("a NUL byte follows the end; padding is by spaces") }
    throw error("\(Self.name(of: byte)) follows the end")
  }

  /// Reads an object, handing each key to `member`, which reads the value.
  package mutating func object(
    depth: Int = 1, _ member: (inout JSONScanner, String) throws(JSONError) -> Void
  ) throws(JSONError) {
    try items(from: UInt8(ascii: "{"), to: UInt8(ascii: "}"), depth: depth) {
      (scanner) throws(JSONError) in
      guard scanner.next == UInt8(ascii: "\"") else { throw scanner.unexpected("a key") }
      let key = try scanner.string()
      scanner.skipWhitespace()
      try scanner.expect(UInt8(ascii: ":"))
      scanner.skipWhitespace()
      try member(&scanner, key)
    }
  }

  /// Reads an array, calling `element` at the start of each element, to read it.
  package mutating func array(
    depth: Int = 1, _ element: (inout JSONScanner) throws(JSONError) -> Void
  ) throws(JSONError) {
    try items(from: UInt8(ascii: "["), to: UInt8(ascii: "]"), depth: depth, element)
  }

  /// Reads a string and resolves its escapes.
  package mutating func string() throws(JSONError) -> String {
    try expect(UInt8(ascii: "\""))
    var content: [UInt8] = []
    while true {
      guard let byte = next else { throw cut() }
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: content, as: UTF8.self)
      case UInt8(ascii: "\\"): content.append(contentsOf: try escape())
      case 0..<0x20: throw JSONError("a bare control character in a string", at: position - 1)
      default: content.append(byte)
      }
    }
  }

  /// Reads a number and gives its text as it stands.
  package mutating func number() throws(JSONError) -> String {
    let start = position
    if next == UInt8(ascii: "-") { position += 1 }
    if next == UInt8(ascii: "0") {
      position += 1
      if let byte = next, Self.isDigit(byte) { throw error("a number with a leading zero") }
    } else {
      try digits()
    }
    if next == UInt8(ascii: ".") {
      position += 1
      try digits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// Reads one of the words true, false and null.
  package mutating func word() throws(JSONError) -> String {
    for word in ["true", "false", "null"] where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return word
    }
    throw unexpected("a value")
  }

  /// Passes a value of any kind.
  package mutating func skipValue(depth: Int) throws(JSONError) {
    switch next {
    case UInt8(ascii: "{"):
      try object(depth: depth) { (scanner, _) throws(JSONError) in
        try scanner.skipValue(depth: depth + 1)
      }
    case UInt8(ascii: "["):
      try array(depth: depth) { (scanner) throws(JSONError) in
        try scanner.skipValue(depth: depth + 1)
      }
    case UInt8(ascii: "\""): _ = try string()
    case .some(let byte) where Self.isDigit(byte) || byte == UInt8(ascii: "-"): _ = try number()
    default: _ = try word()
    }
  }

  /// What kind of value begins at the next byte, in words.
  package var nextKind: String {
    switch next {
    case UInt8(ascii: "{"): "an object"
    case UInt8(ascii: "["): "an array"
    case UInt8(ascii: "\""): "a string"
    case UInt8(ascii: "n"): "null"
    case UInt8(ascii: "t"), UInt8(ascii: "f"): "a truth value"
    case .some(let byte) where Self.isDigit(byte) || byte == UInt8(ascii: "-"): "a number"
    case .some(let byte): Self.name(of: byte)
    case nil: "nothing"
    }
  }

  /// A byte as it is named in errors.
  package static func name(of byte: UInt8) -> String {
    (0x21...0x7E).contains(byte)
      ? "'\(Character(UnicodeScalar(byte)))'" : "byte 0x" + String(byte, radix: 16)
  }

  private mutating func items(
    from open: UInt8, to close: UInt8, depth: Int,
    _ item: (inout JSONScanner) throws(JSONError) -> Void
  ) throws(JSONError) {
    guard depth <= Self.maximumDepth else {
      throw error("brackets are nested deeper than \(Self.maximumDepth)")
    }
    try expect(open)
    skipWhitespace()
    if next == close {
      position += 1
      return
    }
    while true {
      try item(&self)
      skipWhitespace()
      if next == close {
        position += 1
        return
      }
      guard next == UInt8(ascii: ",") else { throw unexpected("',' or \(Self.name(of: close))") }
      position += 1
      skipWhitespace()
      guard next != close else { throw error("a comma before \(Self.name(of: close))") }
    }
  }

  private mutating func escape() throws(JSONError) -> [UInt8] {
    guard let byte = next else { throw cut() }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return Array(String(Character(try escapedScalar())).utf8)
    default: throw JSONError("an unknown escape \\\(Self.name(of: byte))", at: position - 1)
    }
  }

  private mutating func escapedScalar() throws(JSONError) -> UnicodeScalar {
    let start = position - 2
    let first = try fourHexadecimalDigits()
    if let scalar = UnicodeScalar(first) { return scalar }
    guard first < 0xDC00, bytes[position...].starts(with: "\\u".utf8) else {
      throw JSONError("half of a surrogate pair in a string", at: start)
    }
    position += 2
    let second = try fourHexadecimalDigits()
    guard (0xDC00...0xDFFF).contains(second),
      let scalar = UnicodeScalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
    else { throw JSONError("half of a surrogate pair in a string", at: start) }
    return scalar
  }

  private mutating func fourHexadecimalDigits() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next else { throw cut() }
      guard let digit = Character(UnicodeScalar(byte)).hexDigitValue, byte < 0x80 else {
        throw unexpected("four hexadecimal digits after \\u")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  private mutating func digits() throws(JSONError) {
    guard let byte = next, Self.isDigit(byte) else { throw unexpected("a digit") }
    while let byte = next, Self.isDigit(byte) { position += 1 }
  }

  private mutating func expect(_ byte: UInt8) throws(JSONError) {
    guard next == byte else { throw unexpected(Self.name(of: byte)) }
    position += 1
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private func cut() -> JSONError { error("it ends in the middle") }

  private func unexpected(_ wanted: String) -> JSONError {
    guard let byte = next else { return cut() }
    guard byte != UInt8(ascii: "/") else { return error("a comment; JSON has none") }
    guard !bytes[position...].starts(with: "NaN".utf8) else { return error("NaN; JSON has none") }
    return error("expected \(wanted), found \(Self.name(of: byte))")
  }

  private func error(_ problem: String) -> JSONError { JSONError(problem, at: position) }
}
