/// A value as it was written, with its place.
public struct SettingsNode: Sendable {
  /// What is written there.
  public enum Content: Sendable {
    /// Nothing, or the word `null`.
    case null
    /// A word, a number or a text.
    case scalar(String, isQuoted: Bool)
    /// Several values.
    case list([SettingsNode])
    /// Keys with their values.
    case section([Entry])
  }

  /// A key with its value.
  public struct Entry: Sendable {
    /// The key.
    public let key: String
    let place: SettingsPlace
    var value: SettingsNode

    /// Makes an entry.
    public init(key: String, place: SettingsPlace, value: SettingsNode) {
      self.key = key
      self.place = place
      self.value = value
    }
  }

  /// What is written.
  public internal(set) var content: Content
  let place: SettingsPlace
  /// What was typed for this value alone, such as behind `KEY=`; settings that are texts take it as
  /// it is.
  let typed: String?

  /// Makes a value.
  public init(_ content: Content, at place: SettingsPlace, typed: String? = nil) {
    self.content = content
    self.place = place
    self.typed = typed
  }

  /// The value as errors show it.
  public var shown: String {
    switch content {
    case .null: "nothing"
    case .scalar(let text, _):
      "'\(text.prefix(40).map { $0.isNewline ? " " : String($0) }.joined())'"
    case .list(let elements): elements.isEmpty ? "an empty list" : "a list"
    case .section: "a section"
    }
  }

  /// Whether nothing is written, or the word `null`.
  public var isNull: Bool { if case .null = content { true } else { false } }

  /// Whether it is a section of keys.
  public var isSection: Bool { if case .section = content { true } else { false } }

  /// Whether it is a section without any key.
  public var isEmptySection: Bool {
    if case .section(let entries) = content { entries.isEmpty } else { false }
  }

  /// Puts a value at a path of keys below this section, making sections on the way.
  ///
  /// A number in the path counts the elements of a list from 0. Throws where the path leads through
  /// something without keys, or past the end of a list.
  public mutating func set(
    _ value: SettingsNode, at path: ArraySlice<String>, below parents: [String] = []
  ) throws(SettingsError) {
    guard let key = path.first else {
      self = value
      return
    }
    if case .list(let elements) = content {
      return try set(value, at: path, in: elements, below: parents)
    }
    var entries: [Entry]
    switch content {
    case .section(let present): entries = present
    case .null: entries = []
    default:
      throw SettingsError(
        .wrongType, value.place,
        "'\(parents.joined(separator: "."))' is \(shown), which has no keys")
    }
    let position = entries.firstIndex { $0.key == key } ?? entries.count
    if position == entries.count {
      let empty = SettingsNode(.null, at: value.place)
      entries.append(Entry(key: key, place: value.place, value: empty))
    } else if path.count == 1 {
      entries[position] = Entry(key: key, place: value.place, value: value)
    }
    try entries[position].value.set(value, at: path.dropFirst(), below: parents + [key])
    content = .section(entries)
  }

  private mutating func set(
    _ value: SettingsNode, at path: ArraySlice<String>, in elements: [SettingsNode],
    below parents: [String]
  ) throws(SettingsError) {
    var elements = elements
    guard let key = path.first, let index = Int(key), elements.indices.contains(index) else {
      throw SettingsError(
        .outOfBounds, value.place,
        "'\(parents.joined(separator: "."))' is a list of \(elements.count); name an element by a "
          + "number from 0, such as \((parents + ["0"]).joined(separator: "."))")
    }
    try elements[index].set(value, at: path.dropFirst(), below: parents + [key])
    content = .list(elements)
  }
}
