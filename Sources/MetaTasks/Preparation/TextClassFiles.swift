import Files
package import Foundation

/// A table of texts: how it is written, and which columns hold what.
public struct TextTable: Hashable, Sendable {
  /// How it is written.
  public let format: TableFormat
  /// The name of the column of texts.
  public let text: String
  /// The name of the column of classes.
  public let label: String

  /// What was found, for people.
  public var words: String {
    "\(format.words); texts in column '\(text)' (--text), classes in '\(label)' (--label)"
  }
}

/// Texts in classes as users bring them: a table, or a folder with a file for each class.
package enum TextClassFiles {
  /// The classes of a table or a folder, in the order of the bytes of their names.
  ///
  /// A table has a row for each text; which columns hold texts and classes is named by `names`, by
  /// the table's header, or else found by what repeats itself. A folder has a file `<class>.txt` for
  /// each class, with a text on each line. Texts without a class are left out and told. Throws, with
  /// the line, where a text has no words, unless what is damaged is left out.
  package static func classes(
    at url: URL, _ names: ColumnNames = ColumnNames(), _ reading: Reading = .plain
  ) throws(ReadError) -> [TextClass] { try contents(at: url, names, reading).classes }

  /// The same with the table, where it is one.
  static func contents(
    at url: URL, _ names: ColumnNames, _ reading: Reading
  ) throws(ReadError) -> (classes: [TextClass], table: TextTable?) {
    if Folder.kind(at: url) == .folder { return (try classes(inFolder: url, reading), nil) }
    return try contents(of: try TableReader(url, names), name: url.path, reading)
  }

  /// The classes of a table's bytes; `name` is what errors call it.
  package static func classes(
    inTable bytes: [UInt8], name: String
  ) throws(ReadError) -> [TextClass] {
    try contents(of: try TableReader(bytes, name: name), name: name, .plain).classes
  }

  private static func contents(
    of table: TableReader, name: String, _ reading: Reading
  ) throws(ReadError) -> (classes: [TextClass], table: TextTable?) {
    let columns = try columns(of: table, name: name)
    var rows: [(first: String, second: String, row: TableRow)] = []
    while let row = try table.next() {
      rows.append((row.text(columns.first), row.text(columns.second), row))
    }
    guard !rows.isEmpty else {
      throw ReadError(.damaged, file: name, "it has no rows below its header.")
    }
    // Classes repeat themselves more than texts do.
    let isTurned =
      !columns.isNamed && Set(rows.map(\.first)).count < Set(rows.map(\.second)).count
    var gathering = Gathering(name: name, reading)
    for (first, second, row) in rows {
      try gathering.add(isTurned ? second : first, to: isTurned ? first : second, line: row.line)
    }
    guard !gathering.isEmpty else {
      throw ReadError(.damaged, file: name, "it has no texts with a class.")
    }
    let titles = [columns.first, columns.second].map { table.format.columns[$0] }
    return (
      gathering.classes(),
      TextTable(
        format: table.format, text: titles[isTurned ? 1 : 0], label: titles[isTurned ? 0 : 1])
    )
  }

  /// The columns of texts and of classes; `isNamed` where it is known which is which.
  private static func columns(
    of table: TableReader, name: String
  ) throws(ReadError) -> (first: Int, second: Int, isNamed: Bool) {
    let count = table.format.columns.count
    var (text, label) = (try table.column(.text), try table.column(.label))
    if let both = text, both == label {
      // The one that is named counts, and the other is to be found.
      switch (table.isNamed(.text), table.isNamed(.label)) {
      case (true, false): label = nil
      case (false, true): text = nil
      default:
        throw ReadError(
          .damaged, file: name,
          "column '\(table.format.columns[both])' cannot hold both texts and classes; name two with --text "
            + "and --label.")
      }
    }
    switch (text, label) {
    case (let text?, let label?): return (text, label, true)
    case (nil, nil) where count >= 2: return (0, 1, false)
    case (let text?, nil) where count == 2: return (text, 1 - text, true)
    case (nil, let label?) where count == 2: return (1 - label, label, true)
    default:
      throw ReadError(
        .damaged, file: name,
        "a column of texts (\(ColumnRole.text.usualNames.joined(separator: ", "))) and one of classes "
          + "(\(ColumnRole.label.usualNames.joined(separator: ", "))) are needed, and there is "
          + "\(table.format.words); name them with --text and --label.")
    }
  }

  /// Whether a folder has several files of texts, and no folders, which would be classes of
  /// pictures.
  package static func areFiles(of folder: URL) -> Bool {
    guard let tree = try? FileTree(folder) else { return false }
    return tree.folders.isEmpty && tree.names.count { $0.hasSuffix(".txt") } > 1
  }

  private static func classes(
    inFolder folder: URL, _ reading: Reading
  ) throws(ReadError) -> [TextClass] {
    let suffix = ".txt"
    let tree = try FileTree(folder)
    var classes: [TextClass] = []
    for name in tree.names where name.hasSuffix(suffix) && pathParts(name).count == 1 {
      let path = tree.place(of: name).file
      guard let content = String(validating: try tree.bytes(of: name), as: UTF8.self) else {
        throw ReadError(.damaged, file: path, "it is not UTF-8; save the file as UTF-8.")
      }
      var gathering = Gathering(name: path, reading)
      let lines = content.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      for (number, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
        try gathering.add(String(line), to: String(name.dropLast(suffix.count)), line: number + 1)
      }
      guard !gathering.isEmpty else {
        throw ReadError(.damaged, file: path, "it has no texts; write one on each line.")
      }
      classes += gathering.classes()
    }
    guard !classes.isEmpty else {
      throw ReadError(
        .missing, file: folder.path,
        "no texts; put them into one file for each class, <class>.txt, a text on each line.")
    }
    return classes.sorted { precedesInBytes($0.name, $1.name) }
  }

  /// Classes as their texts come in.
  private struct Gathering {
    /// What errors call the file.
    let name: String
    private let reading: Reading
    private var found: [TextClass] = []
    private var positions: [[UInt8]: Int] = [:]
    private var withoutClass = 0
    private var withoutWords = 0

    init(name: String, _ reading: Reading) {
      self.name = name
      self.reading = reading
    }

    var isEmpty: Bool { found.isEmpty }

    /// The classes in the order of the bytes of their names; what was left out is told.
    func classes() -> [TextClass] {
      if withoutClass > 0 {
        reading.remark("\(name): \(counted(withoutClass, "text")) without a class left out")
      }
      if withoutWords > 0 {
        reading.remark("\(name): \(counted(withoutWords, "text")) without words left out")
      }
      return found.sorted { precedesInBytes($0.name, $1.name) }
    }

    mutating func add(_ text: String, to category: String, line: Int) throws(ReadError) {
      let category = category.trimmingCharacters(in: .whitespacesAndNewlines)
      guard !category.isEmpty else {
        withoutClass += 1
        return
      }
      guard Tokenizer.hasWords(text) else {
        guard reading.skipsDamaged else {
          throw ReadError(.damaged, file: name, "line \(line): \(Tokenizer.wordless)")
        }
        withoutWords += 1
        return
      }
      // Classes are told apart by their bytes, as files are; Swift finds some of them equal.
      let position = positions[Array(category.utf8), default: found.count]
      if position == found.count {
        positions[Array(category.utf8)] = position
        found.append(TextClass(name: category, texts: []))
      }
      found[position].texts.append(text)
    }
  }
}
