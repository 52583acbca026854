import Files
import Foundation

/// How a file holds a table, as it was found by looking at its beginning.
public struct TableFormat: Hashable, Sendable {
  /// What parts the fields of a row.
  public enum Separator: CaseIterable, Hashable, Sendable {
    case tab, doubleColon, semicolon, comma, bar, space

    /// The bytes that it is.
    var bytes: [UInt8] {
      switch self {
      case .tab: [0x09]
      case .doubleColon: Array("::".utf8)
      case .semicolon: Array(";".utf8)
      case .comma: Array(",".utf8)
      case .bar: Array("|".utf8)
      case .space: Array(" ".utf8)
      }
    }

    /// What it is called to people.
    var words: String {
      switch self {
      case .tab: "tabs"
      case .doubleColon: "::"
      case .semicolon: "semicolons"
      case .comma: "commas"
      case .bar: "|"
      case .space: "spaces"
      }
    }
  }

  /// How rows are written.
  public enum Layout: Hashable, Sendable {
    /// Fields parted by a separator, in double quotes where they hold it.
    case separated(Separator, hasQuotes: Bool)
    /// A JSON object on each line.
    case objects
  }

  /// How rows are written.
  public let layout: Layout
  /// Whether the first record names the columns.
  public let hasHeader: Bool
  /// The names of the columns; their numbers from 1 on where there is no header.
  public let columns: [String]
  /// Whether the file is compressed.
  public let isCompressed: Bool

  /// Whether a comma may stand before the fractions of numbers.
  var hasDecimalCommas: Bool {
    if case .separated(.semicolon, _) = layout { true } else { false }
  }

  /// What was found, for people: `gzip, fields parted by commas, a header, 2 columns: text, intent`.
  public var words: String {
    var parts = isCompressed ? ["gzip"] : []
    switch layout {
    case .objects: parts.append("a JSON object on each line")
    case .separated(let separator, _):
      if columns.count > 1 { parts.append("fields parted by \(separator.words)") }
      parts.append(hasHeader ? "a header" : "no header")
    }
    let names = columns.prefix(12).joined(separator: ", ") + (columns.count > 12 ? ", ..." : "")
    parts.append(counted(columns.count, "column") + (hasHeader ? ": \(names)" : ""))
    return parts.joined(separator: ", ")
  }
}

extension RecordScanner {
  /// Finds records of a layout; objects have none, and stand on lines.
  init(_ layout: TableFormat.Layout) {
    switch layout {
    case .separated(let separator, let hasQuotes):
      self.init(separator: separator.bytes, hasQuotes: hasQuotes)
    case .objects: self.init(separator: TableFormat.Separator.comma.bytes, hasQuotes: false)
    }
  }
}

/// The beginning of a file, from which its format is found.
struct TableSample {
  /// What errors call the file.
  let name: String
  /// The first bytes of the file, without a mark of UTF-8.
  let bytes: [UInt8]
  /// Whether these are all.
  let isWhole: Bool
  /// Whether the file is compressed.
  let isCompressed: Bool

  private static let recordLimit = 200

  /// The format, found with the columns that a user names.
  ///
  /// Throws where the file is of another kind, or is empty.
  func format(_ names: ColumnNames) throws(ReadError) -> TableFormat {
    try refuseOtherKinds()
    let first = bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    guard let first else {
      throw ReadError(.damaged, file: name, "it is empty; give a row for each example.")
    }
    if first == UInt8(ascii: "{") {
      return TableFormat(
        layout: .objects, hasHeader: true, columns: objectKeys, isCompressed: isCompressed)
    }
    if bytes.first == UInt8(ascii: "["), bytes.contains(UInt8(ascii: "{")) {
      throw ReadError(
        .damaged, file: name,
        "a JSON array, which is read whole; write each object on a line of its own (JSON Lines).")
    }
    let (separator, hasQuotes, records) = bestSeparator()
    let titles = records[0]
    let hasHeader =
      names.header == .found ? isHeader(records, separator, names) : names.header == .first
    return TableFormat(
      layout: .separated(separator, hasQuotes: hasQuotes), hasHeader: hasHeader,
      columns: hasHeader
        ? titles.map { title in title.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
        : titles.indices.map { String($0 + 1) },
      isCompressed: isCompressed)
  }

  /// Names kinds of file that people take for tables.
  private func refuseOtherKinds() throws(ReadError) {
    let kinds: [([UInt8], String)] = [
      (Array("PK\u{3}\u{4}".utf8), "a zip archive or spreadsheet; save the table as CSV."),
      (Array("PAR1".utf8), "a Parquet file; save the table as CSV."),
      (Array("%PDF".utf8), "a PDF file, and a table of text is wanted."),
      ([0xFF, 0xFE], "it is UTF-16; save the file as UTF-8."),
      ([0xFE, 0xFF], "it is UTF-16; save the file as UTF-8."),
    ]
    for (signature, problem) in kinds where bytes.starts(with: signature) {
      throw ReadError(.damaged, file: name, problem)
    }
    if bytes.contains(0) {
      throw ReadError(.damaged, file: name, "not a file of text; a table as CSV is wanted.")
    }
  }

  /// The separator that parts most records into as many fields, and these records.
  private func bestSeparator() -> (TableFormat.Separator, hasQuotes: Bool, records: [[String]]) {
    var best: (score: Double, TableFormat.Separator, hasQuotes: Bool, records: [[String]])?
    for separator in TableFormat.Separator.allCases {
      for hasQuotes in [true, false] {
        guard let records = records(separator, hasQuotes: hasQuotes) else { continue }
        let score = Self.evenness(records, of: separator)
        if score > best?.score ?? 0 { best = (score, separator, hasQuotes, records) }
        break
      }
    }
    if let best { return (best.1, best.hasQuotes, best.records) }
    return (.comma, true, records(.comma, hasQuotes: true) ?? [[]])
  }

  /// The share of records that have as many fields as the first, of two at least; 0 where spaces,
  /// which are in texts too, part any record otherwise.
  private static func evenness(
    _ records: [[String]], of separator: TableFormat.Separator
  ) -> Double {
    guard let first = records.first, first.count > 1 else { return 0 }
    let share = Double(records.count { $0.count == first.count }) / Double(records.count)
    if separator == .space { return share == 1 && records.count > 2 ? 0.1 : 0 }
    return share
  }

  /// The first records as a separator parts them; nil where quotes do not fit.
  private func records(_ separator: TableFormat.Separator, hasQuotes: Bool) -> [[String]]? {
    let scanner = RecordScanner(separator: separator.bytes, hasQuotes: hasQuotes)
    var records: [[String]] = []
    var position = 0
    while records.count < Self.recordLimit {
      while position < bytes.count, RecordScanner.endsLine(bytes[position]) { position += 1 }
      guard position < bytes.count else { break }
      switch scanner.record(in: bytes, from: position, isEnd: isWhole) {
      case .record(let fields, let end, _):
        records.append((0..<fields.count).map { String(decoding: fields[$0], as: UTF8.self) })
        position = end
      case .wrong where separator == .comma && !records.isEmpty: return records
      case .incomplete where !records.isEmpty: return records
      case .wrong, .incomplete:
        // What quotes of a comma hold together is for the reader to tell.
        return separator == .comma && hasQuotes ? [[""]] : nil
      }
    }
    return records
  }

  /// Whether the first record names the columns.
  ///
  /// It does where it has the names that are asked for or usual ones; where all of it is words above
  /// a column of numbers; or where a column repeats itself, but for its first. Where nothing tells,
  /// tables with commas and semicolons are taken to have one.
  private func isHeader(
    _ records: [[String]], _ separator: TableFormat.Separator, _ names: ColumnNames
  ) -> Bool {
    let titles = records[0].map { trimmed($0) }
    let keys = titles.map(ColumnNames.key)
    let wanted = names.named.values.filter { Int($0) == nil }
    if !wanted.isEmpty, wanted.allSatisfy({ keys.contains(ColumnNames.key($0)) }) { return true }
    guard titles.allSatisfy({ !$0.isEmpty && TableNumber.value(of: $0) == nil }) else {
      return false
    }
    let usual = ColumnRole.allCases.filter { role in role.usualNames.contains { keys.contains($0) }
    }
    if usual.count >= min(2, titles.count) { return true }
    let columns = titles.indices.map { column in
      records.dropFirst().compactMap { column < $0.count ? trimmed($0[column]) : nil }
    }
    let isAboveNumbers = columns.contains { values in
      !values.isEmpty && values.allSatisfy { TableNumber.value(of: $0) != nil || $0.isEmpty }
    }
    if isAboveNumbers { return true }
    let isApart = zip(titles, columns).contains { title, values in
      let distinct = Set(values)
      return distinct.count * 2 <= values.count && !distinct.contains(title)
    }
    let recurs = zip(titles, columns).contains { title, values in values.contains(title) }
    if isApart || recurs { return !recurs }
    return usual.count > 0 || (titles.count > 1 && [.comma, .semicolon].contains(separator))
  }

  /// The keys of the objects of the first lines, in the order in which they come; the reader tells
  /// what is wrong with a line that has none.
  private var objectKeys: [String] {
    var keys: [String] = []
    var lines = bytes.split(whereSeparator: RecordScanner.endsLine)
    if !isWhole, lines.count > 1 { lines.removeLast() }
    for line in lines.prefix(Self.recordLimit) {
      guard let members = try? TableObject.members(line, file: name, line: 1) else { break }
      for member in members where !keys.contains(member.key) { keys.append(member.key) }
    }
    return keys
  }

  private func trimmed(_ text: String) -> String {
    text.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
