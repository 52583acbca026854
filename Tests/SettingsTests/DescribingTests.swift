import Settings
import TestMaterial
import Testing

@Suite struct DescribingTests {
  /// All settings that a section was asked for, by their full names.
  private func settings(of section: SettingsSection) -> [String: Setting] {
    section.answers.reduce(into: [:]) { found, asked in
      switch asked.answer {
      case .value(let setting, _): found[section.full(asked.key)] = setting
      case .section(let inner, _): found.merge(settings(of: inner)) { own, _ in own }
      case .sections: break
      }
    }
  }

  @Test func `a description has every setting with bounds, default and meaning`() throws {
    let section = SettingsSection.describing()
    let defaults = try SmallSettings(section)
    #expect(defaults == (try SmallSettings(SettingsSection([:]))))
    let expected = [
      "name": Setting(
        key: "name", kind: .text, meaning: "What it is called.", standard: .text("small")),
      "task.ways": Setting(
        key: "ways", kind: .integerRange(2...100), meaning: "Classes of a task.",
        standard: .integer(5)),
      "training.iterations": Setting(
        key: "iterations", kind: .integer(1...1_000_000), meaning: "Steps at most.",
        standard: .integer(1000)),
      "training.learningRate": Setting(
        key: "learningRate", kind: .number(.positive), meaning: "How fast.",
        standard: .number(0.001)),
      "training.seed": Setting(
        key: "seed", kind: .integer(0...Int.max), isOptional: true, meaning: "Decides all.",
        standard: .null),
      "training.stopEarly": Setting(
        key: "stopEarly", kind: .boolean, meaning: "Whether to stop early.",
        standard: .boolean(false)),
      "learner.kind": Setting(
        key: "kind", kind: .choice(["maml", "reptile", "prototypes"]), meaning: "Which learner.",
        standard: .text("maml")),
      "learner.network.widths": Setting(
        key: "widths", kind: .integers(1...4096, count: 1...8), meaning: "Units of each layer.",
        standard: .list([.integer(40), .integer(40)])),
      "learner.network.strides": Setting(
        key: "strides", kind: .eachInteger(1...4, count: 2), meaning: "Of both axes.",
        standard: .integer(1)),
      "learner.network.momenta": Setting(
        key: "momenta", kind: .numbers(.within(0...1), count: 0...Int.max),
        meaning: "One a layer.", standard: .list([])),
      "learner.network.tags": Setting(
        key: "tags", kind: .texts(count: 0...Int.max), meaning: "Any words.", standard: .list([])),
      "learner.network.dropout": Setting(
        key: "dropout", kind: .number(.within(0...1)), isOptional: true,
        meaning: "What is left out.", standard: .null),
    ]
    #expect(settings(of: section) == expected)
  }

  @Test func `a description has sections and lists of sections with their meanings`() throws {
    let section = SettingsSection.describing()
    _ = try SmallSettings(section)
    let meanings = section.answers.map { key, answer in
      switch answer {
      case .value(let setting, _): "\(key): \(setting.meaning)"
      case .section(_, let meaning): "\(key), a section: \(meaning)"
      case .sections(let sections, let meaning): "\(key), \(sections.count) sections: \(meaning)"
      }
    }
    #expect(
      meanings == [
        "name: What it is called.", "task, a section: Which tasks.",
        "training, a section: How long and how fast.", "learner, a section: What learns.",
        "parts, 0 sections: The parts, in order.",
      ])
    #expect(try section.sections("parts", "The parts, in order.") == nil)
  }

  @Test func `what is needed is described without a default`() throws {
    let section = SettingsSection.describing()
    #expect(try section.integer("count", "How many.", in: 3...9) == 3)
    #expect(try section.number("rate", "How fast.", .positive) == 1)
    #expect(try section.text("name", "Who.") == "")
    #expect(try section.boolean("isFast", "Whether.") == false)
    #expect(try section.choice("kind", "Which.", among: ["a", "b"]) == "a")
    #expect(try section.integers("widths", "How wide.") == [])
    #expect(try section.integerRange("ways", "How many ways.", in: 2...7) == 2...2)
    for (key, answer) in section.answers {
      guard case .value(let setting, _) = answer else {
        Issue.record("\(key) is no value")
        continue
      }
      #expect(setting.standard == nil, "\(key)")
    }
  }

  @Test(
    arguments: [
      (.integer(1...9), "a whole number", "between 1 and 9"),
      (.integer(Int.min...Int.max), "a whole number", nil),
      (.integer(0...Int.max), "a whole number", "at least 0"),
      (.integer(Int.min...5), "a whole number", "at most 5"),
      (.integer(4...4), "a whole number", "exactly 4"),
      (.number(.any), "a number", nil),
      (.number(.positive), "a number", "greater than 0"),
      (.number(.notNegative), "a number", "not negative"),
      (.number(.within(0...0.5)), "a number", "between 0.0 and 0.5"),
      (.boolean, "true or false", nil), (.text, "a text", nil),
      (.choice(["a", "b"]), "one of a, b", nil),
      (.integers(1...2, count: 0...3), "a list of whole numbers", "between 1 and 2"),
      (.numbers(.positive, count: 0...3), "a list of numbers", "greater than 0"),
      (.texts(count: 0...3), "a list of texts", nil),
      (
        .integerRange(2...5), "a whole number or a list of the least and the most",
        "between 2 and 5"
      ),
      (.eachInteger(1...4, count: 2), "a whole number or a list of 2", "between 1 and 4"),
    ] as [(Setting.Kind, String, String?)])
  func `kind and bounds are said in words`(
    _ kind: Setting.Kind, _ expected: String, _ bounds: String?
  ) {
    #expect(kind.expected == expected)
    #expect(kind.bounds == bounds)
    let setting = Setting(key: "k", kind: kind, isOptional: true, meaning: "M.", standard: .null)
    #expect(setting.expected == "\(expected) or null")
  }
}
