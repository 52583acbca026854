import Settings

/// Settings as a test writes them down; each key stands on a line of its own.
enum Written: Sendable {
  case nothing
  case word(String)
  case quoted(String)
  case list([Written])
  case section([(key: String, value: Written)])

  /// What is written, as the file `r.yaml` would hold it.
  var node: SettingsNode {
    var line = 0
    return node(at: nil, &line)
  }

  /// What is written, as an override with these words would hold it.
  func node(ofOverride words: String) -> SettingsNode {
    var line = 0
    return node(at: .override(words), &line)
  }

  private func node(at fixed: SettingsPlace?, _ line: inout Int) -> SettingsNode {
    let place = fixed ?? .file("r.yaml", line: max(1, line))
    switch self {
    case .nothing: return SettingsNode(.null, at: place)
    case .word(let text): return SettingsNode(.scalar(text, isQuoted: false), at: place)
    case .quoted(let text): return SettingsNode(.scalar(text, isQuoted: true), at: place)
    case .list(let elements):
      return SettingsNode(.list(elements.map { $0.node(at: fixed, &line) }), at: place)
    case .section(let entries):
      let first = fixed ?? .file("r.yaml", line: line + 1)
      let nodes = entries.map { key, value in
        line += 1
        return SettingsNode.Entry(
          key: key, place: fixed ?? .file("r.yaml", line: line), value: value.node(at: fixed, &line)
        )
      }
      return SettingsNode(.section(nodes), at: first)
    }
  }
}

extension Written: ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  init(stringLiteral text: String) { self = .word(text) }
  init(arrayLiteral elements: Written...) { self = .list(elements) }
  init(dictionaryLiteral entries: (String, Written)...) {
    self = .section(entries.map { ($0.0, $0.1) })
  }
  init(nilLiteral: ()) { self = .nothing }
}

/// A value at a path, as `--set` gives it.
struct Override: Sendable {
  let path: String
  let value: Written
  /// The words that errors repeat.
  let words: String

  init(_ path: String, _ value: Written, _ shown: String) {
    (self.path, self.value) = (path, value)
    words = "\(path)=\(shown)"
  }

  /// Puts the value where it belongs.
  func apply(to tree: inout SettingsNode) throws(SettingsError) {
    let keys = path.split(separator: ".").map(String.init)
    try tree.set(value.node(ofOverride: words), at: keys[...])
  }
}

extension SettingsSection {
  /// The outermost section of what is written, with overrides.
  convenience init(
    _ written: Written, overrides: [Override] = []
  ) throws(SettingsError) {
    var tree = written.node
    for override in overrides { try override.apply(to: &tree) }
    self.init(tree)
  }
}
