import Files
public import Foundation

/// One row of a table.
public struct TableRow: Sendable {
  /// What the rows of a table have in common.
  struct Place: Sendable {
    let file: String
    let columns: [String]
    /// Whether a comma stands before the fractions of numbers.
    let hasDecimalCommas: Bool
  }

  /// The line that it begins on, counted from 1.
  public let line: Int
  let fields: RecordFields
  let place: Place

  /// The text of a column; empty where it is missing.
  public func text(_ column: Int) -> String { String(decoding: fields[column], as: UTF8.self) }

  /// The text of a column without blanks around it; throws where there is none.
  public func name(_ column: Int) throws(ReadError) -> String {
    let bytes = trimmed(column)
    guard !bytes.isEmpty else { throw error("it is empty.", column: column) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The number of a column; nil where it is missing.
  ///
  /// Throws where something else stands there.
  public func number(_ column: Int) throws(ReadError) -> Double? {
    let text = String(decoding: trimmed(column), as: UTF8.self)
    if let number = TableNumber.value(of: text) { return number }
    if TableNumber.missing.contains(text.lowercased()) { return nil }
    if place.hasDecimalCommas, text.count(where: { $0 == "," }) == 1,
      let number = TableNumber.value(of: text.replacing(",", with: "."))
    {
      return number
    }
    throw error(
      "\(String(text.prefix(40)).debugDescription) is not a number.", column: column)
  }

  /// The bytes of a column without blanks around them.
  private func trimmed(_ column: Int) -> ArraySlice<UInt8> {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    let bytes = fields[column].drop(while: isBlank)
    return bytes.dropLast(bytes.reversed().prefix(while: isBlank).count)
  }

  /// An error about the row, or one column of it.
  public func error(_ problem: String, column: Int? = nil) -> ReadError {
    let column = column.map { ", column '\(place.columns[$0])'" } ?? ""
    return ReadError(.damaged, file: place.file, "line \(line)\(column): \(problem)")
  }
}

/// Reads tables row by row: CSV and its relatives, and JSON lines, plain or gzip.
///
/// What separates fields, whether they are quoted and whether there is a header is found from the
/// first bytes. Rows without anything are passed by. Memory holds one row and a piece of the file.
public final class TableReader {
  /// The longest row in bytes.
  private static let rowLimit = 1 << 24
  /// How much is looked at to find the format.
  private static let sampleSize = 1 << 16

  /// What was found.
  public let format: TableFormat
  private let names: ColumnNames
  private let scanner: RecordScanner
  private let place: TableRow.Place
  private var stream: ByteStream
  private var buffer: [UInt8]
  private var position = 0
  private var line = 1
  private var isEnd: Bool
  private var isBeforeHeader: Bool

  /// Opens a file; `names` are the columns that a user names.
  ///
  /// Throws where there is no such file, it is of another kind, or is empty.
  public convenience init(_ url: URL, _ names: ColumnNames = ColumnNames()) throws(ReadError) {
    try self.init(try ByteStream(url), names)
  }

  /// Reads a table in memory; `name` is what errors call it.
  public convenience init(
    _ bytes: [UInt8], name: String, _ names: ColumnNames = ColumnNames()
  ) throws(ReadError) {
    try self.init(try ByteStream(bytes, name: name), names)
  }

  private init(_ stream: ByteStream, _ names: ColumnNames) throws(ReadError) {
    var buffer: [UInt8] = []
    var isEnd = false
    while buffer.count < Self.sampleSize, !isEnd {
      let piece = try stream.next()
      buffer += piece
      isEnd = piece.isEmpty
    }
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    if buffer.starts(with: mark) { buffer.removeFirst(mark.count) }
    let sample = TableSample(
      name: stream.name, bytes: isEnd ? buffer : Array(buffer.prefix(Self.sampleSize)),
      isWhole: isEnd, isCompressed: stream.isCompressed)
    format = try sample.format(names)
    scanner = RecordScanner(format.layout)
    place = TableRow.Place(
      file: stream.name, columns: format.columns, hasDecimalCommas: format.hasDecimalCommas)
    isBeforeHeader = format.hasHeader && format.layout != .objects
    self.names = names
    self.buffer = buffer
    self.isEnd = isEnd
    self.stream = stream
  }

  /// The next row; nil at the end.
  ///
  /// Throws where it has more or fewer fields than the others, a quoted field has no end, it is
  /// longer than 16 MB, or a field is not UTF-8.
  public func next() throws(ReadError) -> TableRow? {
    if isBeforeHeader {
      isBeforeHeader = false
      _ = try record()
    }
    return format.layout == .objects ? try object() : try record()
  }
}

// MARK: Rows

extension TableReader {
  private func record() throws(ReadError) -> TableRow? {
    try passEmptyLines()
    while position < buffer.count {
      switch scanner.record(in: buffer, from: position, isEnd: isEnd) {
      case .record(let fields, let end, let lines):
        let row = TableRow(line: line, fields: fields, place: place)
        guard fields.count == format.columns.count else { throw ragged(row) }
        try validate(row)
        position = end
        line += lines
        return row
      case .wrong(let problem, let lines): throw error(problem, line: line + lines)
      case .incomplete: try refill()
      }
    }
    return nil
  }

  private func ragged(_ row: TableRow) -> ReadError {
    let expected = format.columns.count
    return row.error(
      "\(counted(row.fields.count, "field")), and \(format.hasHeader ? "the header" : "the first line")"
        + " has \(expected); put fields that hold a separator in double quotes.")
  }

  private func validate(_ row: TableRow) throws(ReadError) {
    guard row.fields.bytes.contains(where: { $0 >= 0x80 }) else { return }
    for column in 0..<row.fields.count
    where String(validating: row.fields[column], as: UTF8.self) == nil {
      throw row.error("it is not UTF-8; save the file as UTF-8.", column: column)
    }
  }

  private func object() throws(ReadError) -> TableRow? {
    try passEmptyLines()
    guard position < buffer.count else { return nil }
    var end = position
    while true {
      while end < buffer.count, !RecordScanner.endsLine(buffer[end]) { end += 1 }
      guard end == buffer.count, !isEnd else { break }
      end -= position
      try refill()
      end += position
    }
    let members = try TableObject.members(buffer[position..<end], file: stream.name, line: line)
    var fields = RecordFields()
    for column in format.columns {
      if let member = members.first(where: { $0.key == column }) {
        fields.append(Array(TableObject.text(member.value).utf8)[...])
      }
      fields.endField()
    }
    position = end
    return TableRow(line: line, fields: fields, place: place)
  }

  /// Passes the ends of lines, and counts them.
  private func passEmptyLines() throws(ReadError) {
    while true {
      if position == buffer.count, !isEnd { try refill() }
      guard position < buffer.count, RecordScanner.endsLine(buffer[position]) else { return }
      if let end = RecordScanner.lineEnd(buffer, at: position, isEnd: isEnd) {
        position = end
        line += 1
      } else {
        try refill()
      }
    }
  }

  /// Drops what is read, and takes in as much again as is left.
  private func refill() throws(ReadError) {
    buffer.removeFirst(position)
    position = 0
    guard buffer.count <= Self.rowLimit else {
      throw error(
        "a row of more than \(Self.rowLimit) bytes; look for a quote that is not closed.",
        line: line)
    }
    let wanted = 2 * buffer.count
    repeat {
      let piece = try stream.next()
      buffer += piece
      isEnd = piece.isEmpty
    } while !isEnd && buffer.count < wanted
  }

  private func error(_ problem: String, line: Int) -> ReadError {
    ReadError(.damaged, file: stream.name, "line \(line): \(problem)")
  }
}

// MARK: Columns

extension TableReader {
  /// Whether the user names the column of a role.
  func isNamed(_ role: ColumnRole) -> Bool { names.named[role] != nil }

  /// The column of a role: the one that the user names, or one of a usual name; nil where there is
  /// none.
  ///
  /// Throws where a column that is named is not there.
  public func column(_ role: ColumnRole) throws(ReadError) -> Int? {
    guard let name = names.named[role] else {
      let keys = format.columns.map(ColumnNames.key)
      return format.hasHeader
        ? role.usualNames.lazy.compactMap { keys.firstIndex(of: $0) }.first : nil
    }
    if let number = Int(name), format.columns.indices.contains(number - 1) { return number - 1 }
    if let column = format.columns.firstIndex(of: name) { return column }
    let key = ColumnNames.key(name)
    if let column = format.columns.firstIndex(where: { ColumnNames.key($0) == key }) {
      return column
    }
    throw ReadError(
      .damaged, file: stream.name,
      "there is no column '\(name)' of \(role.plural); there is \(format.words).")
  }
}
