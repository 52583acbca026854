import Foundation
import Testing

/// A table or folder of texts of which no recipe says anything.
@Suite(
  .enabled(if: CommandProcess.isBuilt, "the command is not built beside the tests"), .serialized)
struct OwnTextsTests {
  private let place: Workplace
  private let few = [
    "--set", "training.iterations=4", "--set", "training.validateEvery=null", "--episodes", "5",
    "--threads", "1", "--quiet",
  ]
  private static let subjects = [
    "card", "loan", "pizza", "flight", "hotel", "weather", "music", "alarm", "taxi", "news",
  ]

  init() throws { place = try Workplace() }

  /// The rows of a table: a text of each class and way of asking.
  private static func rows(_ subjects: some Sequence<String>) -> [(text: String, label: String)] {
    let ways = ["where is my", "please book a", "Überprüfe, bitte:", "tell me of the", "no", "why"]
    return subjects.flatMap { subject in ways.map { ("\($0) \(subject)", subject) } }
  }

  private func write(_ lines: [String], to name: String) throws {
    let text = lines.joined(separator: "\n") + "\n"
    try Data(text.utf8).write(to: place.folder.appending(path: name))
  }

  @Test func `are trained on, adapted to and told apart`() throws {
    try write(
      ["text,label"] + Self.rows(Self.subjects).map { "\"\($0.text)\",\($0.label)" },
      to: "intents.csv")
    let outcome = try place.command.run(["train", "intents.csv", "--output", "run"] + few)
    #expect(outcome.code == 0, "\(outcome.errors)")
    for part in [
      "fields parted by commas, a header, 2 columns: text, label",
      "texts in column 'text' (--text), classes in 'label' (--label)",
      "intents: 10 classes, 60 texts, 6 or more of each", "trigrams by rarity",
    ] { #expect((outcome.errors + outcome.output).contains(part), "\(part): \(outcome.errors)") }
    try write(["a new boat\tboat", "the boat\tboat", "one car\tcar"], to: "few.tsv")
    let adapted = try place.command.run([
      "adapt", "run", "--support", "few.tsv", "--output", "m.safetensors",
    ])
    #expect(adapted.code == 0 && adapted.output.contains("2 classes, 3 texts"), "\(adapted.errors)")
    let predicted = try place.command.run(["predict", "m.safetensors", "my boats", "any cars?"])
    #expect(predicted.code == 0, "\(predicted.errors)")
    let answers = predicted.output.split(separator: "\n").map(String.init)
    #expect(answers[0].contains("boat") && answers[1].contains("car"), "\(answers)")
    let again = try place.command.run(
      ["train", "./intents.csv", "--output", "run", "--resume", "auto"] + few)
    #expect(again.code == 0 && again.errors.contains("is finished"), "\(again.errors)")
  }

  @Test func `columns are named where they are not usual`() throws {
    let rows = Self.rows(Self.subjects.prefix(6)).enumerated()
    try write(
      rows.map {
        "{\"n\": \($0), \"was\": \"\($1.text)\", \"wozu\": \"\($1.label)\", \"wer\": null}"
      }, to: "fragen.jsonl")
    let named = ["--text", "was", "--label", "wozu"]
    let outcome = try place.command.run(["train", "fragen.jsonl"] + named + few)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("a JSON object on each line, 4 columns: n, was, wozu, wer"))
    #expect(outcome.output.contains("over 3 rotations"), "\(outcome.output)")
    let unnamed = try place.command.run(["train", "fragen.jsonl", "--text", "wie"] + few)
    #expect(unnamed.code == 65 && unnamed.errors.contains("no column 'wie'"), "\(unnamed.errors)")
    let checked = try place.command.run(["data", "check", "./fragen.jsonl"])
    #expect(checked.code == 65, "\(checked.errors)")
  }

  @Test func `are read from a folder with a file for each class`() throws {
    let folder = place.folder.appending(path: "texts")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    for subject in Self.subjects {
      try write(Self.rows([subject]).map(\.text), to: "texts/\(subject).txt")
    }
    let checked = try place.command.run(["data", "check", "./texts"])
    #expect(checked.code == 0 && checked.output.contains("texts, division by-digest: OK"))
    let outcome = try place.command.run(["train", "texts", "--output", "run"] + few)
    #expect(outcome.code == 0 && outcome.errors.contains("10 classes, 60 texts"))
  }

  @Test func `what is wrong with them is one line`() throws {
    let rows = Self.rows(Self.subjects).map { "\"\($0.text)\",\($0.label)" }
    try write(["text,label"] + rows + ["a,b,c"], to: "ragged.csv")
    try write(["text,label"] + rows.prefix(30), to: "five.csv")
    try write(["text,label"] + rows + ["???,card"], to: "wordless.csv")
    try write(["task: {data: characters}"], to: "recipe.yaml")
    for (words, code, says) in [
      (["train", "nowhere.csv"], 66, "nowhere.csv: there is no such file"),
      (["train", "ragged.csv"], 65, "line 62: 3 fields, and the header has 2; put fields"),
      (["train", "five.csv"], 65, "5 classes of 6 that it takes at least"),
      (["train", "wordless.csv"], 65, "line 62: a text without words"),
      (["train", "five.csv", "--from", "run"], 64, "--from is for pictures"),
      (["train", "recipe.yaml", "--label", "x"], 64, "--label x: columns are for a table"),
    ] as [([String], Int32, String)] {
      let outcome = try place.command.run(words + few)
      #expect(outcome.code == code && outcome.errors.contains(says), "\(words): \(outcome.errors)")
      #expect(outcome.errors.split(separator: "\n").count == 1)
    }
    let skipping = try place.command.run(["train", "wordless.csv", "--skip-damaged"] + few)
    #expect(skipping.code == 0 && skipping.errors.contains("1 text without words left out"))
  }
}
