internal import Settings
internal import Yams

/// Turns YAML into the tree of a recipe.
struct RecipeParser {
  /// The longest recipe that is read, in bytes.
  static let maximumByteCount = 256 * 1024
  private static let maximumBracketCount = 200
  private static let maximumIndentation = 100

  /// The place of a line, counted from 1, or of the whole text.
  let place: (Int?) -> SettingsPlace

  /// The tree of a text; an empty one is an empty section.
  func parse(_ yaml: String) throws(SettingsError) -> SettingsNode {
    // Some editors begin a file with a mark of its byte order.
    let yaml =
      yaml.unicodeScalars.first == "\u{FEFF}" ? String(yaml.unicodeScalars.dropFirst()) : yaml
    try checkSize(yaml)
    let root: Node?
    do {
      root = try Yams.compose(yaml: yaml)
    } catch let error as YamlError {
      throw describe(error, in: yaml)
    } catch {
      throw SettingsError(.syntax, place(nil), "it is not YAML")
    }
    guard let root else { return SettingsNode(.section([]), at: place(nil)) }
    return try node(root)
  }

  /// Refuses what would make the YAML parser itself nest deeply or expand without bound.
  private func checkSize(_ yaml: String) throws(SettingsError) {
    guard yaml.utf8.count <= Self.maximumByteCount else {
      throw SettingsError(.syntax, place(nil), "it is longer than \(Self.maximumByteCount) bytes")
    }
    var brackets = 0
    for (number, line) in yaml.split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline
    ).enumerated() {
      brackets += line.count { $0 == "[" || $0 == "{" }
      let indentation = line.prefix { " \t-?:".contains($0) }.count
      guard brackets <= Self.maximumBracketCount, indentation <= Self.maximumIndentation else {
        throw SettingsError(.syntax, place(number + 1), "it is nested too deeply for a recipe")
      }
      if Self.mayReferToOthers(line) {
        throw SettingsError(
          .syntax, place(number + 1),
          "anchors and aliases (& and *) have no place in a recipe; write the value out")
      }
    }
  }

  /// Whether a line may hold an anchor or an alias; in case of doubt it may.
  private static func mayReferToOthers(_ line: Substring) -> Bool {
    var previous: Character = " "
    var rest = withoutComment(line)
    while let character = rest.popFirst() {
      if character == "&" || character == "*", !previous.isLetter, !previous.isNumber,
        let next = rest.first, !next.isWhitespace
      {
        return true
      }
      previous = character
    }
    return false
  }

  /// A line up to its comment, where it surely is one.
  ///
  /// A text in quotes may have begun lines before. In a line without quotes it cannot end, so what
  /// follows the mark is a comment or all of the line is text. The same holds for a line with one
  /// text in quotes of its own: were it the end of another, a letter could not follow.
  private static func withoutComment(_ line: Substring) -> Substring {
    let mark = line.indices.first { position in
      line[position] == "#"
        && (position == line.startIndex || line[line.index(before: position)].isWhitespace)
    }
    guard let mark else { return line }
    let quotes = line.indices.filter { line[$0] == "\"" || line[$0] == "'" }
    if quotes.isEmpty { return line[..<mark] }
    guard quotes.count == 2, quotes[1] < mark, line[quotes[0]] == line[quotes[1]],
      !line.contains("\\"),
      line[line.index(after: quotes[0])].isLetter
        || line[line.index(after: quotes[0])].isNumber
    else { return line }
    return line[..<mark]
  }

  private func node(_ node: Node) throws(SettingsError) -> SettingsNode {
    let place = place(node.mark?.line)
    switch node {
    case .scalar(let scalar):
      let isQuoted = scalar.style != .plain && scalar.style != .any
      let isNull = !isQuoted && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
      return SettingsNode(
        isNull ? .null : .scalar(scalar.string, isQuoted: isQuoted), at: place)
    case .sequence(let sequence):
      var elements: [SettingsNode] = []
      for element in sequence { elements.append(try self.node(element)) }
      return SettingsNode(.list(elements), at: place)
    case .mapping(let mapping):
      return SettingsNode(.section(try entries(mapping)), at: place)
    case .alias:
      throw SettingsError(.syntax, place, "aliases have no place in a recipe; write the value out")
    }
  }

  private func entries(_ mapping: Node.Mapping) throws(SettingsError) -> [SettingsNode.Entry] {
    var entries: [SettingsNode.Entry] = []
    for (key, value) in mapping {
      let place = place(key.mark?.line)
      guard case .scalar(let scalar) = key else {
        throw SettingsError(.syntax, place, "a key must be a word, not a list or section")
      }
      guard !entries.contains(where: { $0.key == scalar.string }) else {
        throw SettingsError(.syntax, place, "the key '\(scalar.string)' is there twice")
      }
      entries.append(
        SettingsNode.Entry(key: scalar.string, place: place, value: try node(value)))
    }
    return entries
  }

  private func describe(_ error: YamlError, in yaml: String) -> SettingsError {
    let lines = yaml.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let tab = lines.firstIndex { $0.prefix { $0 == " " || $0 == "\t" }.contains("\t") }
    if let tab, !lines[tab].allSatisfy(\.isWhitespace) {
      return SettingsError(
        .syntax, place(tab + 1), "a tab stands before its text; indent lines by spaces")
    }
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let text = context.map { " \($0.text)" } ?? ""
      return SettingsError(.syntax, place(mark.line), "it is not YAML: \(problem)\(text)")
    case .duplicatedKeysInMapping(let duplicates, let context):
      return SettingsError(
        .syntax, place(context.mark.line),
        "the key '\(duplicates.sorted().first ?? "")' is there twice")
    case .reader(let problem, _, _, _):
      return SettingsError(.syntax, place(nil), "it is not YAML: \(problem)")
    default:
      return SettingsError(.syntax, place(nil), "it is not YAML")
    }
  }
}
