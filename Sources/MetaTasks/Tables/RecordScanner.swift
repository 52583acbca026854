/// The fields of one record, one after the other.
struct RecordFields: Hashable, Sendable {
  /// The bytes of all fields.
  private(set) var bytes: [UInt8] = []
  /// Where each field ends.
  private(set) var ends: [Int] = []

  /// The number of fields.
  var count: Int { ends.count }

  /// The bytes of a field.
  subscript(field: Int) -> ArraySlice<UInt8> {
    bytes[(field == 0 ? 0 : ends[field - 1])..<ends[field]]
  }

  /// Adds to the field that is not ended.
  mutating func append(_ more: ArraySlice<UInt8>) { bytes.append(contentsOf: more) }
  /// Ends a field.
  mutating func endField() { ends.append(bytes.count) }
}

/// Finds the records of a table in bytes (RFC 4180).
///
/// Records end in LF, CR LF or CR. A field in double quotes may hold separators and line ends, and a
/// quote twice for one; in other fields quotes are ordinary.
struct RecordScanner {
  /// What was found at a place.
  enum Outcome {
    /// A record up to a position, and how many lines it takes.
    case record(RecordFields, end: Int, lines: Int)
    /// The bytes end within a record.
    case incomplete
    /// What is wrong, so many lines on.
    case wrong(String, lines: Int)
  }

  /// The bytes between two fields.
  let separator: [UInt8]
  /// Whether double quotes hold fields together.
  let hasQuotes: Bool

  private static let quote = UInt8(ascii: "\"")
  private static let feed = UInt8(ascii: "\n")
  private static let carriage = UInt8(ascii: "\r")

  /// Looks for the record that begins at a position; `isEnd` says that no bytes follow these.
  func record(in bytes: [UInt8], from start: Int, isEnd: Bool) -> Outcome {
    var fields = RecordFields()
    var (position, lines) = (start, 0)
    while true {
      if hasQuotes, position < bytes.count, bytes[position] == Self.quote {
        let first = lines
        switch quotedField(in: bytes, from: position, isEnd: isEnd, into: &fields, &lines) {
        case .end(let end): position = end
        case .goesOn: return .wrong(Self.goesOn, lines: lines)
        case .open: return isEnd ? .wrong(Self.neverEnds, lines: first) : .incomplete
        }
      } else {
        let end = fieldEnd(in: bytes, from: position)
        fields.append(bytes[position..<end])
        position = end
      }
      fields.endField()
      guard position < bytes.count else {
        return isEnd ? .record(fields, end: position, lines: lines) : .incomplete
      }
      if isSeparator(bytes, at: position) {
        position += separator.count
        continue
      }
      guard let end = Self.lineEnd(bytes, at: position, isEnd: isEnd) else { return .incomplete }
      return .record(fields, end: end, lines: lines + 1)
    }
  }

  private static let goesOn = "a quoted field goes on after its end; double the quotes within."
  private static let neverEnds = "a quoted field begins and never ends; close its quotes."

  /// Where the line end at a position ends, CR LF as one; nil where that cannot be known yet.
  static func lineEnd(_ bytes: [UInt8], at position: Int, isEnd: Bool) -> Int? {
    guard bytes[position] == carriage else { return position + 1 }
    guard position + 1 < bytes.count else { return isEnd ? position + 1 : nil }
    return bytes[position + 1] == feed ? position + 2 : position + 1
  }

  /// Whether a byte ends a line.
  static func endsLine(_ byte: UInt8) -> Bool { byte == feed || byte == carriage }

  private func isSeparator(_ bytes: [UInt8], at position: Int) -> Bool {
    guard bytes[position] == separator[0] else { return false }
    return separator.count == 1
      || (position + 1 < bytes.count && bytes[position + 1] == separator[1])
  }

  /// Where a field without quotes ends.
  private func fieldEnd(in bytes: [UInt8], from start: Int) -> Int {
    var position = start
    while position < bytes.count, !Self.endsLine(bytes[position]), !isSeparator(bytes, at: position)
    {
      position += 1
    }
    return position
  }

  /// How a quoted field ends.
  private enum QuotedEnd {
    /// Before a separator, a line end or the end of all.
    case end(Int)
    /// Before something else.
    case goesOn
    /// Not in these bytes.
    case open
  }

  private func quotedField(
    in bytes: [UInt8], from start: Int, isEnd: Bool, into fields: inout RecordFields,
    _ lines: inout Int
  ) -> QuotedEnd {
    var position = start + 1
    var begin = position
    while position < bytes.count {
      let byte = bytes[position]
      if Self.endsLine(byte) {
        guard let end = Self.lineEnd(bytes, at: position, isEnd: isEnd) else { return .open }
        position = end
        lines += 1
      } else if byte != Self.quote {
        position += 1
      } else if position + 1 < bytes.count, bytes[position + 1] == Self.quote {
        fields.append(bytes[begin...position])
        position += 2
        begin = position
      } else {
        fields.append(bytes[begin..<position])
        position += 1
        // A separator of two bytes may be cut between them.
        guard position + separator.count <= bytes.count || isEnd else { return .open }
        guard position < bytes.count else { return .end(position) }
        return isSeparator(bytes, at: position) || Self.endsLine(bytes[position])
          ? .end(position) : .goesOn
      }
    }
    return .open
  }
}
