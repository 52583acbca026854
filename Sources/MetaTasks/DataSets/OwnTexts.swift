import Files
public import Foundation
import Settings

/// The user's own texts with their classes: a table, or a folder with a file for each class.
///
/// Classes are divided by the digests of their names.
public enum OwnTexts {
  /// The set as recipes name it.
  public static let entry = DataSetEntry(
    "texts", "your own texts and their classes, in a table or in <class>.txt", origin: .own,
    divisions: [ClassDivision.name]
  ) { (settings) throws(SettingsError) in
    let options = try settings.textOptions()
    let columns = try settings.columns([.text, .label])
    let (rotation, hasValidation) = (try settings.rotation(), try settings.hasValidation())
    return DataSetPlan.texts { files in
      try load(
        from: try files.location(), columns: columns, options: options, rotation: rotation,
        hasValidation: hasValidation, cache: files.cache, reading: files.reading)
    }
  }

  /// Reads the texts of a table or a folder.
  ///
  /// Throws where there is none, a line is damaged, or the classes cannot be divided.
  static func load(
    from url: URL, columns: ColumnNames, options: TextOptions, rotation: Int,
    hasValidation: Bool, cache: DataCache?, reading: Reading
  ) throws -> LoadedDataSet {
    let classes = try TextClassFiles.classes(at: url, columns, reading)
    let positions = try ClassDivision.positions(
      of: classes.map(\.name), rotation: rotation, hasValidation: hasValidation, path: url.path)
    let parts = positions.mapValues { part in part.map { classes[$0] } }
    let content = Digest.hexadecimal(
      ofLines: classes.flatMap { category in category.texts.map { "\(category.name)\t\($0)" } })
    return try LoadedDataSet.texts(
      name(of: url), identity: entry.name, classSplit: ClassDivision.name,
      checksums: ["texts": content], classes: parts, options: options, cache: cache,
      reading: reading)
  }

  /// What a file or folder holds.
  ///
  /// Throws where there are no texts in classes.
  public static func survey(
    of url: URL, _ reading: Reading = .plain
  ) throws(ReadError) -> TextSurvey {
    let found = try TextClassFiles.contents(at: url, reading.columns, reading)
    return TextSurvey(name: name(of: url), found.classes, found.table)
  }

  /// What a set is called: the name of its file or folder.
  private static func name(of url: URL) -> String {
    guard Folder.kind(at: url) != .folder else { return url.standardizedFileURL.lastPathComponent }
    let file = url.lastPathComponent
    return file.split(separator: ".", maxSplits: 1).first.map(String.init) ?? file
  }
}

/// What a user's own texts are like: enough to choose what tasks to make of them.
public struct TextSurvey: Sendable {
  /// The classes.
  public let classes: ClassSurvey
  /// The table, and the names of its columns of texts and of classes; nil for a folder.
  public let table: TextTable?
  /// How many words all but one in a hundred texts have at most.
  public let length: Int

  init(name: String, _ classes: [TextClass], _ table: TextTable?) {
    self.table = table
    self.classes = ClassSurvey(
      name: name, noun: "text", isDivided: false,
      counts: [.train: classes.map { .init(name: $0.name, examples: $0.texts.count) }])
    let lengths = classes.flatMap(\.texts).map { Tokenizer.words(of: $0).count }.sorted()
    length = lengths.isEmpty ? 1 : max(1, lengths[(lengths.count - 1) * 99 / 100])
  }
}

extension SettingsSection {
  /// The keys of the columns of a table, each named like its role, and of its header.
  func columns(_ roles: [ColumnRole]) throws(SettingsError) -> ColumnNames {
    var names = ColumnNames()
    for role in roles {
      let name = try text(
        role.rawValue,
        "The column of \(role.plural), by its name or its number from 1; '': found by usual names.",
        default: "")
      if !name.isEmpty { names.named[role] = name }
    }
    names.header = try choice(
      "header", "Whether the first line names the columns.", default: ColumnNames.Header.found)
    return names
  }
}
