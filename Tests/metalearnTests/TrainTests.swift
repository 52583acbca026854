import Foundation
import Testing

@Suite(
  .enabled(if: CommandProcess.isBuilt, "the command is not built beside the tests"), .serialized)
struct TrainTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.write(Workplace.curves, to: "curves.yaml")
  }

  /// The files of a run that hold no times.
  private func bytes(_ run: String) throws -> [String: Foundation.Data] {
    let folder = place.folder.appending(path: run)
    var bytes: [String: Foundation.Data] = [:]
    for name in ["model.safetensors", "metrics.jsonl", "recipe.yaml"] {
      bytes[name] = try Foundation.Data(contentsOf: folder.appending(path: name))
    }
    let checkpoints = folder.appending(path: "checkpoints")
    for name in try FileManager.default.contentsOfDirectory(atPath: checkpoints.path) {
      bytes[name] = try Foundation.Data(contentsOf: checkpoints.appending(path: name))
    }
    return bytes
  }

  private func checkpoints(_ run: String) -> [String] {
    let folder = place.folder.appending(path: "\(run)/checkpoints")
    return (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
  }

  @Test func `the last line is one object with the figures`() throws {
    let outcome = try place.command.run(place.train("run", ["--seed", "3", "--episodes", "12"]))
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.lines.count == 1)
    let json = try #require(outcome.json)
    #expect(json["episodes"] as? Int == 12)
    #expect(json["split"] as? String == "test")
    #expect(json["normalization"] as? String == "none")
    #expect((json["squaredError"] as? [String: Any])?.keys.sorted() == ["ci95", "mean"])
    #expect((json["task"] as? [String: Any])?["shots"] as? Int == 4)
    #expect(json["seconds"] is Double)
    #expect((json["run"] as? String)?.hasSuffix("/run") == true)
    #expect(outcome.errors.contains("same network from scratch"))
  }

  @Test func `a run killed at 20 random moments and resumed has the bytes of a straight one`()
    throws
  {
    let long = ["--set", "training.iterations=4000", "--set", "training.validateEvery=400"]
    #expect(try place.command.run(place.train("straight", long)).code == 0)
    func byteCount(_ run: String) -> Int {
      let metrics = place.folder.appending(path: "\(run)/metrics.jsonl").path
      let attributes = try? FileManager.default.attributesOfItem(atPath: metrics)
      return attributes?[.size] as? Int ?? 0
    }
    // Twenty parts, each shorter than a twentieth even where the kill comes late.
    let longest = byteCount("straight") / 30
    for kill in 1...20 {
      // The first dies before there is a checkpoint, the later ones amid the training.
      let wanted = kill == 1 ? 0 : byteCount("killed") + .random(in: 1...longest)
      let running = try place.command.start(place.train("killed", long + ["--resume", "auto"]))
      while byteCount("killed") < wanted, running.process.isRunning { usleep(200) }
      usleep(.random(in: 0...2000))
      running.send(SIGKILL)
      #expect(try running.outcome().code == 137, "kill \(kill)")
    }
    let last = try place.command.run(place.train("killed", long + ["--resume", "auto"]))
    #expect(last.code == 0, "\(last.errors)")
    #expect(try bytes("killed") == bytes("straight"))
  }

  @Test func `two threads and other kernels make the same bytes`() throws {
    let few = ["--set", "training.iterations=30"]
    #expect(try place.command.run(place.train("straight", few)).code == 0)
    for (name, further, environment) in [
      ("two", ["--threads", "2"], [:]),
      ("portable", [], ["METALEARN_INSTRUCTION_SET": "portable"]),
    ] as [(String, [String], [String: String])] {
      let outcome = try place.command.run(
        place.train(name, few + further), environment: environment)
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(try bytes(name) == bytes("straight"), "\(name)")
    }
  }

  // Where the tests themselves outlive their terminal, so does what they start.
  @Test(arguments: [SIGINT, SIGTERM] + (CommandProcess.outlivesTerminal ? [] : [SIGHUP]))
  func `a signal ends with a checkpoint, the way to go on and its code`(_ signal: Int32) throws {
    let long = ["--set", "training.iterations=1000000", "--resume", "auto"]
    let running = try place.command.start(place.train("run", long))
    let deadline = Date().addingTimeInterval(60)
    while checkpoints("run").isEmpty, Date() < deadline { usleep(10_000) }
    running.send(signal)
    let outcome = try running.outcome()
    #expect(outcome.code == 128 + signal)
    #expect((outcome.json?["error"] as? [String: Any])?["code"] as? Int32 == 128 + signal)
    #expect(outcome.errors.contains("go on with: metalearn train --output run --resume auto"))
    let step = try #require(outcome.errors.firstMatch(of: /stopped at step (\d+)/)?.1)
    #expect(checkpoints("run").contains { $0.hasSuffix("\(step).safetensors") })
    // A second start goes on from that very step.
    let again = try place.command.start(
      ["train", "--output", "run", "--resume", "auto", "--threads", "1"])
    while !again.errors.contains("goes on from step \(step)"), again.process.isRunning {
      usleep(10_000)
    }
    again.send(SIGINT)
    #expect(try again.outcome().errors.contains("goes on from step \(step)"))
  }

  @Test func `a closed terminal is nothing to a run that was started to outlive it`() throws {
    let long = ["--set", "training.iterations=1000000"]
    let running = try place.command.start(place.train("run", long), below: "trap '' HUP")
    let deadline = Date().addingTimeInterval(60)
    while checkpoints("run").isEmpty, Date() < deadline { usleep(10_000) }
    running.send(SIGHUP)
    usleep(300_000)
    #expect(running.process.isRunning)
    running.send(SIGTERM)
    #expect(try running.outcome().code == 128 + SIGTERM)
  }

  @Test func `a second signal ends at once, one sent twice does not`() throws {
    // A single step of this takes minutes.
    let slow = [
      "--set", "learner.steps=900", "--set", "learner.evaluationSteps=0", "--set",
      "network.hidden=[512, 512]", "--set", "training.tasksPerStep=100",
    ]
    let running = try place.command.start(place.train("slow", slow))
    let deadline = Date().addingTimeInterval(60)
    let metrics = place.folder.appending(path: "slow/metrics.jsonl").path
    while !FileManager.default.fileExists(atPath: metrics), Date() < deadline { usleep(10_000) }
    usleep(200_000)
    running.send(SIGINT)
    usleep(20_000)
    running.send(SIGINT)
    usleep(400_000)
    #expect(running.process.isRunning)
    running.send(SIGINT)
    let outcome = try running.outcome()
    #expect(outcome.code == 130)
    #expect(!outcome.errors.contains("stopped at step"))
  }

  @Test func `a finished run is left as it is, or refused`() throws {
    let few = ["--set", "training.iterations=10"]
    let first = try place.command.run(place.train("run", few))
    let before = try bytes("run")
    let again = try place.command.run(place.train("run", few + ["--resume", "auto"]))
    #expect(again.code == 0)
    #expect(again.lines.last == first.lines.last)
    #expect(try bytes("run") == before)
    let other = try place.command.run(
      place.train("run", ["--set", "training.iterations=9", "--resume", "auto"]))
    #expect(other.code == 64)
    #expect(other.errors.contains("begun with another recipe"), "\(other.errors)")
    let never = try place.command.run(place.train("run", few))
    #expect(never.code == 64)
    #expect(never.errors.contains("holds a run already"))
  }

  @Test func `with all streams closed no log takes what was for them`() throws {
    let outcome = try place.command.run(
      place.train("run", ["--set", "training.iterations=10"]), below: "exec <&- >&- 2>&-")
    #expect(outcome.code == 0)
    for name in ["metrics", "timing"] {
      let log = try String(
        contentsOf: place.folder.appending(path: "run/\(name).jsonl"), encoding: .utf8)
      #expect(log.split(separator: "\n").allSatisfy { $0.hasPrefix("{") }, "\(log)")
    }
  }

  @Test func `parameters that end as no numbers are no success`() throws {
    let outcome = try place.command.run(
      place.train(
        "run", ["--set", "training.iterations=1", "--set", "training.learningRate=1e39"]))
    #expect(outcome.code == 65, "\(outcome.errors)")
    let line = try #require(outcome.errors.split(separator: "\n").last)
    #expect(
      line == "metalearn: the loss or a parameter is NaN or infinite at step 1; begin another run "
        + "with a lower training.learningRate, learner.learningRate or training.gradientNormLimit")
  }

  @Test func `an edited recipe is refused where a run goes on, and noted where it is judged`()
    throws
  {
    let few = ["--set", "training.iterations=10"]
    #expect(try place.command.run(place.train("run", few)).code == 0)
    let recipe = place.folder.appending(path: "run/recipe.yaml")
    let text = try String(contentsOf: recipe, encoding: .utf8)
    try #require(text.contains("  learningRate: 0.01\n"))
    try place.write(
      text.replacing("  learningRate: 0.01\n", with: "  learningRate: 0.02\n"),
      to: "run/recipe.yaml")
    let edit = "learner.learningRate is 0.02 and 0.01"
    let again = try place.command.run(["train", "--output", "run", "--resume", "auto"])
    #expect(again.code == 64)
    #expect(
      again.errors.contains("was edited since the run was begun (\(edit) then)"), "\(again.errors)")
    let judged = try place.command.run(["evaluate", "run", "--episodes", "5", "--json"])
    #expect(judged.code == 0, "\(judged.errors)")
    let note = "recipe.yaml was edited since the run was begun: \(edit)"
    #expect(judged.json?["notes"] as? [String] == [note])
    #expect(judged.errors.contains("note: \(note)"))
  }

  @Test func `a run that nobody named has the name of its recipe's file`() throws {
    let few = ["--set", "training.iterations=2", "--quiet", "--json"]
    for number in 1...2 {
      let outcome = try place.command.run(["train", "curves.yaml"] + few)
      #expect((outcome.json?["run"] as? String)?.hasSuffix("/runs/curves-\(number)") == true)
    }
  }

  @Test func `one task shows no difference`() throws {
    for seed in ["1", "2"] {
      let few = ["--set", "training.iterations=3", "--seed", seed]
      #expect(try place.command.run(place.train("run\(seed)", few)).code == 0)
    }
    let outcome = try place.command.run(["evaluate", "run1", "run2", "--episodes", "1", "--json"])
    let difference = try #require(outcome.json?["difference"] as? [String: Any])
    #expect(difference["excludesZero"] as? Bool == false)
    #expect(difference["ci95"] is NSNull)
    #expect(outcome.errors.contains("no interval"), "\(outcome.errors)")
  }

  @Test func `a run goes on without its times`() throws {
    let few = ["--set", "training.iterations=40", "--set", "training.checkpointEvery=1"]
    let running = try place.command.start(place.train("run", few + ["--resume", "auto"]))
    let deadline = Date().addingTimeInterval(60)
    while checkpoints("run").count < 2, Date() < deadline { usleep(1_000) }
    running.send(SIGKILL)
    _ = try running.outcome()
    try FileManager.default.removeItem(at: place.folder.appending(path: "run/timing.jsonl"))
    let again = try place.command.run(place.train("run", few + ["--resume", "auto"]))
    #expect(again.code == 0, "\(again.errors)")
  }

  @Test func `a second trainer is told who the first is`() throws {
    let long = ["--set", "training.iterations=1000000", "--resume", "auto"]
    let first = try place.command.start(place.train("run", long))
    defer { first.send(SIGKILL) }
    let deadline = Date().addingTimeInterval(60)
    while checkpoints("run").isEmpty, Date() < deadline { usleep(10_000) }
    let second = try place.command.run(place.train("run", long))
    #expect(second.code == 74)
    #expect(second.errors.contains("process \(first.process.processIdentifier)"))
  }

  @Test func `a disk without room is told, and the run can go on`() throws {
    // The limit is on the size of each file, in blocks of 512 bytes.
    let outcome = try place.command.run(place.train("run"), below: "ulimit -f 24")
    #expect(outcome.code == 74, "\(outcome.errors)")
    #expect(outcome.errors.contains("cannot write"))
    let again = try place.command.run(place.train("run", ["--resume", "auto"]))
    #expect(again.code == 0, "\(again.errors)")
    #expect(try place.command.run(place.train("straight")).code == 0)
    #expect(try bytes("run") == bytes("straight"))
  }

  @Test func `two runs are compared in pairs`() throws {
    for seed in ["1", "2"] {
      let few = ["--set", "training.iterations=40", "--seed", seed]
      #expect(try place.command.run(place.train("run\(seed)", few)).code == 0)
    }
    let outcome = try place.command.run(
      ["evaluate", "run1", "run2", "--episodes", "30", "--json", "--quiet"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let difference = try #require(outcome.json?["difference"] as? [String: Any])
    #expect(difference["episodes"] as? Int == 30)
    let same = try place.command.run(["evaluate", "run1", "run1", "--json", "--quiet"])
    #expect((same.json?["difference"] as? [String: Any])?["mean"] as? Double == 0)
  }
}
