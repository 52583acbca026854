import Foundation
import Testing

/// A folder of pictures of which no recipe says anything.
@Suite(
  .enabled(if: CommandProcess.isBuilt, "the command is not built beside the tests"), .serialized)
struct OwnPicturesTests {
  private let place: Workplace
  private let few = [
    "--set", "training.iterations=5", "--set", "training.validateEvery=null", "--set",
    "network.width=4", "--episodes", "5", "--threads", "1",
  ]

  init() throws { place = try Workplace() }

  private func write(_ classes: Range<Int>, pictures: Int, to name: String) throws {
    try PictureFile.writeClasses(
      classes, pictures: pictures, to: place.folder.appending(path: name))
  }

  @Test(arguments: [(6, 2, 3), (6, 20, 3), (12, 4, 6), (15, 3, 1)])
  func `are trained on whatever is there`(classes: Int, pictures: Int, rotations: Int) throws {
    try write(0..<classes, pictures: pictures, to: "stripes")
    let outcome = try place.command.run(["train", "stripes", "--quiet"] + few)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("stripes: \(classes) classes, \(classes * pictures) pictures"))
    #expect(outcome.errors.contains("task.ways") && outcome.errors.contains("evaluation.shots"))
    #expect(outcome.output.contains("runs/stripes-protonet-1"))
    #expect(outcome.output.contains("over \(rotations) rotations") == (rotations > 1))
  }

  @Test(arguments: [
    (40, "20 rows and 40 columns"), (200, "20 rows and 40"), (21, "28 rows and 28"),
  ])
  func `keep their proportion up to one to two`(width: Int, says: String) throws {
    try PictureFile.writeClasses(
      0..<15, pictures: 3, width: width, to: place.folder.appending(path: "wide"))
    let outcome = try place.command.run(["train", "wide", "--output", "run", "--quiet"] + few)
    #expect(outcome.code == 0 && outcome.errors.contains(says), "\(outcome.errors)")
    let adapted = try place.command.run([
      "adapt", "run", "--support", "wide", "--output", "model.safetensors", "--quiet",
    ])
    #expect(adapted.code == 0, "\(adapted.errors)")
  }

  @Test func `a training of several rotations is stopped and gone on with`() throws {
    try write(0..<6, pictures: 4, to: "stripes")
    let words = ["train", "./stripes", "--output", "run", "--quiet", "--json"] + few
    let straight = try place.command.run(words.map { $0 == "run" ? "straight" : $0 })
    #expect(straight.code == 0, "\(straight.errors)")
    let running = try place.command.start(words)
    let second = place.folder.appending(path: "run/rotation-1/recipe.yaml").path
    while !FileManager.default.fileExists(atPath: second), running.process.isRunning {
      usleep(500)
    }
    running.send(SIGINT)
    let stopped = try running.outcome()
    #expect(stopped.code == 130, "\(stopped.errors)")
    #expect(stopped.errors.contains("metalearn train --output run --resume auto"))
    let whole = try place.command.run(
      ["train", "--output", "run", "--resume", "auto", "--quiet", "--json", "--threads", "1"])
    #expect(whole.code == 0, "\(whole.errors)")
    let (one, other) = (
      try #require(whole.json?["accuracy"] as? [String: Double]),
      try #require(straight.json?["accuracy"] as? [String: Double])
    )
    #expect(one == other && (whole.json?["rotations"] as? [Any])?.count == 3)
  }

  @Test func `a training begins with what another run learned`() throws {
    try write(0..<6, pictures: 4, to: "stripes")
    try write(6..<12, pictures: 4, to: "others")
    #expect(
      try place.command.run(["train", "./others", "--output", "first", "--quiet"] + few).code == 0)
    let still = ["--set", "training.learningRate=1e-30", "--set", "training.iterations=1"]
    let outcome = try place.command.run(
      ["train", "./stripes", "--quiet", "--from", "first", "--output", "second"] + few + still)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let (begun, first) = (try weights("second"), try weights("first"))
    #expect(begun.count == first.count && !first.isEmpty)
    // Running statistics follow the pictures all the same.
    #expect(zip(begun, first).count { abs($0 - $1) > 1e-20 } < first.count / 10)
    let other = try place.command.run(
      ["train", "./stripes", "--quiet", "--from", "first", "--output", "third"] + few
        + ["--set", "network.width=5"])
    #expect(
      other.code == 65 && other.errors.contains("is not that of the recipe"), "\(other.errors)")
  }

  /// The numbers of a model.
  private func weights(_ run: String) throws -> [Float] {
    let file = place.folder.appending(path: "\(run)/model.safetensors")
    let bytes = try Foundation.Data(contentsOf: file)
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let words = Array(bytes.dropFirst(8 + length))
    return stride(from: 0, to: words.count - 3, by: 4).map { first in
      Float(
        bitPattern: words[first..<first + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
    }
  }

  @Test func `a signal right after the pictures were looked at ends with a checkpoint`() throws {
    try write(0..<15, pictures: 4, to: "stripes")
    for round in 0..<3 {
      let running = try place.command.start(
        ["train", "stripes", "--output", "run\(round)", "--threads", "1"] + few
          + ["--set", "training.iterations=1000000"])
      let metrics = place.folder.appending(path: "run\(round)/metrics.jsonl").path
      while !FileManager.default.fileExists(atPath: metrics), running.process.isRunning {
        usleep(500)
      }
      running.send(SIGINT)
      let outcome = try running.outcome()
      #expect(outcome.code == 130 && outcome.errors.contains("and a checkpoint is written"))
    }
  }

  @Test func `all rotations follow what changes`() throws {
    try write(0..<6, pictures: 4, to: "stripes")
    #expect(
      try place.command.run(["train", "stripes", "--output", "run", "--quiet"] + few).code == 0)
    let other = try place.command.run(
      ["train", "--output", "run", "--resume", "auto", "--quiet", "--json", "--episodes", "7"])
    #expect(other.code == 0, "\(other.errors)")
    let rotations = try #require(other.json?["rotations"] as? [[String: Any]])
    #expect(rotations.map { $0["episodes"] as? Int } == [7, 7, 7])
  }

  @Test func `what cannot be trained on gets one line that says what can be done`() throws {
    try write(0..<1, pictures: 9, to: "one")
    try write(0..<9, pictures: 1, to: "single")
    try write(0..<5, pictures: 9, to: "five")
    try place.write("notes", to: "empty/notes.txt")
    for (name, code, says) in [
      ("one", 65, "1 class of 6"), ("single", 65, "class 'class0' has one picture"),
      ("five", 65, "5 classes of 6"), ("empty", 66, "no pictures"),
      ("nowhere.zip", 66, "no such folder or archive"),
    ] as [(String, Int32, String)] {
      let outcome = try place.command.run(["train", name] + few)
      #expect(outcome.code == code && outcome.errors.contains(says), "\(outcome.errors)")
      #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: place.folder.appending(path: "runs").path))
  }

  @Test func `numbers that do not suffice are told with keys and numbers that do`() throws {
    try write(0..<15, pictures: 4, to: "stripes")
    for (setting, says) in [
      ("task.ways=40", "--set task.ways=9"), ("evaluation.queries=9", "evaluation.queries=3"),
      ("evaluation.shots=4", "--set evaluation.shots=3 --set evaluation.queries=1"),
    ] {
      let outcome = try place.command.run(["train", "stripes", "--set", setting] + few)
      #expect(outcome.code == 65 && outcome.errors.contains(says), "\(outcome.errors)")
    }
  }

  #if os(Linux)
    @Test func `names that are not UTF-8 are called so, and make nothing`() throws {
      try write(0..<15, pictures: 3, to: "stripes")
      let rename = "n=$(printf 'd\\351')"
      let cases: [(shell: String, words: [String], code: Int32, says: String)] = [
        (
          "\(rename); mv stripes/class3 \"stripes/$n\"",
          ["train", "stripes", "--output", "one", "--quiet"] + few, 0,
          "1 name left out, not in UTF-8, the first 'd\u{FFFD}'"
        ),
        (
          "\(rename); set -- \"$@\" \"$n\"", ["train", "stripes", "--quiet", "--output"], 64,
          "'d\u{FFFD}' is not UTF-8"
        ),
        (
          "\(rename); mkdir $n; cd $n", ["train", "../stripes", "--quiet"] + few, 66,
          "the name of the working folder is not UTF-8"
        ),
      ]
      for (shell, words, code, says) in cases {
        let outcome = try place.command.run(words, below: shell)
        #expect(outcome.code == code && outcome.errors.contains(says), "\(outcome.errors)")
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: place.folder.path)
      #expect(names.count { $0.hasPrefix("d") } == 1, "\(names)")
      #expect(!names.contains("runs"))
    }

    @Test func `memory that there is not is told before it is taken`() throws {
      let outcome = try place.command.run(
        [
          "train", "--json", "--threads", "1", "--set", "network.width=512", "--set",
          "task.ways=60", "--set", "task.queries=15",
        ], below: "ulimit -v 1500000")
      #expect(outcome.code == 71, "\(outcome.errors)")
      #expect(outcome.errors.contains("GB of memory, and"), "\(outcome.errors)")
      #expect(outcome.errors.contains("lower task.ways"), "\(outcome.errors)")
      #expect((outcome.json?["error"] as? [String: Any])?["code"] as? Int == 71)
      try write(0..<15, pictures: 20, to: "stripes")
      let large = try place.command.run(
        ["train", "stripes", "--set", "task.size=1024", "--set", "task.width=1024"] + few,
        below: "ulimit -v 700000")
      #expect(large.code == 71, "\(large.errors)")
      #expect(large.errors.contains("300 pictures of 1024x1024 need 0.6 GB"), "\(large.errors)")
      #expect(large.errors.contains("lower task.size"), "\(large.errors)")
    }
  #endif

  @Test func `a run, a picture and a tab in the wrong place are called so`() throws {
    try write(0..<15, pictures: 4, to: "stripes")
    #expect(
      try place.command.run(["train", "stripes", "--output", "run", "--quiet"] + few).code == 0)
    try place.write("task:\n\tdata: characters\n", to: "tab.yaml")
    try place.write("task:\n  ways: \"5\"\n", to: "quoted.yaml")
    for (words, code, says) in [
      (["predict", "run", "a.png"], 64, "run/model.safetensors, by: metalearn adapt run"),
      (
        ["adapt", "run", "--support", "stripes/class1/0.png", "--output", "m"], 65,
        "a picture, and a folder"
      ),
      (["train", "tab.yaml"], 65, "tab.yaml:2: a tab stands before its text"),
      (["train", "quoted.yaml"], 65, "not the text '5'; leave out its quotes"),
      (["train", "run"], 64, "is a run, not data"),
      (["train", "tab.yaml", "--from", "run"], 64, "training.from"),
    ] as [([String], Int32, String)] {
      let outcome = try place.command.run(words)
      #expect(outcome.code == code && outcome.errors.contains(says), "\(outcome.errors)")
    }
  }
}
