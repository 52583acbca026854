/// Reads tables of text, such as CSV files, record by record (RFC 4180).
///
/// Records end in LF, CR LF or CR; lines without anything are passed by. A field in double quotes
/// may hold separators and line ends, and a quote twice for one; in other fields quotes are
/// ordinary.
package struct CSVReader {
  /// The fields of one record, and the line that it begins on, counted from 1.
  package struct Record: Hashable, Sendable {
    /// The fields.
    package let fields: [String]
    /// The line that it begins on.
    package let line: Int
  }

  private let name: String
  private let bytes: [UInt8]
  private let separator: UInt8
  private var position: Int
  private var line = 1

  /// Starts at the first record of a file; `name` is what errors call it.
  ///
  /// Without a separator it is the one of tab, semicolon and comma that the first line has most of.
  package init(_ bytes: [UInt8], name: String, separator: UInt8? = nil) {
    self.name = name
    self.bytes = bytes
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    position = bytes.starts(with: mark) ? mark.count : 0
    self.separator = separator ?? Self.separator(of: bytes)
  }

  private static func separator(of bytes: [UInt8]) -> UInt8 {
    let line = bytes.prefix { !isLineEnd($0) }
    let candidates = [",", ";", "\t"].flatMap { Array($0.utf8) }
    let counts = candidates.map { candidate in line.count { $0 == candidate } }
    return zip(candidates, counts).reduce((candidates[0], 0)) { $1.1 > $0.1 ? $1 : $0 }.0
  }

  private static func isLineEnd(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// The next record; nil at the end.
  ///
  /// Throws where a quoted field has no end or goes on after it, or a field is not UTF-8.
  package mutating func record() throws(ReadError) -> Record? {
    while let byte = next, Self.isLineEnd(byte) { endLine() }
    guard next != nil else { return nil }
    let first = line
    var fields: [String] = []
    while true {
      fields.append(try field())
      guard let byte = next, byte == separator else { break }
      position += 1
    }
    if next != nil { endLine() }
    return Record(fields: fields, line: first)
  }

  /// Passes a line end, CR LF as one.
  private mutating func endLine() {
    let isReturn = bytes[position] == UInt8(ascii: "\r")
    position += 1
    if isReturn, next == UInt8(ascii: "\n") { position += 1 }
    line += 1
  }

  /// Reads a field up to the separator or line end after it.
  private mutating func field() throws(ReadError) -> String {
    if next == UInt8(ascii: "\"") { return try quotedField() }
    let start = position
    while let byte = next, byte != separator, !Self.isLineEnd(byte) { position += 1 }
    return try text(bytes[start..<position], line: line)
  }

  private mutating func quotedField() throws(ReadError) -> String {
    let first = line
    var content: [UInt8] = []
    position += 1
    while let byte = next {
      if Self.isLineEnd(byte) {
        let start = position
        endLine()
        content += bytes[start..<position]
        continue
      }
      position += 1
      guard byte == UInt8(ascii: "\"") else {
        content.append(byte)
        continue
      }
      guard next == UInt8(ascii: "\"") else {
        guard next.map({ $0 == separator || Self.isLineEnd($0) }) ?? true else {
          throw error("a quoted field goes on after its end; double the quotes within.", line: line)
        }
        return try text(content[...], line: first)
      }
      content.append(byte)
      position += 1
    }
    throw error("a quoted field begins and never ends; close its quotes.", line: first)
  }

  private func text(_ bytes: ArraySlice<UInt8>, line: Int) throws(ReadError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw error("it is not UTF-8; save the file as UTF-8.", line: line)
    }
    return text
  }

  private func error(_ problem: String, line: Int) -> ReadError {
    ReadError(.damaged, file: name, "line \(line): \(problem)")
  }
}
