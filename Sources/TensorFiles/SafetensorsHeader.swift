internal import Files

/// What the header of a safetensors file says, by the letter of the format but not yet checked
/// against the data.
struct SafetensorsHeader {
  /// A tensor as the header describes it.
  struct Entry {
    var name: String
    var elementType: SafetensorsElementType
    var shape: [UInt64]
    var begin: UInt64
    var end: UInt64
  }

  /// The most axes that a tensor may have.
  static let maximumRank = 32
  /// The longest name of a tensor, in bytes.
  static let maximumNameByteCount = 1024
  /// The key under which free text stands.
  static let metadataKey = "__metadata__"

  private(set) var entries: [Entry] = []
  private(set) var metadata: [String: String] = [:]

  /// Parses a header that has been validated as UTF-8.
  init(parsing bytes: [UInt8]) throws(JSONError) {
    guard let first = bytes.first else { throw JSONError("the header is empty") }
    guard !bytes.starts(with: [0xEF, 0xBB, 0xBF]) else {
      throw JSONError("the header starts with a byte order mark")
    }
    var scanner = JSONScanner(bytes)
    guard first == UInt8(ascii: "{") else {
      throw JSONError("the header must be an object that starts at once, not \(scanner.nextKind)")
    }
    var names: Set<String> = []
    var found: (entries: [Entry], metadata: [String: String]) = ([], [:])
    try scanner.object { (scanner, name) throws(JSONError) in
      guard names.insert(name).inserted else {
        throw JSONError("\(Self.quoted(name)) is there twice")
      }
      if name == Self.metadataKey {
        found.metadata = try Self.metadata(&scanner)
      } else {
        found.entries.append(try Self.entry(name, &scanner))
      }
    }
    try scanner.expectEnd()
    (entries, metadata) = found
  }

  /// A name as it stands in errors, shortened and free of control characters.
  static func quoted(_ name: String) -> String {
    let shown = name.prefix(80).map { $0.isNewline || $0 < " " ? "?" : $0 }
    return "`\(String(shown))\(name.count > 80 ? "…" : "")`"
  }

  private static func metadata(
    _ scanner: inout JSONScanner
  ) throws(JSONError) -> [String: String] {
    if scanner.nextKind == "null" {
      _ = try scanner.word()
      return [:]
    }
    guard scanner.next == UInt8(ascii: "{") else {
      throw JSONError("\(metadataKey) is \(scanner.nextKind), not an object of strings")
    }
    var metadata: [String: String] = [:]
    try scanner.object(depth: 2) { (scanner, key) throws(JSONError) in
      guard scanner.next == UInt8(ascii: "\"") else {
        if scanner.next == UInt8(ascii: "["), key == "shape" || key == "data_offsets" {
          throw JSONError("a tensor cannot be named \(metadataKey)")
        }
        throw JSONError("metadata \(quoted(key)) is \(scanner.nextKind), not a string")
      }
      guard metadata.updateValue(try scanner.string(), forKey: key) == nil else {
        throw JSONError("metadata \(quoted(key)) is there twice")
      }
    }
    return metadata
  }

  private static func entry(
    _ name: String, _ scanner: inout JSONScanner
  ) throws(JSONError) -> Entry {
    guard name.utf8.count <= maximumNameByteCount else {
      throw JSONError("the name \(quoted(name)) is longer than \(maximumNameByteCount) bytes")
    }
    let tensor = "tensor \(quoted(name))"
    guard scanner.next == UInt8(ascii: "{") else {
      throw JSONError("\(tensor) is \(scanner.nextKind), not an object")
    }
    var fields = Fields(tensor: tensor)
    try scanner.object(depth: 2) { (scanner, field) throws(JSONError) in
      try fields.read(field, &scanner)
    }
    guard let elementType = fields.elementType else { throw JSONError("\(tensor) has no dtype") }
    guard let shape = fields.shape else { throw JSONError("\(tensor) has no shape") }
    guard let offsets = fields.offsets else { throw JSONError("\(tensor) has no data_offsets") }
    return Entry(
      name: name, elementType: elementType, shape: shape, begin: offsets.begin, end: offsets.end)
  }
}

/// The fields of one tensor while its object is read.
private struct Fields {
  let tensor: String
  var elementType: SafetensorsElementType?
  var shape: [UInt64]?
  var offsets: (begin: UInt64, end: UInt64)?

  init(tensor: String) { self.tensor = tensor }

  mutating func read(_ field: String, _ scanner: inout JSONScanner) throws(JSONError) {
    switch field {
    case "dtype":
      guard elementType == nil else { throw twice(field) }
      elementType = try readElementType(&scanner)
    case "shape":
      guard shape == nil else { throw twice(field) }
      shape = try readNumbers(&scanner, "shape", each: "dimension")
    case "data_offsets":
      guard offsets == nil else { throw twice(field) }
      let numbers = try readNumbers(&scanner, "data_offsets", each: "offset")
      guard numbers.count == 2 else {
        throw JSONError("\(tensor) has \(numbers.count) data_offsets, not 2")
      }
      offsets = (numbers[0], numbers[1])
    default: try scanner.skipValue(depth: 3)
    }
  }

  private func twice(_ field: String) -> JSONError { JSONError("\(tensor) has two \(field)s") }

  private func readElementType(
    _ scanner: inout JSONScanner
  ) throws(JSONError) -> SafetensorsElementType {
    guard scanner.next == UInt8(ascii: "\"") else {
      throw JSONError("the dtype of \(tensor) is \(scanner.nextKind), not a string")
    }
    let name = try scanner.string()
    if let type = SafetensorsElementType(rawValue: name) { return type }
    let quoted = SafetensorsHeader.quoted(name)
    guard SafetensorsElementType(rawValue: name.uppercased()) == nil else {
      throw JSONError("the dtype \(quoted) of \(tensor) must be written in capitals")
    }
    throw JSONError("\(tensor) has the unknown dtype \(quoted)")
  }

  private func readNumbers(
    _ scanner: inout JSONScanner, _ field: String, each: String
  ) throws(JSONError) -> [UInt64] {
    guard scanner.next == UInt8(ascii: "[") else {
      throw JSONError("the \(field) of \(tensor) is \(scanner.nextKind), not an array")
    }
    var numbers: [UInt64] = []
    try scanner.array(depth: 3) { (scanner) throws(JSONError) in
      guard numbers.count < SafetensorsHeader.maximumRank else {
        throw JSONError("\(tensor) has more than \(SafetensorsHeader.maximumRank) \(each)s")
      }
      guard scanner.nextKind == "a number" else {
        throw JSONError("a \(each) of \(tensor) is \(scanner.nextKind), not a number")
      }
      numbers.append(try number(try scanner.number(), each))
    }
    return numbers
  }

  private func number(_ text: String, _ each: String) throws(JSONError) -> UInt64 {
    let shown = text.prefix(40)
    guard !text.hasPrefix("-") else {
      throw JSONError("\(tensor) has the negative \(each) \(shown)")
    }
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw JSONError("the \(each) \(shown) of \(tensor) must be written as a whole number")
    }
    guard let number = UInt64(text) else {
      throw JSONError("the \(each) \(shown) of \(tensor) does not fit 64 bits")
    }
    return number
  }
}
