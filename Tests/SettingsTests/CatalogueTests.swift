import Settings
import Testing

/// An entry that makes a text of its name and its setting `size`.
private func entry(_ name: String, _ summary: String = "") -> CatalogueEntry<String> {
  CatalogueEntry(name, summary) { (section) throws(SettingsError) in
    "\(name) of \(try section.integer("size", "How large.", default: 1, in: 1...9))"
  }
}

@Suite struct CatalogueTests {
  private let boxes = Catalogue("box", usual: "small", [entry("small"), entry("large")])

  @Test func `the later item of a name takes the place of the earlier`() throws {
    let doubled = Catalogue("box", [entry("a", "first"), entry("b"), entry("a", "second")])
    #expect(doubled.names == ["a", "b"])
    #expect(doubled["a"]?.summary == "second")
    let added = boxes.adding(entry("small", "another"), entry("huge"))
    #expect(added.names == ["small", "large", "huge"])
    #expect(added["small"]?.summary == "another")
    // The catalogue that was added to is as it was.
    #expect(boxes.names == ["small", "large"] && boxes["small"]?.summary == "")
    #expect(boxes["huge"] == nil)
  }

  @Test func `the key kind names an item, which reads the other keys`() throws {
    let section = try SettingsSection(["kind": "large", "size": "3"])
    #expect(try section.item(of: boxes) == "large of 3")
    try section.refuseUnknownKeys()
    #expect(section.values == ["kind": .text("large"), "size": .integer(3)])
  }

  @Test func `where no kind is written the usual one holds, or the one asked for`() throws {
    #expect(try SettingsSection([:]).item(of: boxes) == "small of 1")
    #expect(try SettingsSection([:]).item(of: boxes, default: "large") == "large of 1")
    let missing = #expect(throws: SettingsError.self) {
      try SettingsSection([:]).item(of: Catalogue("box", [entry("small")]))
    }
    #expect(missing?.kind == .missing)
    #expect(missing?.description.contains("'kind' is missing; it must be one of small") == true)
  }

  @Test func `an unknown kind gets the nearest, a wrong setting its place`() {
    let unknown = #expect(throws: SettingsError.self) {
      try SettingsSection(["kind": "larg"]).item(of: boxes)
    }
    #expect(
      unknown?.description
        == "r.yaml:1: 'kind' must be one of small, large, but is 'larg'; did you mean 'large'?")
    let wrong = #expect(throws: SettingsError.self) {
      try SettingsSection(["kind": "large", "size": "10"]).item(of: boxes)
    }
    #expect(wrong?.description == "r.yaml:2: 'size' must be between 1 and 9, but is '10'")
  }

  @Test func `of an empty catalogue nothing can be chosen`() {
    let empty = Catalogue("box", [CatalogueEntry<String>]())
    let error = #expect(throws: SettingsError.self) {
      try SettingsSection.describing().item(of: empty)
    }
    #expect(error?.description.contains("there is no box at all") == true)
  }

  @Test func `an item describes its settings, also one that refuses its own defaults`() {
    let strict = CatalogueEntry<String>("strict", "") { (section) throws(SettingsError) in
      let text = try section.text("path", "Where it lies.")
      guard !text.isEmpty else { throw section.error("path", "must not be empty") }
      return text
    }
    #expect(boxes["small"]?.settingsDescription.answers.map(\.key) == ["size"])
    #expect(strict.settingsDescription.answers.map(\.key) == ["path"])
    guard case .value(let setting, _)? = strict.settingsDescription.answers.first?.answer else {
      Issue.record("nothing is described")
      return
    }
    #expect(
      setting == Setting(key: "path", kind: .text, meaning: "Where it lies.", standard: nil))
  }
}

@Suite struct NearestNameTests {
  @Test(arguments: [
    ("iteratons", "iterations"), ("Seed", "seed"), ("sede", "seed"), ("rates", "rate"),
    ("x", nil), ("validation", nil), ("", nil),
  ])
  func `the nearest name is found, a far one is not`(_ name: String, _ nearest: String?) {
    let names = ["iterations", "seed", "rate", "ways"]
    #expect(NearestName.of(name, among: names) == nearest)
    #expect(
      NearestName.question(for: name, among: names, orElse: ".")
        == (nearest.map { "; did you mean '\($0)'?" } ?? "."))
  }
}
