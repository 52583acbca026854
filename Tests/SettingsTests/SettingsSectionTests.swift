import Settings
import TestMaterial
import Testing

@Suite struct SettingsSectionTests {
  @Test func `where nothing is written defaults hold`() throws {
    for written in [[:], nil, ["training": nil], ["training": [:]]] as [Written] {
      let settings = try SmallSettings(SettingsSection(written))
      #expect(settings.iterations == 1000 && settings.rate == 0.001 && settings.seed == nil)
      #expect(settings.kind == .maml && settings.widths == [40, 40] && settings.name == "small")
      #expect(settings.ways == 5...5 && settings.strides == [1, 1] && settings.parts.isEmpty)
    }
  }

  @Test func `values are read as they are written`() throws {
    let settings = try SmallSettings(
      SettingsSection([
        "name": .quoted("5"), "task": ["ways": ["3", "8"]],
        "training": [
          "iterations": "+60", "learningRate": "1e-3", "seed": "7", "stopEarly": "true",
        ],
        "learner": [
          "kind": "reptile",
          "network": [
            "widths": ["8", "16"], "strides": ["2", "1"], "momenta": [".5", "1"],
            "tags": ["a b", "12", .quoted("it's")], "dropout": "0",
          ],
        ],
        "parts": [["steps": "3"], ["label": "b"]],
      ]))
    #expect(settings.name == "5" && settings.iterations == 60 && settings.rate == 0.001)
    #expect(settings.seed == 7 && settings.stopEarly && settings.kind == .reptile)
    #expect(settings.ways == 3...8 && settings.strides == [2, 1])
    #expect(settings.widths == [8, 16] && settings.momenta == [0.5, 1] && settings.dropout == 0)
    #expect(settings.tags == ["a b", "12", "it's"])
    #expect(
      settings.parts == [.init(label: "", steps: 3), .init(label: "b", steps: 10)])
  }

  @Test func `one number stands for both ends of a range and for each of several`() throws {
    let settings = try SmallSettings(
      SettingsSection(["task": ["ways": "7"], "learner": ["network": ["strides": "3"]]]))
    #expect(settings.ways == 7...7)
    #expect(settings.strides == [3, 3])
  }

  @Test func `overrides win, the last of all, also through the numbers of a list`() throws {
    let settings = try SmallSettings(
      SettingsSection(
        ["training": ["seed": "3"], "parts": [["steps": "1"], ["label": "b"]]],
        overrides: [
          Override("training.iterations", "60", "60"), Override("training.iterations", "61", "61"),
          Override("training.seed", nil, "null"),
          Override("learner.network.widths", ["1", "2"], "[1, 2]"),
          Override("parts.0.steps", "4", "4"), Override("parts.1.steps", "5", "5"),
        ]))
    #expect(settings.iterations == 61 && settings.seed == nil && settings.widths == [1, 2])
    #expect(
      settings.parts == [.init(label: "", steps: 4), .init(label: "b", steps: 5)])
  }

  @Test func `a section remembers what it was asked for, with the values in force`() throws {
    let section = try SettingsSection([
      "training": ["iterations": "60"], "parts": [["steps": "3"], [:]],
    ])
    _ = try SmallSettings(section)
    #expect(section.answers.map(\.key) == ["name", "task", "training", "learner", "parts"])
    #expect(
      section.values == [
        "name": .text("small"), "task.ways": .integer(5), "training.iterations": .integer(60),
        "training.learningRate": .number(0.001), "training.seed": .null,
        "training.stopEarly": .boolean(false), "learner.kind": .text("maml"),
        "learner.network.widths": .list([.integer(40), .integer(40)]),
        "learner.network.strides": .integer(1), "learner.network.momenta": .list([]),
        "learner.network.tags": .list([]), "learner.network.dropout": .null,
        "parts.0.label": .text(""), "parts.0.steps": .integer(3), "parts.1.label": .text(""),
        "parts.1.steps": .integer(10),
      ])
  }

  @Test func `keys of a file that belong to another kind than an override's are left out`() throws {
    func read(_ overrides: [Override]) throws {
      let section = try SettingsSection(
        ["kind": "old", "depth": "3", "size": "1"], overrides: overrides)
      _ = try section.choice("kind", "Which.", among: ["old", "new"])
      _ = try section.integer("size", "How large.")
      try section.refuseUnknownKeys()
    }
    try read([Override("kind", "new", "new")])
    #expect(throws: SettingsError.self) { try read([]) }
    let error = #expect(throws: SettingsError.self) {
      try read([Override("kind", "new", "new"), Override("depth", "4", "4")])
    }
    #expect(error?.description.hasPrefix("--set depth=4: unknown key 'depth'") == true)
  }
}
