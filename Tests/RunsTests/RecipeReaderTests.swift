import Foundation
import Runs
import Settings
import TestMaterial
import Testing

extension SmallSettings {
  fileprivate init(_ yaml: String, overrides: [String] = []) throws(SettingsError) {
    let reader = try RecipeReader(yaml: yaml, file: "r.yaml", overrides: overrides)
    try self.init(reader.root)
  }
}

/// A recipe that is no settings, or of wrong ones, and the error that it must meet.
private struct WrongText: CustomTestStringConvertible, Sendable {
  let yaml: String
  var overrides: [String] = []
  let error: String
  var status = Runs.ExitStatus.badData

  var testDescription: String { error }

  static let all = [
    Self(
      yaml: "training:\n  seed: 1\n  iteratons: 60\n",
      error: "r.yaml:3: unknown key 'training.iteratons'; did you mean 'training.iterations'?"),
    Self(
      yaml: "training:\n  iterations: \"60\"\n",
      error:
        "r.yaml:2: 'training.iterations' must be a whole number, not the text '60'; leave out its quotes"
    ),
    Self(
      yaml: "training:\n  iterations:\n",
      error: "r.yaml:2: 'training.iterations' must be a whole number, not nothing"),
    Self(
      yaml: "training:\n  stopEarly: yes\n",
      error: "r.yaml:2: 'training.stopEarly' must be true or false, not 'yes'"),
    Self(
      yaml: "training:\n  learningRate: nan\n",
      error: "r.yaml:2: 'training.learningRate' must be a number, not 'nan'"),
    Self(
      yaml: "parts:\n  - label: a\n  - label: b\n    steps: 0\n",
      error: "r.yaml:4: 'parts.1.steps' must be between 1 and 1000, but is '0'"),
    Self(yaml: "name: {a: 1}\n", error: "r.yaml:1: 'name' must be a text, not a section"),
    Self(yaml: "- 1\n", error: "r.yaml:1: a recipe is a section of keys, not a list"),
    Self(yaml: "hello\n", error: "r.yaml:1: a recipe is a section of keys, not 'hello'"),
    Self(yaml: "a: 1\na: 2\n", error: "r.yaml:1: the key 'a' is there twice"),
    Self(yaml: "a: [1\nb: 2\n", error: "r.yaml:2: it is not YAML: "),
    Self(yaml: "a: 1\n---\nb: 2\n", error: "r.yaml:2: it is not YAML: "),
    Self(yaml: "\ta: 1\n", error: "r.yaml:1: a tab stands before its text; indent lines by spaces"),
    Self(yaml: "[a]: 1\n", error: "r.yaml:1: a key must be a word"),
    Self(yaml: "a: &x 1\nb: *x\n", error: "r.yaml:1: anchors and aliases (& and *) have no place"),
    Self(
      yaml: "a: " + String(repeating: "[", count: 201), error: "r.yaml:1: it is nested too deeply"),
    Self(
      yaml: String(repeating: "- ", count: 60) + "1", error: "r.yaml:1: it is nested too deeply"),
    Self(
      yaml: "a: " + String(repeating: "x", count: 300_000),
      error: "r.yaml: it is longer than 262144 bytes"),
    Self(
      yaml: "", overrides: ["training.iteratons=5"],
      error: "--set training.iteratons=5: unknown key 'training.iteratons'; did you mean "
        + "'training.iterations'?", status: .usage),
    Self(
      yaml: "", overrides: ["training.learningRate=-1"],
      error: "--set training.learningRate=-1: 'training.learningRate' must be greater than 0, but "
        + "is '-1'", status: .usage),
    Self(
      yaml: "name: a\n", overrides: ["name.first=b"],
      error: "--set name.first=b: 'name' is 'a', which has no keys", status: .usage),
    Self(
      yaml: "parts:\n  - steps: 1\n", overrides: ["parts.1.steps=2"],
      error: "--set parts.1.steps=2: 'parts' is a list of 1; name an element by a number from 0, "
        + "such as parts.0", status: .usage),
    Self(
      yaml: "", overrides: ["training.iterations"],
      error: "--set training.iterations: an override is KEY=VALUE", status: .usage),
    Self(
      yaml: "", overrides: ["training..iterations=5"],
      error: "--set training..iterations=5: an override is KEY=VALUE", status: .usage),
    Self(
      yaml: "", overrides: ["training={iterations: 5}"],
      error: "--set training={iterations: 5}: 'training' must be a section with keys below it, not",
      status: .usage),
    Self(
      yaml: "", overrides: ["learner.network.widths=[1"],
      error: "--set learner.network.widths=[1: 'learner.network.widths' must be", status: .usage),
  ]
}

@Suite struct RecipeReaderTests {
  @Test(arguments: WrongText.all)
  private func `a wrong recipe meets one clear line`(_ row: WrongText) {
    let error = #expect(throws: SettingsError.self) {
      try SmallSettings(row.yaml, overrides: row.overrides)
    }
    let text = "\(error, default: "")"
    #expect(text.hasPrefix(row.error))
    #expect(!text.contains("\n"))
    #expect(error?.exitStatus == row.status)
  }

  @Test func `an empty recipe is all defaults`() throws {
    for yaml in ["", "# nothing\n", "training:\n", "{}"] {
      let recipe = try SmallSettings(yaml)
      #expect(recipe.iterations == 1000 && recipe.rate == 0.001 && recipe.seed == nil)
      #expect(recipe.kind == .maml && recipe.widths == [40, 40] && recipe.name == "small")
    }
  }

  @Test func `values are read as they are written`() throws {
    let recipe = try SmallSettings(
      """
      name: "5"   # a comment with a *star* and R&D
      training: {iterations: +60, learningRate: 1e-3, seed: 7, stopEarly: true}
      learner:
        kind: reptile
        network:
          widths:
            - 8
            - 16
          momenta: [.5, 1]
          tags: [a b, 12, 'it''s']
          dropout: 0
      parts:
        - steps: 3
        - label: b
      """)
    #expect(recipe.name == "5" && recipe.iterations == 60 && recipe.rate == 0.001)
    #expect(recipe.seed == 7 && recipe.stopEarly && recipe.kind == .reptile)
    #expect(recipe.widths == [8, 16] && recipe.momenta == [0.5, 1] && recipe.dropout == 0)
    #expect(recipe.tags == ["a b", "12", "it's"])
    #expect(recipe.parts == [.init(label: "", steps: 3), .init(label: "b", steps: 10)])
  }

  @Test(arguments: [
    "./a #2", "a & b", "&a", "*a", "a: b", "'a'", "\"a\"", "007", "1,2", "[a", "{a}", "- a", "a\\b",
    "%a", "@a", "!a", "|", "> a", "true", "~/a", "12", "1e5", "a\tb", "ä", " a ",
  ])
  func `a text is taken as it was typed`(_ text: String) throws {
    #expect(try SmallSettings("name: b\n", overrides: ["name=\(text)"]).name == text)
  }

  @Test func `overrides win, the last of all`() throws {
    let recipe = try SmallSettings(
      "training:\n  seed: 3\nparts:\n  - steps: 1\n  - label: b\n",
      overrides: [
        "training.iterations=60", "training.iterations=61", "training.seed=null",
        "learner.network.widths=[1, 2]", "name=a=b", "learner.network.dropout=",
        "parts.0.steps=5", "parts.1.label=c",
      ])
    #expect(recipe.iterations == 61 && recipe.seed == nil && recipe.widths == [1, 2])
    #expect(recipe.name == "a=b" && recipe.dropout == nil)
    #expect(recipe.parts == [.init(label: "", steps: 5), .init(label: "c", steps: 10)])
  }

  @Test func `the complete recipe reads as the same recipe`() throws {
    let yaml =
      "learner:\n  kind: prototypes\n  network: {tags: [null, 'null', 'a: b', '']}\n"
      + "parts:\n  - label: '- a'\n  - {}\n"
    for overrides in [[], ["training.learningRate=1e-05", "name='# 1'"]] {
      let reader = try RecipeReader(
        yaml: yaml.replacing("[null, ", with: "["), file: "r.yaml", overrides: overrides)
      let recipe = try SmallSettings(reader.root)
      let complete = try RecipeReader(yaml: reader.complete, file: "complete.yaml")
      #expect(try SmallSettings(complete.root) == recipe)
      #expect(complete.complete == reader.complete)
      #expect(reader.complete.contains("  seed: null\n"))
    }
  }

  @Test func `files are read, and missing ones named`() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "recipe.yaml")
    try "name: café\n".write(to: url, atomically: false, encoding: .utf8)
    #expect(try SmallSettings(RecipeReader(url: url).root).name == "café")
    try Data([0x61, 0x3A, 0x20, 0xFF]).write(to: url)
    #expect(throws: SettingsError.self) { try RecipeReader(url: url) }
    try FileManager.default.removeItem(at: url)
    let error = #expect(throws: SettingsError.self) { try RecipeReader(url: url) }
    #expect(error?.exitStatus == .missingInput)
  }

  @Test func `mutated recipes are read or refused, never worse`() throws {
    let seeds =
      WrongText.all.map(\.yaml).filter { $0.utf8.count < 1000 } + [
        "name: \"a\\n\\u00e9\"\ntraining: {seed: 7, stopEarly: true}\nlearner:\n  network:\n"
          + "    widths:\n      - 8\n    tags: [a, 'b', \"c\", |-]\nparts:\n  - steps: 5\n",
        "learner:\n  network:\n    widths: []\n    momenta: [0.5, 2]\n    strides: [1, a]\n",
        "task:\n  ways: [9, 3]\ntraining: 5\nlearner:\n  kind: MALM\n", "parts: [a]\n",
      ]
    var random = Counter(seed: 3)
    var accepted = 0
    let rounds = fuzzRounds(usually: 3000)
    for _ in 0..<rounds {
      var bytes = Array(try #require(seeds.randomElement(using: &random)).utf8)
      mutate(&bytes, &random)
      let text = String(decoding: bytes, as: UTF8.self)
      do throws(SettingsError) {
        _ = try SmallSettings(text)
        accepted += 1
      } catch {
        #expect(!"\(error)".contains("\n"))
      }
    }
    #expect((rounds / 150..<rounds * 29 / 30).contains(accepted))
  }
}

@Suite struct RecipeWriterTests {
  @Test func `keys stand in the order given`() {
    var writer = RecipeWriter()
    writer.write("name", .text("a b"))
    writer.section("training") { training in
      training.write("rate", .number(1e-5))
      training.section("empty") { _ in }
      training.write("widths", .list([.integer(1), .null, .boolean(true), .text("x")]))
    }
    #expect(
      writer.yaml
        == "name: \"a b\"\ntraining:\n  rate: 1.0e-05\n"
        + "  widths: [1, null, true, x]\n")
  }

  @Test func `every text and number reads back`() throws {
    var random = Counter(seed: 9)
    let scalars: [Unicode.Scalar] = [
      "a", "Z", "0", "-", "#", ":", " ", "'", "\"", "\\", "\n", "\t", "é", "😀", "\u{85}", "\u{9F}",
      "\u{2028}", "\u{FFFF}", "&", "*", "[", "{", "%", "@", "\u{1}", ",",
    ]
    let fixed = ["", "null", "Yes", "no", "1", "1e5", "-", "~", "a#b", ".5", "=", "0x1F", "é"]
    for round in 0..<500 {
      let text =
        round < fixed.count
        ? fixed[round]
        : String(
          String.UnicodeScalarView(
            (0..<Int.random(in: 1...6, using: &random)).compactMap { _ in
              scalars.randomElement(using: &random)
            }))
      let bits = Double(bitPattern: .random(in: 0 ... .max, using: &random))
      let number = bits.isFinite ? bits : 0
      var writer = RecipeWriter()
      writer.write("text", .text(text))
      writer.write("number", .number(number))
      let reader = try RecipeReader(yaml: writer.yaml, file: "f")
      #expect(
        try reader.root.text("text", "A text.") == text,
        "\(Array(text.unicodeScalars)) \(writer.yaml)")
      #expect(try reader.root.number("number", "A number.") == number)
    }
  }
}
