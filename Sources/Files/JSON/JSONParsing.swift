extension JSONValue {
  /// Reads JSON text strictly: one value, no comments, no repeated keys, at most 127 levels deep.
  ///
  /// Throws with the place of the first mistake.
  public init(parsing text: String) throws(JSONError) {
    var scanner = JSONScanner(Array(text.utf8))
    scanner.skipWhitespace()
    self = try Self.value(&scanner, depth: 1)
    try scanner.expectEnd()
  }

  /// The same from bytes, which must be UTF-8.
  package init(parsing bytes: some Sequence<UInt8>) throws(JSONError) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw JSONError("it is not UTF-8")
    }
    try self.init(parsing: text)
  }

  private static func value(_ scanner: inout JSONScanner, depth: Int) throws(JSONError) -> JSONValue
  {
    switch scanner.nextKind {
    case "an object":
      var members: [Member] = []
      var keys: Set<String> = []
      try scanner.object(depth: depth) { (scanner, key) throws(JSONError) in
        guard keys.insert(key).inserted else { throw JSONError("the key '\(key)' is there twice") }
        members.append(Member(key, try value(&scanner, depth: depth + 1)))
      }
      return .object(members)
    case "an array":
      var elements: [JSONValue] = []
      try scanner.array(depth: depth) { (scanner) throws(JSONError) in
        elements.append(try value(&scanner, depth: depth + 1))
      }
      return .array(elements)
    case "a string": return .string(try scanner.string())
    case "a number": return number(try scanner.number())
    default:
      let word = try scanner.word()
      return word == "null" ? .null : .boolean(word == "true")
    }
  }

  private static func number(_ text: String) -> JSONValue {
    if let integer = Int(text) { return .integer(integer) }
    // Beyond the range the nearest number is an infinity or zero, as in other readers.
    return .number(Double(text) ?? (text.hasPrefix("-") ? -.infinity : .infinity))
  }
}
