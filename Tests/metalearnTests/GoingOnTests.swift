import Foundation
import Testing

/// Runs that were stopped or finished, and are gone on with.
@Suite(
  .enabled(if: CommandProcess.isBuilt, "the command is not built beside the tests"), .serialized)
struct GoingOnTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.write(Workplace.curves, to: "curves.yaml")
  }

  private func train(
    _ run: String, iterations: Int, _ further: [String] = []
  ) throws -> CommandProcess.Outcome {
    try place.command.run(
      place.train(run, ["--set", "training.iterations=\(iterations)", "--episodes", "5"])
        + further)
  }

  private func model(_ run: String) throws -> Foundation.Data {
    // The recipe, which holds the number of episodes, stands in the header.
    let file = place.folder.appending(path: "\(run)/model.safetensors")
    let bytes = try Foundation.Data(contentsOf: file)
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    return bytes.dropFirst(8 + length)
  }

  @Test func `a finished run is lengthened to what a straight one is`() throws {
    #expect(try train("straight", iterations: 120).code == 0)
    #expect(try train("run", iterations: 60).code == 0)
    let longer = try train("run", iterations: 120, ["--resume", "auto"])
    #expect(longer.code == 0, "\(longer.errors)")
    #expect(longer.errors.contains("120 steps rather than 60"), "\(longer.errors)")
    #expect(longer.json?["steps"] as? Int == 120)
    #expect(try model("run") == model("straight"))
    let recipe = try String(
      contentsOf: place.folder.appending(path: "run/recipe.yaml"), encoding: .utf8)
    #expect(recipe.contains("iterations: 120"))
    // The lengthened recipe is the run's own from then on.
    let again = try place.command.run(
      ["train", "--output", "run", "--resume", "auto", "--json", "--quiet"])
    #expect(again.code == 0 && again.errors.contains("is finished"), "\(again.errors)")
  }

  @Test func `what follows a schedule is told`() throws {
    let cosine = ["--set", "training.schedule.kind=cosine"]
    #expect(try train("run", iterations: 40, cosine).code == 0)
    let longer = try train("run", iterations: 80, cosine + ["--resume", "auto"])
    #expect(longer.code == 0, "\(longer.errors)")
    #expect(longer.errors.contains("at step 40 the learning rate is"), "\(longer.errors)")
  }

  @Test func `a finished run is evaluated in another way`() throws {
    #expect(try train("run", iterations: 40).code == 0)
    let trained = try model("run")
    let other = try train("run", iterations: 40, ["--resume", "auto", "--episodes", "9"])
    #expect(other.code == 0, "\(other.errors)")
    #expect(other.json?["episodes"] as? Int == 9 && other.json?["steps"] as? Int == 40)
    #expect(try model("run") == trained)
  }

  @Test func `validations of other tasks than before are not compared with those`() throws {
    #expect(try train("run", iterations: 80).code == 0)
    let other = try train(
      "run", iterations: 160, ["--resume", "auto", "--set", "evaluation.queries=3"])
    #expect(other.code == 0, "\(other.errors)")
    #expect(other.errors.contains("validations before count no more"), "\(other.errors)")
    #expect(try #require(other.json?["bestStep"] as? Int) > 80)
  }

  @Test(arguments: [
    ("training.learningRate=0.5", "training.learningRate is 0.5 and 0.001 there"),
    ("training.iterations=20", "a training can be lengthened"),
    ("learner.learningRate=0.5", "learner.learningRate is 0.5 and 0.01 there"),
  ])
  func `what was learned is not changed`(override: String, part: String) throws {
    #expect(try train("run", iterations: 40).code == 0)
    let result = place.folder.appending(path: "run/result.json")
    let before = try Foundation.Data(contentsOf: result)
    let refused = try train("run", iterations: 40, ["--resume", "auto", "--set", override])
    #expect(refused.code == 64 && refused.errors.contains(part), "\(refused.errors)")
    #expect(try Foundation.Data(contentsOf: result) == before)
  }

  @Test func `the last unfinished run of a recipe is found`() throws {
    let words = ["train", "curves.yaml", "--resume", "auto", "--quiet", "--threads", "1"]
    let first = try place.command.run(words + ["--set", "training.seconds=0.01"])
    #expect(first.code == 0 && first.errors.contains("a new one starts"), "\(first.errors)")
    #expect(first.output.contains("the limit of 0.01 seconds ended the training"))
    let long = ["--set", "training.iterations=1000000"]
    let running = try place.command.start(words + long)
    let metrics = place.folder.appending(path: "runs/curves-2/metrics.jsonl").path
    while !FileManager.default.fileExists(atPath: metrics), running.process.isRunning {
      usleep(1000)
    }
    usleep(200_000)
    running.send(SIGINT)
    let stopped = try running.outcome()
    #expect(stopped.code == 130, "\(stopped.errors)")
    let again = try place.command.start(words + long)
    usleep(500_000)
    again.send(SIGINT)
    #expect(try again.outcome().errors.contains("--output runs/curves-2 "))
    #expect(
      try FileManager.default.contentsOfDirectory(
        atPath: place.folder.appending(path: "runs").path
      ).sorted() == ["curves-1", "curves-2"])
    let judged = try place.command.run(["evaluate", "runs/curves-2", "--episodes", "5"])
    #expect(judged.code == 0 && judged.errors.contains("is not finished"), "\(judged.errors)")
  }

  @Test func `a stopped comparison goes on to what a straight one is`() throws {
    func words(_ output: String) -> [String] {
      [
        "compare", "curves.yaml", "--seeds", "0", "1", "--output", output, "--set",
        "training.iterations=1500", "--episodes", "5", "--threads", "1", "--json",
      ]
    }
    func figures(_ outcome: CommandProcess.Outcome) throws -> [[String: Double]] {
      let contestants = try #require(outcome.json?["contestants"] as? [[String: Any]])
      return try #require(contestants.first?["bySeed"] as? [[String: Double]])
    }
    let straight = try place.command.run(words("straight"))
    #expect(straight.code == 0, "\(straight.errors)")
    let running = try place.command.start(words("stopped"))
    let checkpoints = place.folder.appending(path: "stopped/curves-seed-1/checkpoints").path
    while ((try? FileManager.default.contentsOfDirectory(atPath: checkpoints)) ?? []).isEmpty,
      running.process.isRunning
    {
      usleep(1000)
    }
    running.send(SIGINT)
    let stopped = try running.outcome()
    #expect(stopped.code == 130 && stopped.errors.contains("the same command goes on"))
    let first = try Foundation.Data(
      contentsOf: place.folder.appending(path: "stopped/curves-seed-0/result.json"))
    let again = try place.command.run(words("stopped"))
    #expect(again.code == 0, "\(again.errors)")
    #expect(try figures(again) == figures(straight))
    #expect(try figures(again).count == 2)
    #expect(
      try Foundation.Data(
        contentsOf: place.folder.appending(path: "stopped/curves-seed-0/result.json")) == first)
  }
}

/// Runs on a user's own pictures, which are moved, renamed or joined by other files.
@Suite(
  .enabled(if: CommandProcess.isBuilt, "the command is not built beside the tests"), .serialized)
struct MovedPicturesTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try PictureFile.writeDividedStripes(in: place.folder)
    let settings = [
      "task.data=./stripes", "task.size=16", "task.channels=1", "task.ways=3", "task.queries=2",
      "network.width=4", "training.iterations=1000000", "training.validateEvery=null",
      "training.checkpointEvery=5", "evaluation.ways=3", "evaluation.queries=3",
      "evaluation.episodes=10",
    ]
    let running = try place.command.start(
      ["train", "--output", "run", "--quiet", "--threads", "1"]
        + settings.flatMap { ["--set", $0] })
    let checkpoints = place.folder.appending(path: "run/checkpoints").path
    while ((try? FileManager.default.contentsOfDirectory(atPath: checkpoints)) ?? []).isEmpty,
      running.process.isRunning
    {
      usleep(1000)
    }
    running.send(SIGINT)
    #expect(try running.outcome().code == 130)
  }

  private func goOn(_ further: [String] = [], below shell: String? = nil) throws
    -> CommandProcess.Outcome
  {
    let run = place.folder.appending(path: "run").path
    return try place.command.run(
      ["train", "--output", run, "--resume", "auto", "--set", "training.seconds=0.01", "--json"]
        + further, below: shell)
  }

  private func move(_ name: String, to other: String) throws {
    try FileManager.default.moveItem(
      at: place.folder.appending(path: name), to: place.folder.appending(path: other))
  }

  #if os(Linux)
    @Test func `commands that keep nothing end at once and leave nothing`() throws {
      let adapt = ["adapt", "run", "--support", "stripes/test", "--output"]
      #expect(try place.command.run(adapt + ["model"]).code == 0)
      try PictureFile.writeClasses(
        0..<3, pictures: 4000, to: place.folder.appending(path: "many"))
      for (words, says) in [
        (["adapt", "run", "--support", "many", "--output", "new"], "no model was written"),
        (["predict", "model", "many", "--json"], "stopped before all was answered"),
        (["evaluate", "run", "--episodes", "1000000"], "stopped before all test tasks were done"),
        (["data", "check", "./many"], "stopped before all was checked"),
      ] {
        let running = try place.command.start(
          words
            + ["--threads", "1"].filter { _ in
              words[0] != "data"
            })
        while running.process.isRunning, !running.holds(SIGINT) { usleep(500) }
        let sent = ContinuousClock.now
        running.send(SIGINT)
        let outcome = try running.outcome()
        #expect(ContinuousClock.now - sent < .milliseconds(500))
        #expect(outcome.code == 130 && outcome.errors.contains(says), "\(outcome.errors)")
        #expect(!words.contains("--json") || outcome.output.contains(says))
      }
      #expect(!FileManager.default.fileExists(atPath: place.folder.appending(path: "new").path))
    }
  #endif

  @Test func `a stopped run has a model that can be used`() throws {
    let adapted = try place.command.run(
      ["adapt", "run", "--support", "stripes/test", "--output", "m.safetensors"])
    #expect(adapted.code == 0 && adapted.errors.contains("is not finished"), "\(adapted.errors)")
    let asked = try place.command.run(
      ["predict", "m.safetensors", "stripes/test/class9/0.png"])
    #expect(asked.code == 0 && asked.lines.count == 1, "\(asked.errors)")
  }

  @Test func `files beside pictures and names of pictures are nothing to a run`() throws {
    try place.write("notes", to: "stripes/train/class1/Thumbs.db")
    try place.write("notes", to: "stripes/notes.txt")
    try move("stripes/train/class1/0.png", to: "stripes/train/class1/renamed.png")
    let outcome = try goOn()
    #expect(outcome.code == 0, "\(outcome.errors)")
  }

  @Test func `a run goes on from another working directory`() throws {
    let outcome = try goOn(below: "cd /")
    #expect(outcome.code == 0, "\(outcome.errors)")
  }

  @Test(arguments: [["--data", "moved"], ["--set", "task.data=./moved"]])
  func `a moved folder is told, and taken where its content is the same`(
    _ words: [String]
  ) throws {
    try move("stripes", to: "moved")
    let lost = try goOn()
    #expect(lost.code == 66 && lost.errors.contains("--data"), "\(lost.errors)")
    let found = try goOn(words)
    #expect(found.code == 0, "\(found.errors)")
  }

  @Test func `other pictures are refused`() throws {
    try PictureFile.writeClasses(
      0..<1, pictures: 5, to: place.folder.appending(path: "stripes/train"))
    let outcome = try goOn()
    #expect(outcome.code == 64 && outcome.errors.contains("other data"), "\(outcome.errors)")
  }
}
