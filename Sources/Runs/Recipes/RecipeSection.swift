internal import MetaTasks

/// A section of a recipe: answers for its keys, and remembers which were asked for.
public final class RecipeSection {
  /// Where the section is written, for errors about several of its keys together.
  public let place: RecipePlace
  private let path: [String]
  private let entries: [RecipeNode.Entry]
  private var asked: [(key: String, answer: Answer)] = []

  private enum Answer {
    case value(RecipeValue)
    case section(RecipeSection)
  }

  init(path: [String], node: RecipeNode) {
    self.path = path
    self.place = node.place
    if case .section(let entries) = node.content { self.entries = entries } else { entries = [] }
  }

  /// The keys that are written in the section, in order.
  public var writtenKeys: [String] { entries.map(\.key) }

  /// Where a key is written, or else its section.
  public func place(of key: String) -> RecipePlace { entry(key)?.place ?? place }

  /// The section of a name within this one; an absent one is empty.
  public func section(_ name: String) throws(RecipeError) -> RecipeSection {
    for case (name, .section(let section)) in asked { return section }
    let node = entry(name)?.value ?? RecipeNode(content: .null, place: place)
    switch node.content {
    case .section, .null: break
    default:
      throw RecipeError(
        .wrongType, node.place,
        "'\(full(name))' must be a section with keys below it, not \(node.shown)")
    }
    let section = RecipeSection(path: path + [name], node: node)
    asked.append((name, .section(section)))
    return section
  }

  /// The value of a key, or the default where the key is absent; throws where neither is there or
  /// `parse` refuses what is.
  func value<Value>(
    _ key: String, default fallback: Value?, expected: String,
    recorded: (Value) -> RecipeValue, parse: (RecipeNode) throws(RecipeError) -> Value?
  ) throws(RecipeError) -> Value {
    guard let entry = entry(key) else {
      guard let fallback else { throw missing(key, expected: expected) }
      record(key, recorded(fallback))
      return fallback
    }
    guard let value = try parse(entry.value) else {
      throw wrongType(key, entry.value, expected: expected)
    }
    record(key, recorded(value))
    return value
  }

  /// The full name of a key, as it is written after `--set`.
  func full(_ key: String) -> String { (path + [key]).joined(separator: ".") }

  /// The error for a value of another type than its key asks for.
  func wrongType(_ key: String, _ node: RecipeNode, expected: String) -> RecipeError {
    RecipeError(.wrongType, node.place, "'\(full(key))' must be \(expected), not \(node.shown)")
  }

  /// The error for a value out of bounds.
  func outOfBounds(_ key: String, _ node: RecipeNode, must: String) -> RecipeError {
    RecipeError(.outOfBounds, node.place, "'\(full(key))' must \(must), but is \(node.shown)")
  }

  /// The full names of all keys that were asked for, here and below.
  func knownPaths() -> [String] {
    asked.flatMap { key, answer in
      switch answer {
      case .value: [full(key)]
      case .section(let section): [full(key)] + section.knownPaths()
      }
    }
  }

  /// Throws for the first key, here or below, that was never asked for.
  ///
  /// Keys of a file that belong to another kind than the one that an override chose are left out.
  func refuseUnknownKeys(known: [String]) throws(RecipeError) {
    let isOfChosenKind = entry("kind")?.place.isOverride ?? false
    for entry in entries where !asked.contains(where: { $0.key == entry.key }) {
      if isOfChosenKind && !entry.place.isOverride { continue }
      throw RecipeError(
        .unknownKey, entry.place, "unknown key '\(full(entry.key))'\(advice(entry, known))")
    }
    for case (_, .section(let section)) in asked { try section.refuseUnknownKeys(known: known) }
  }

  /// Writes all answers, in the order in which they were asked for.
  func write(to writer: inout RecipeWriter) {
    for (key, answer) in asked {
      switch answer {
      case .value(let value): writer.write(key, value)
      case .section(let section): writer.section(key) { section.write(to: &$0) }
      }
    }
  }

  private func advice(_ entry: RecipeNode.Entry, _ known: [String]) -> String {
    let siblings = asked.map(\.key)
    if let nearest = NearestName.of(entry.key, among: siblings) {
      return "; did you mean '\(full(nearest))'?"
    }
    let elsewhere = known.first { $0.hasSuffix(".\(entry.key)") }
    if let nearest = elsewhere ?? NearestName.of(full(entry.key), among: known) {
      return "; did you mean '\(nearest)'?"
    }
    return siblings.isEmpty ? "" : "; there are: \(siblings.joined(separator: ", "))"
  }

  private func missing(_ key: String, expected: String) -> RecipeError {
    let unasked = writtenKeys.filter { key in !asked.contains { $0.key == key } }
    if let nearest = NearestName.of(key, among: unasked) {
      return RecipeError(
        .unknownKey, place(of: nearest),
        "unknown key '\(full(nearest))'; did you mean '\(full(key))'?")
    }
    return RecipeError(.missing, place, "'\(full(key))' is missing; it must be \(expected)")
  }

  private func entry(_ key: String) -> RecipeNode.Entry? { entries.first { $0.key == key } }

  private func record(_ key: String, _ value: RecipeValue) {
    if let position = asked.firstIndex(where: { $0.key == key }) {
      asked[position].answer = .value(value)
    } else {
      asked.append((key, .value(value)))
    }
  }
}
