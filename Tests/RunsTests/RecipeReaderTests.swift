import TestMaterial
import Foundation
import MetaTasks
import Runs
import Testing

/// A small recipe, as a user of the reader would describe it.
private struct SmallRecipe: Equatable {
  enum Kind: String, CaseIterable { case maml, reptile, prototypes }

  var iterations: Int
  var rate: Double
  var seed: Int?
  var stopEarly: Bool
  var kind: Kind
  var name: String
  var widths: [Int]
  var momenta: [Double]
  var tags: [String]
  var dropout: Double?

  init(_ reader: RecipeReader) throws(RecipeError) {
    name = try reader.root.string("name", default: "small")
    let training = try reader.section("training")
    iterations = try training.integer("iterations", default: 1000, in: 1...1_000_000)
    rate = try training.number("learningRate", default: 0.001, .positive)
    seed = try training.optionalInteger("seed", in: 0...Int.max)
    stopEarly = try training.boolean("stopEarly", default: false)
    let learner = try reader.section("learner")
    kind = try learner.choice("kind", default: .maml)
    let network = try learner.section("network")
    widths = try network.integers("widths", default: [40, 40], in: 1...4096, count: 1...8)
    momenta = try network.numbers("momenta", default: [], .within(0...1))
    tags = try network.strings("tags", default: [])
    dropout = try network.optionalNumber("dropout", .within(0...1))
    try reader.finish()
  }

  init(_ yaml: String, overrides: [String] = []) throws(RecipeError) {
    try self.init(try RecipeReader(yaml: yaml, file: "r.yaml", overrides: overrides))
  }
}

/// A wrong recipe, and the error it must meet.
private struct WrongRecipe: CustomTestStringConvertible, Sendable {
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
      yaml: "iterations: 60\n",
      error: "r.yaml:1: unknown key 'iterations'; did you mean 'training.iterations'?"),
    Self(
      yaml: "name: a\ntraning:\n  seed: 1\n",
      error: "r.yaml:2: unknown key 'traning'; did you mean 'training'?"),
    Self(
      yaml: "learner:\n  xyzzy: 1\n",
      error: "r.yaml:2: unknown key 'learner.xyzzy'; there are: kind, network"),
    Self(
      yaml: "training:\n  iterations: many\n",
      error: "r.yaml:2: 'training.iterations' must be a whole number, not 'many'"),
    Self(
      yaml: "training:\n  iterations: \"60\"\n",
      error: "r.yaml:2: 'training.iterations' must be a whole number, not '60'"),
    Self(
      yaml: "training:\n  iterations: 6.5\n",
      error: "r.yaml:2: 'training.iterations' must be a whole number, not '6.5'"),
    Self(
      yaml: "training:\n  iterations:\n",
      error: "r.yaml:2: 'training.iterations' must be a whole number, not nothing"),
    Self(
      yaml: "training:\n  iterations: 0\n",
      error: "r.yaml:2: 'training.iterations' must be between 1 and 1000000, but is '0'"),
    Self(
      yaml: "training:\n  iterations: 99999999999999999999\n",
      error: "r.yaml:2: 'training.iterations' must be between 1 and 1000000, but is "
        + "'99999999999999999999'"),
    Self(
      yaml: "training:\n  learningRate: -0.1\n",
      error: "r.yaml:2: 'training.learningRate' must be greater than 0, but is '-0.1'"),
    Self(
      yaml: "training:\n  learningRate: 1e999\n",
      error: "r.yaml:2: 'training.learningRate' must be finite, but is '1e999'"),
    Self(
      yaml: "training:\n  learningRate: nan\n",
      error: "r.yaml:2: 'training.learningRate' must be a number, not 'nan'"),
    Self(
      yaml: "training:\n  learningRate: [1]\n",
      error: "r.yaml:2: 'training.learningRate' must be a number, not a list"),
    Self(
      yaml: "training:\n  stopEarly: yes\n",
      error: "r.yaml:2: 'training.stopEarly' must be true or false, not 'yes'"),
    Self(
      yaml: "training:\n  seed: x\n",
      error: "r.yaml:2: 'training.seed' must be a whole number or null, not 'x'"),
    Self(
      yaml: "learner:\n  kind: MALM\n",
      error: "r.yaml:2: 'learner.kind' must be one of maml, reptile, prototypes, but is 'MALM'; "
        + "did you mean 'maml'?"),
    Self(
      yaml: "learner:\n  network:\n    widths: []\n",
      error: "r.yaml:3: 'learner.network.widths' must have between 1 and 8 elements, but has 0"),
    Self(
      yaml: "learner:\n  network:\n    widths: [1, a]\n",
      error: "r.yaml:3: 'learner.network.widths' must be a list of whole numbers, not 'a'"),
    Self(
      yaml: "learner:\n  network:\n    momenta: [0.5, 2]\n",
      error: "r.yaml:3: 'learner.network.momenta' must be between 0.0 and 1.0, but is '2'"),
    Self(yaml: "name: {a: 1}\n", error: "r.yaml:1: 'name' must be a text, not a section"),
    Self(
      yaml: "training: 5\n",
      error: "r.yaml:1: 'training' must be a section with keys below it, not '5'"),
    Self(yaml: "- 1\n", error: "r.yaml:1: a recipe is a section of keys, not a list"),
    Self(yaml: "hello\n", error: "r.yaml:1: a recipe is a section of keys, not 'hello'"),
    Self(yaml: "a: 1\na: 2\n", error: "r.yaml:1: the key 'a' is there twice"),
    Self(yaml: "a: [1\nb: 2\n", error: "r.yaml:2: it is not YAML: "),
    Self(yaml: "a: 1\n---\nb: 2\n", error: "r.yaml:2: it is not YAML: "),
    Self(yaml: "\ta: 1\n", error: "r.yaml:1: it is not YAML: "),
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
      yaml: "", overrides: ["training.iterations"],
      error: "--set training.iterations: an override is KEY=VALUE", status: .usage),
    Self(
      yaml: "", overrides: ["training..iterations=5"],
      error: "--set training..iterations=5: an override is KEY=VALUE", status: .usage),
    Self(
      yaml: "", overrides: ["training={iterations: 5}"],
      error: "--set training={iterations: 5}: an override sets one value, not a section",
      status: .usage),
    Self(
      yaml: "", overrides: ["learner.network.widths=[1"],
      error: "--set learner.network.widths=[1: it is not YAML: ", status: .usage),
  ]
}

@Suite struct RecipeReaderTests {
  @Test(arguments: WrongRecipe.all)
  private func `a wrong recipe meets one clear line`(_ row: WrongRecipe) {
    let error = #expect(throws: RecipeError.self) {
      try SmallRecipe(row.yaml, overrides: row.overrides)
    }
    let text = "\(error, default: "")"
    #expect(text.hasPrefix(row.error))
    #expect(!text.contains("\n"))
    #expect(error?.exitStatus == row.status)
  }

  @Test func `an empty recipe is all defaults`() throws {
    for yaml in ["", "# nothing\n", "training:\n", "{}"] {
      let recipe = try SmallRecipe(yaml)
      #expect(recipe.iterations == 1000 && recipe.rate == 0.001 && recipe.seed == nil)
      #expect(recipe.kind == .maml && recipe.widths == [40, 40] && recipe.name == "small")
    }
  }

  @Test func `values are read as they are written`() throws {
    let recipe = try SmallRecipe(
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
      """)
    #expect(recipe.name == "5" && recipe.iterations == 60 && recipe.rate == 0.001)
    #expect(recipe.seed == 7 && recipe.stopEarly && recipe.kind == .reptile)
    #expect(recipe.widths == [8, 16] && recipe.momenta == [0.5, 1] && recipe.dropout == 0)
    #expect(recipe.tags == ["a b", "12", "it's"])
  }

  @Test func `overrides win, the last of all`() throws {
    let recipe = try SmallRecipe(
      "training:\n  seed: 3\n",
      overrides: [
        "training.iterations=60", "training.iterations=61", "training.seed=null",
        "learner.network.widths=[1, 2]", "name=a=b", "learner.network.dropout=",
      ])
    #expect(recipe.iterations == 61 && recipe.seed == nil && recipe.widths == [1, 2])
    #expect(recipe.name == "a=b" && recipe.dropout == nil)
  }

  @Test func `a needed key that is misspelt is named`() throws {
    let reader = try RecipeReader(yaml: "task:\n  wys: 5\n", file: "r.yaml")
    let task = try reader.section("task")
    let misspelt = #expect(throws: RecipeError.self) { try task.integer("ways") }
    #expect(
      "\(misspelt, default: "")" == "r.yaml:2: unknown key 'task.wys'; did you mean 'task.ways'?")
    let missing = #expect(throws: RecipeError.self) { try task.string("family") }
    #expect(missing?.kind == .missing)
    #expect("\(missing, default: "")".contains("'task.family' is missing; it must be a text"))
  }

  @Test func `the complete recipe reads as the same recipe`() throws {
    let yaml = "learner:\n  kind: prototypes\n  network: {tags: [null, 'null', 'a: b', '']}\n"
    for overrides in [[], ["training.learningRate=1e-05", "name='# 1'"]] {
      let reader = try RecipeReader(
        yaml: yaml.replacing("[null, ", with: "["), file: "r.yaml", overrides: overrides)
      let recipe = try SmallRecipe(reader)
      let complete = try RecipeReader(yaml: reader.complete, file: "complete.yaml")
      #expect(try SmallRecipe(complete) == recipe)
      #expect(complete.complete == reader.complete)
      #expect(reader.complete.contains("  seed: null\n"))
    }
  }

  @Test func `files are read, and missing ones named`() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "recipe.yaml")
    try "name: café\n".write(to: url, atomically: false, encoding: .utf8)
    #expect(try SmallRecipe(RecipeReader(url: url)).name == "café")
    try Data([0x61, 0x3A, 0x20, 0xFF]).write(to: url)
    #expect(throws: RecipeError.self) { try RecipeReader(url: url) }
    try FileManager.default.removeItem(at: url)
    let error = #expect(throws: RecipeError.self) { try RecipeReader(url: url) }
    #expect(error?.exitStatus == .missingInput)
  }

  @Test func `mutated recipes are read or refused, never worse`() throws {
    let seeds =
      WrongRecipe.all.map(\.yaml).filter { $0.utf8.count < 1000 } + [
        "name: \"a\\n\\u00e9\"\ntraining: {seed: 7, stopEarly: true}\nlearner:\n  network:\n"
          + "    widths:\n      - 8\n    tags: [a, 'b', \"c\", |-]\n"
      ]
    var random = Counter(seed: 3)
    var accepted = 0
    for _ in 0..<3000 {
      var bytes = Array(try #require(seeds.randomElement(using: &random)).utf8)
      mutate(&bytes, &random)
      let text = String(decoding: bytes, as: UTF8.self)
      do throws(RecipeError) {
        _ = try SmallRecipe(text)
        accepted += 1
      } catch {
        #expect(!"\(error)".contains("\n"))
      }
    }
    #expect((20..<2900).contains(accepted))
  }
}

@Suite struct RecipeWriterTests {
  @Test func `keys stand in the order given`() {
    var writer = RecipeWriter()
    writer.write("name", .string("a b"))
    writer.section("training") { training in
      training.write("rate", .number(1e-5))
      training.section("empty") { _ in }
      training.write("widths", .list([.integer(1), .null, .boolean(true), .string("x")]))
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
      writer.write("text", .string(text))
      writer.write("number", .number(number))
      let reader = try RecipeReader(yaml: writer.yaml, file: "f")
      #expect(
        try reader.root.string("text") == text, "\(Array(text.unicodeScalars)) \(writer.yaml)")
      #expect(try reader.root.number("number") == number)
    }
  }
}

@Suite struct NearestNameTests {
  @Test(arguments: [
    ("iteratons", "iterations"), ("Seed", "seed"), ("sede", "seed"), ("rates", "rate"),
    ("x", nil), ("validation", nil), ("", nil),
  ])
  func `the nearest name is found, a far one is not`(_ name: String, _ nearest: String?) {
    #expect(NearestName.of(name, among: ["iterations", "seed", "rate", "ways"]) == nearest)
  }
}
