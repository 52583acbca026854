import Files
package import Foundation

/// Texts in classes as users bring them: a table, or a folder with a file for each class.
package enum TextClassFiles {
  private static let textNames = ["text", "query", "utterance", "sentence"]
  private static let classNames = ["label", "intent", "category", "class"]

  /// The classes of a table or a folder, in the order of the bytes of their names.
  ///
  /// A table has a header and a row for each text; its columns are parted by commas, semicolons or
  /// tabs. A folder has a file `<class>.txt` for each class, with a text on each line. Throws, with
  /// the line, where a text has no words or no class.
  package static func classes(at url: URL) throws(ReadError) -> [TextClass] {
    Folder.kind(at: url) == .folder
      ? try classes(inFolder: url)
      : try classes(inTable: try GzipReader.contents(of: url, limit: 1 << 28), name: url.path)
  }

  /// The classes of a table's bytes; `name` is what errors call it.
  package static func classes(
    inTable bytes: [UInt8], name: String
  ) throws(ReadError) -> [TextClass] {
    var reader = CSVReader(bytes, name: name)
    guard let header = try reader.record() else {
      throw ReadError(.damaged, file: name, "it is empty; give a header and a row for each text.")
    }
    let columns = try columns(of: header, name: name)
    var gathering = Gathering(name: name)
    while let record = try reader.record() {
      guard record.fields.count == header.fields.count else {
        throw ReadError(
          .damaged, file: name,
          "line \(record.line): the number of columns is \(record.fields.count), and that of the "
            + "header \(header.fields.count); put texts with separators in double quotes.")
      }
      try gathering.add(
        record.fields[columns.text], to: record.fields[columns.category], line: record.line)
    }
    guard !gathering.isEmpty else {
      throw ReadError(.damaged, file: name, "it has no rows below its header.")
    }
    return gathering.classes
  }

  /// The columns of texts and of classes: by their names, or the first two where neither has one.
  private static func columns(
    of header: CSVReader.Record, name: String
  ) throws(ReadError) -> (text: Int, category: Int) {
    let titles = header.fields.map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
    func column(_ names: [String]) -> Int? {
      names.lazy.compactMap { titles.firstIndex(of: $0) }.first
    }
    switch (column(textNames), column(classNames)) {
    case (let text?, let category?): return (text, category)
    case (nil, nil) where titles.count >= 2: return (0, 1)
    case (let text?, nil) where titles.count == 2: return (text, 1 - text)
    case (nil, let category?) where titles.count == 2: return (1 - category, category)
    default:
      throw ReadError(
        .damaged, file: name,
        "line \(header.line): its header must name a column of texts "
          + "(\(textNames.joined(separator: ", "))) and one of classes "
          + "(\(classNames.joined(separator: ", "))), and it is "
          + "\(String(titles.joined(separator: ", ").prefix(200)).debugDescription).")
    }
  }

  private static func classes(inFolder folder: URL) throws(ReadError) -> [TextClass] {
    let suffix = ".txt"
    let tree = try FileTree(folder)
    var classes: [TextClass] = []
    for name in tree.names where name.hasSuffix(suffix) && pathParts(name).count == 1 {
      let path = tree.place(of: name).file
      guard let content = String(validating: try tree.bytes(of: name), as: UTF8.self) else {
        throw ReadError(.damaged, file: path, "it is not UTF-8; save the file as UTF-8.")
      }
      var gathering = Gathering(name: path)
      let lines = content.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      for (number, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
        try gathering.add(String(line), to: String(name.dropLast(suffix.count)), line: number + 1)
      }
      guard !gathering.isEmpty else {
        throw ReadError(.damaged, file: path, "it has no texts; write one on each line.")
      }
      classes += gathering.classes
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
    private var found: [TextClass] = []
    private var positions: [[UInt8]: Int] = [:]

    init(name: String) { self.name = name }

    var isEmpty: Bool { found.isEmpty }

    /// The classes in the order of the bytes of their names.
    var classes: [TextClass] { found.sorted { precedesInBytes($0.name, $1.name) } }

    mutating func add(_ text: String, to category: String, line: Int) throws(ReadError) {
      let category = category.trimmingCharacters(in: .whitespaces)
      guard !category.isEmpty else {
        throw ReadError(.damaged, file: name, "line \(line): a text without a class; name one.")
      }
      guard Tokenizer.hasWords(text) else {
        throw ReadError(.damaged, file: name, "line \(line): \(Tokenizer.wordless)")
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
