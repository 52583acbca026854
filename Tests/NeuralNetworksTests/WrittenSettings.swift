import Settings

/// Settings as a recipe writes them; each key's place is its full name, so that errors tell it.
indirect enum WrittenSettings: Sendable {
  case scalar(String)
  case list([WrittenSettings])
  case section([(key: String, value: WrittenSettings)])

  private func node(_ path: String) -> SettingsNode {
    let place = SettingsPlace.file(path, line: nil)
    switch self {
    case .scalar(let text): return SettingsNode(.scalar(text, isQuoted: false), at: place)
    case .list(let elements):
      let nodes = elements.enumerated().map { $1.node("\(path).\($0)") }
      return SettingsNode(.list(nodes), at: place)
    case .section(let entries):
      let nodes = entries.map { key, value in
        let full = path.isEmpty ? key : "\(path).\(key)"
        return SettingsNode.Entry(
          key: key, place: .file(full, line: nil), value: value.node(full))
      }
      return SettingsNode(.section(nodes), at: place)
    }
  }

  /// The settings as the section of a name of a recipe.
  func section(_ name: String) throws -> SettingsSection {
    let root = WrittenSettings.section([(name, self)])
    return try SettingsSection(root.node("")).section(name)
  }

  /// The settings with a key `kind` in front.
  func of(kind: String) -> WrittenSettings {
    guard case .section(let entries) = self else { return self }
    return .section([("kind", .scalar(kind))] + entries)
  }
}

extension WrittenSettings: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  init(stringLiteral value: String) { self = .scalar(value) }
  init(integerLiteral value: Int) { self = .scalar("\(value)") }
  init(floatLiteral value: Double) { self = .scalar("\(value)") }
  init(booleanLiteral value: Bool) { self = .scalar("\(value)") }
  init(arrayLiteral elements: WrittenSettings...) { self = .list(elements) }
  init(dictionaryLiteral elements: (String, WrittenSettings)...) {
    self = .section(elements.map { (key: $0.0, value: $0.1) })
  }
}
