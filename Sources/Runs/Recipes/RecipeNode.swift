/// A value in a recipe, with the place where it is written.
struct RecipeNode {
  /// What is written there.
  enum Content {
    case null
    case scalar(String, isQuoted: Bool)
    case list([RecipeNode])
    case section([Entry])
  }

  /// A key with its value.
  struct Entry {
    let key: String
    let place: RecipePlace
    var value: RecipeNode
  }

  var content: Content
  let place: RecipePlace

  /// The value as errors show it.
  var shown: String {
    switch content {
    case .null: "nothing"
    case .scalar(let text, _):
      "'\(text.prefix(40).map { $0.isNewline ? " " : String($0) }.joined())'"
    case .list: "a list"
    case .section: "a section"
    }
  }

  /// Puts a value at a path of keys below this section, making sections on the way.
  ///
  /// Throws where the path leads through something that is no section.
  mutating func set(
    _ value: RecipeNode, at path: ArraySlice<String>, below parents: [String] = []
  ) throws(RecipeError) {
    guard let key = path.first else {
      self = value
      return
    }
    var entries: [Entry]
    switch content {
    case .section(let present): entries = present
    case .null: entries = []
    default:
      throw RecipeError(
        .wrongType, value.place,
        "'\(parents.joined(separator: "."))' is \(shown), which has no keys")
    }
    let position = entries.firstIndex { $0.key == key } ?? entries.count
    if position == entries.count {
      let empty = RecipeNode(content: .null, place: value.place)
      entries.append(Entry(key: key, place: value.place, value: empty))
    } else if path.count == 1 {
      entries[position] = Entry(key: key, place: value.place, value: value)
    }
    try entries[position].value.set(value, at: path.dropFirst(), below: parents + [key])
    content = .section(entries)
  }
}
