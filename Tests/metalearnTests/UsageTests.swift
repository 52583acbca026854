import Foundation
import Testing

/// Words, and how the command must answer them.
private struct UsageRow: CustomTestStringConvertible, Sendable {
  let words: [String]
  let code: Int32
  let says: String

  var testDescription: String { words.joined(separator: " ") }

  static let all = [
    Self(words: ["trian"], code: 64, says: "did you mean 'train'?"),
    Self(words: ["check"], code: 64, says: "no command 'check'. There are: train"),
    Self(words: ["data", "fech"], code: 64, says: "no command 'data fech'; did you mean 'fetch'?"),
    Self(words: ["help", "tain"], code: 64, says: "no command 'help tain'; did you mean 'train'?"),
    Self(words: ["train", "--thread", "2"], code: 64, says: "--threads"),
    Self(words: ["train", "--resume", "later"], code: 64, says: "'auto'; see --help"),
    Self(words: ["train", "--threads", "0"], code: 64, says: "between 1 and 1024"),
    Self(words: ["train", "--threads", "two"], code: 64, says: "'two'"),
    Self(
      words: ["train", "--set", "training.iteratons=3"], code: 64,
      says: "did you mean 'training.iterations'?"),
    Self(words: ["train", "--set", "training.iterations"], code: 64, says: "KEY=VALUE"),
    Self(
      words: ["train", "phased.yaml", "--set", "training.phases.2.iterations=5"], code: 64,
      says: "'training.phases' is a list of 2"),
    Self(
      words: ["train", "phased.yaml", "--set", "training.phases.1.iteratons=5"], code: 64,
      says: "did you mean 'training.phases.1.iterations'?"),
    Self(
      words: ["train", "phased.yaml", "--set", "training.phases.0.trains=[netwrk]"], code: 64,
      says: "'training.phases.0.trains' has 'netwrk', with which no leaf's name begins"),
    Self(
      words: ["train", "curves.yaml", "--set", "learner.learningRate=-1"], code: 64,
      says: "greater than 0"),
    Self(words: ["train", "nowhere.yaml"], code: 66, says: "nowhere.yaml: No such file"),
    Self(words: ["train", "misspelt.yaml"], code: 65, says: "misspelt.yaml:1: unknown key 'tsk'"),
    Self(words: ["train", "binary.yaml"], code: 65, says: "binary.yaml"),
    Self(
      words: ["train", "--set", "task.data=omniglot"], code: 66,
      says: "metalearn data fetch omniglot"),
    Self(
      words: ["train", "--set", "task.data=./nowhere"], code: 66, says: "no such file or folder"),
    Self(
      words: ["train", "curves.yaml", "--output", "filled"], code: 64,
      says: "is not empty and not a run"),
    Self(
      words: ["train", "curves.yaml", "--output", "curves.yaml/run"], code: 74, says: "cannot"),
    Self(words: ["evaluate", "nowhere"], code: 66, says: "there is no run in"),
    Self(words: ["evaluate", "a", "b", "c"], code: 64, says: "two to compare, not 3"),
    Self(
      words: ["adapt", "nowhere", "--support", "s", "--output", "m"], code: 66,
      says: "there is no run in"),
    Self(words: ["adapt", "nowhere", "--support", "s"], code: 64, says: "--output"),
    Self(
      words: ["predict", "nowhere.safetensors", "x.png"], code: 66, says: "nowhere.safetensors"),
    Self(words: ["predict", "curves.yaml", "x.png"], code: 65, says: "curves.yaml"),
    Self(words: ["compare", "nowhere.yaml"], code: 66, says: "nowhere.yaml"),
    Self(words: ["compare", "curves.yaml", "curves.yaml"], code: 64, says: "called 'curves'"),
    Self(words: ["compare", "curves.yaml", "--seconds", "0"], code: 64, says: "--seconds"),
    Self(words: ["compare", "curves.yaml", "--vary", "x"], code: 64, says: "'x' is not KEY="),
    Self(words: ["reproduce", "curve", "--recipes", "."], code: 64, says: "'curves'"),
    Self(words: ["reproduce", "curves", "--recipes", "."], code: 65, says: "'published'"),
    Self(words: ["import", "nowhere.safetensors", "curves.yaml"], code: 66, says: "nowhere"),
    Self(words: ["import", "curves.yaml", "curves.yaml"], code: 65, says: "curves.yaml"),
    Self(words: ["data", "fetch", "omniglt"], code: 65, says: "did you mean 'omniglot'?"),
    Self(words: ["data", "check", "cifar-fs"], code: 66, says: "not found"),
    Self(words: ["data", "tasks", "nowhere.yaml"], code: 66, says: "nowhere.yaml: No such file"),
    Self(words: ["check-gradient", "curves.yaml", "--tasks", "0"], code: 64, says: "1 and 100"),
    Self(
      words: ["check-gradient", "curves.yaml", "--precision", "half"], code: 64,
      says: "'half'"),
    Self(words: ["check-leaks", "nowhere.csv"], code: 66, says: "nowhere.csv: No such file"),
    Self(words: ["check-leaks", "curves.yaml"], code: 65, says: "columns 'query' and 'company'"),
    Self(words: ["check-leaks", "x.csv", "--tolerance=-1"], code: 64, says: "0 or more"),
  ]
}

@Suite(.enabled(if: CommandProcess.isBuilt, "the command is not built beside the tests"))
struct UsageTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.write(Workplace.curves, to: "curves.yaml")
    try place.write(
      "task:\n  data: sinusoid\nlearner:\n  kind: maml\n"
        + "training:\n  phases:\n    - iterations: 5\n    - iterations: 5\n", to: "phased.yaml")
    try place.write("tsk:\n  data: sinusoid\n", to: "misspelt.yaml")
    try Foundation.Data([0, 255, 254, 1]).write(to: place.folder.appending(path: "binary.yaml"))
    try place.write("hello", to: "filled/letter.txt")
  }

  @Test(arguments: UsageRow.all)
  private func `a mistake gets one line, the right code and nothing on stdout`(
    _ row: UsageRow
  ) throws {
    let outcome = try place.command.run(row.words)
    #expect(outcome.code == row.code)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
    #expect(outcome.errors.hasPrefix("metalearn: "))
    #expect(outcome.errors.contains(row.says), "\(outcome.errors)")
  }

  @Test func `with --json a mistake is an object on the last line as well`() throws {
    let outcome = try place.command.run(["evaluate", "nowhere", "--json"])
    let error = outcome.json?["error"] as? [String: Any]
    #expect(outcome.code == 66)
    #expect(error?["code"] as? Int == 66)
    #expect((error?["message"] as? String)?.contains("there is no run in") == true)
  }

  @Test(arguments: [
    "train", "evaluate", "compare", "reproduce", "import", "adapt", "predict", "data", "doctor",
    "check-gradient", "check-leaks",
  ])
  func `help has two real examples`(_ name: String) throws {
    let outcome = try place.command.run([name, "--help"])
    #expect(outcome.code == 0)
    #expect(outcome.errors.isEmpty)
    #expect(outcome.output.contains("EXAMPLES:"))
    #expect(outcome.output.components(separatedBy: "\n  metalearn \(name)").count == 3)
  }

  @Test func `a bare call and --version answer`() throws {
    #expect(try place.command.run([]).output.contains("SUBCOMMANDS:"))
    #expect(try place.command.run(["--version"]).output.hasPrefix("metalearn 0."))
  }

  @Test func `kernels that the machine lacks are named with those that it has`() throws {
    let outcome = try place.command.run(
      ["doctor"], environment: ["METALEARN_INSTRUCTION_SET": "mmx"])
    #expect(outcome.code == 64)
    #expect(outcome.errors.contains("'mmx'"))
    #expect(outcome.errors.contains("portable"))
  }

  @Test func `an empty variable forces no kernels`() throws {
    let outcome = try place.command.run(
      ["doctor"], environment: ["METALEARN_INSTRUCTION_SET": ""])
    #expect(outcome.code == 0, "\(outcome.errors)")
  }

  @Test func `doctor and data list say what there is`() throws {
    let doctor = try place.command.run(["doctor", "--json"])
    #expect(doctor.code == 0)
    #expect((doctor.json?["peakFlops"] as? Double ?? 0) > 1e8)
    #expect((doctor.json?["threads"] as? Int ?? 0) >= 1)
    let list = try place.command.run(["data", "list"])
    #expect(list.code == 0)
    #expect(list.lines.contains { $0.hasPrefix("omniglot") && $0.contains("data fetch omniglot") })
  }

  @Test func `a reader that goes away ends the output quietly`() throws {
    let outcome = try place.command.run(
      ["data", "list"], below: "{ sleep 0.2; \"$0\" \"$@\"; echo \"code $?\" >&2; } | true; exit")
    #expect(outcome.errors == "code 0\n")
  }
}
