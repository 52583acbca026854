/// A section of settings: answers for its keys, and remembers what was asked for.
///
/// What is asked for describes itself on the way: key, kind, bounds, default and meaning. A section
/// that only describes (``describing()``) answers every question with the default, so that the same
/// initializer that reads settings also explains them.
public final class SettingsSection {
  /// What was asked for under a key.
  public enum Answer {
    /// A value, with the description of what it may be.
    case value(Setting, SettingValue)
    /// A section of keys; what it is for.
    case section(SettingsSection, meaning: String)
    /// A list of sections, empty where none is written; what it is for.
    case sections([SettingsSection], meaning: String)
  }

  /// Where the section is written, for errors about several of its keys together.
  public let place: SettingsPlace
  /// What was asked for, in the order of the first questions.
  public private(set) var answers: [(key: String, answer: Answer)] = []
  let isDescribing: Bool
  private let path: [String]
  private let entries: [SettingsNode.Entry]

  /// The outermost section of what was written.
  public convenience init(_ node: SettingsNode) { self.init(path: [], node: node) }

  /// A section in which nothing is written and nothing is needed: every question is answered by its
  /// default, or where there is none by the least value that its bounds allow.
  public static func describing() -> SettingsSection {
    SettingsSection(
      path: [], node: SettingsNode(.null, at: .file("", line: nil)), isDescribing: true)
  }

  private init(path: [String], node: SettingsNode, isDescribing: Bool = false) {
    self.path = path
    self.isDescribing = isDescribing
    place = node.place
    if case .section(let entries) = node.content { self.entries = entries } else { entries = [] }
  }

  /// The keys that are written in the section, in order.
  public var writtenKeys: [String] { entries.map(\.key) }

  /// Whether a key is written in the section.
  public func isWritten(_ key: String) -> Bool { entry(key) != nil }

  /// Where a key is written, or else its section.
  public func place(of key: String) -> SettingsPlace { entry(key)?.place ?? place }

  /// The full name of a key, as it is written after `--set`.
  public func full(_ key: String) -> String { (path + [key]).joined(separator: ".") }

  /// The full name of the section itself, such as `training.phases.0`.
  public var fullName: String { path.joined(separator: ".") }

  /// An error about a key of this section that says what would be right.
  public func error(_ key: String, _ detail: String) -> SettingsError {
    SettingsError(.outOfBounds, place(of: key), "'\(full(key))' \(detail)")
  }

  /// The section of a name within this one; an absent one is empty.
  public func section(
    _ name: String, _ meaning: String = ""
  ) throws(SettingsError) -> SettingsSection {
    for case (name, .section(let section, _)) in answers { return section }
    let node = entry(name)?.value ?? SettingsNode(.null, at: place)
    let section = try section(node, path: path + [name])
    answers.append((name, .section(section, meaning: meaning)))
    return section
  }

  /// The sections of a list; nil where the key is absent.
  public func sections(
    _ name: String, _ meaning: String
  ) throws(SettingsError) -> [SettingsSection]? {
    for case (name, .sections(let sections, _)) in answers {
      return sections.isEmpty ? nil : sections
    }
    guard let entry = entry(name) else {
      answers.append((name, .sections([], meaning: meaning)))
      return nil
    }
    guard case .list(let nodes) = entry.value.content, !nodes.isEmpty else {
      throw SettingsError(
        .wrongType, entry.value.place,
        "'\(full(name))' must be a list of sections, not \(entry.value.shown)")
    }
    var sections: [SettingsSection] = []
    for (index, node) in nodes.enumerated() {
      sections.append(try section(node, path: path + [name, "\(index)"]))
    }
    answers.append((name, .sections(sections, meaning: meaning)))
    return sections
  }

  private func section(
    _ node: SettingsNode, path: [String]
  ) throws(SettingsError) -> SettingsSection {
    switch node.content {
    case .section, .null:
      return SettingsSection(path: path, node: node, isDescribing: isDescribing)
    default:
      throw SettingsError(
        .wrongType, node.place,
        "'\(path.joined(separator: "."))' must be a section with keys below it, not \(node.shown)")
    }
  }

  /// The value of a setting, or its default where the key is absent.
  ///
  /// Throws where neither is there or `parse` refuses what is. `least` is what a section that only
  /// describes answers where there is no default.
  func value<Value>(
    _ setting: Setting, default fallback: Value?, least: @autoclosure () -> Value,
    recorded: (Value) -> SettingValue, parse: (SettingsNode) throws(SettingsError) -> Value?
  ) throws(SettingsError) -> Value {
    guard let entry = entry(setting.key) else {
      guard let fallback = fallback ?? (isDescribing ? least() : nil) else {
        throw missing(setting)
      }
      record(setting, recorded(fallback))
      return fallback
    }
    guard let value = try parse(entry.value) else {
      throw wrongType(setting, entry.value)
    }
    record(setting, recorded(value))
    return value
  }

  /// The value of every setting that was asked for, here and below, by its full name.
  public var values: [String: SettingValue] {
    answers.reduce(into: [:]) { values, asked in
      switch asked.answer {
      case .value(_, let value): values[full(asked.key)] = value
      case .section(let section, _): values.merge(section.values) { own, _ in own }
      case .sections(let sections, _):
        for section in sections { values.merge(section.values) { own, _ in own } }
      }
    }
  }

  private func entry(_ key: String) -> SettingsNode.Entry? { entries.first { $0.key == key } }

  private func record(_ setting: Setting, _ value: SettingValue) {
    if let position = answers.firstIndex(where: { $0.key == setting.key }) {
      answers[position].answer = .value(setting, value)
    } else {
      answers.append((setting.key, .value(setting, value)))
    }
  }
}

// MARK: What is wrong

extension SettingsSection {
  /// The error for a value of another type than its key asks for.
  func wrongType(_ setting: Setting, _ node: SettingsNode) -> SettingsError {
    var found = node.shown
    if case .scalar(_, isQuoted: true) = node.content, setting.kind != .text {
      found = "the text \(found); leave out its quotes"
    }
    return SettingsError(
      .wrongType, node.place, "'\(full(setting.key))' must be \(setting.expected), not \(found)")
  }

  /// The error for a value out of bounds.
  func outOfBounds(_ key: String, _ node: SettingsNode, must: String) -> SettingsError {
    SettingsError(.outOfBounds, node.place, "'\(full(key))' must \(must), but is \(node.shown)")
  }

  /// Throws for the first key, here or below, that was never asked for, naming the nearest that
  /// was.
  public func refuseUnknownKeys() throws(SettingsError) {
    try refuseUnknownKeys(known: knownPaths())
  }

  /// The full names of all keys that were asked for, here and below.
  private func knownPaths() -> [String] {
    answers.flatMap { key, answer in
      switch answer {
      case .value: [full(key)]
      case .section(let section, _): [full(key)] + section.knownPaths()
      case .sections(let sections, _): [full(key)] + sections.flatMap { $0.knownPaths() }
      }
    }
  }

  /// Keys of a file that belong to another kind than the one that an override chose are left out.
  private func refuseUnknownKeys(known: [String]) throws(SettingsError) {
    let isOfChosenKind = entry("kind")?.place.isOverride ?? false
    for entry in entries where !answers.contains(where: { $0.key == entry.key }) {
      if isOfChosenKind && !entry.place.isOverride { continue }
      throw SettingsError(
        .unknownKey, entry.place, "unknown key '\(full(entry.key))'\(advice(entry, known))")
    }
    for (_, answer) in answers {
      switch answer {
      case .value: continue
      case .section(let section, _): try section.refuseUnknownKeys(known: known)
      case .sections(let sections, _):
        for section in sections { try section.refuseUnknownKeys(known: known) }
      }
    }
  }

  private func advice(_ entry: SettingsNode.Entry, _ known: [String]) -> String {
    let siblings = answers.map(\.key)
    if let nearest = NearestName.of(entry.key, among: siblings) {
      return "; did you mean '\(full(nearest))'?"
    }
    let elsewhere = known.first { $0.hasSuffix(".\(entry.key)") }
    if let nearest = elsewhere ?? NearestName.of(full(entry.key), among: known) {
      return "; did you mean '\(nearest)'?"
    }
    return siblings.isEmpty ? "" : "; there are: \(siblings.joined(separator: ", "))"
  }

  private func missing(_ setting: Setting) -> SettingsError {
    let unasked = writtenKeys.filter { key in !answers.contains { $0.key == key } }
    if let nearest = NearestName.of(setting.key, among: unasked) {
      return SettingsError(
        .unknownKey, place(of: nearest),
        "unknown key '\(full(nearest))'; did you mean '\(full(setting.key))'?")
    }
    return SettingsError(
      .missing, place, "'\(full(setting.key))' is missing; it must be \(setting.expected)")
  }
}
