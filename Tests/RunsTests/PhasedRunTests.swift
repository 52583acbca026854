import Files
import Foundation
import MetaLearning
import Runs
import Settings
import TensorFiles
import TensorPrograms
import Tensors
import TestMaterial
import Testing

/// Trainings of two phases, and what moves in a phase.
@Suite struct PhasedRunTests {
  private let temporary: TemporaryFolder
  private let straight: TinyRun

  init() throws {
    temporary = try TemporaryFolder()
    straight = Self.run("straight", in: temporary.url)
  }

  private static func run(_ name: String, in folder: URL) -> TinyRun {
    var run = TinyRun(folder.appending(path: name))
    run.yaml = TinyRun.phasedYAML
    return run
  }

  private func run(_ name: String) -> TinyRun { Self.run(name, in: temporary.url) }

  @Test func `metrics tell the phase, the head of joint steps is thrown away`() throws {
    guard case .finished(let result, _) = try straight.go().outcome else {
      Issue.record("the run did not finish")
      return
    }
    #expect(result["steps"] == .integer(11))
    #expect(result["tasksSeen"] == .integer(5 * 2 + 6 * 3))
    let lines = try JSONLinesFile.read(straight.folder.metrics)
    let steps = lines.filter { $0["loss"] != nil }
    #expect(steps.map { $0["step"]?.integer } == (1...11).map { $0 })
    #expect(steps.map { $0["phase"]?.integer } == (1...11).map { $0 > 5 ? 1 : nil })
    #expect(lines.filter { $0["validation"] != nil }.map { $0["step"]?.integer } == [3, 8, 11])
    let rates = steps.map { $0["learningRate"]?.number ?? 0 }
    #expect(rates.prefix(5).allSatisfy { $0 == 0.001 })
    #expect(rates[5] == 0.002 && rates[10] < 0.001)
    #expect(
      try Safetensors.read(straight.folder.model).names.allSatisfy { $0.hasPrefix("network/") })
  }

  @Test func `a checkpoint holds the trees of its phase`() throws {
    try straight.go(events: 4)
    let first = try #require(try straight.store.loadLatest()?.checkpoint)
    #expect(first.trees.keys.sorted() == ["best", "jointHead", "learner", "optimizer"])
    #expect(first.counters["phase"] == 0)
    try straight.go(events: 4)
    let second = try #require(try straight.store.loadLatest()?.checkpoint)
    #expect(second.step == 6)
    #expect(second.trees.keys.sorted() == ["learner", "optimizer"])
    #expect(second.counters["phase"] == 1 && second.counters["phaseStep"] == 1)
  }

  @Test(arguments: [1, 2, 5, 6, 7, 8, 10, 11])
  func `a run that was stopped in either phase becomes the same bytes`(_ events: Int) throws {
    try straight.go()
    let stopped = run("stopped")
    #expect((2...19).contains(try stopped.goInParts(events: events)))
    #expect(try stopped.bytes() == straight.bytes())
  }

  // The second phase begins after step 5; step 8 has a checkpoint, which comes after its report.
  @Test(arguments: [6, 8, 10])
  func `a run that was killed in the second phase becomes the same bytes`(_ step: Int) async throws
  {
    try straight.go()
    let killed = run("killed")
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [folder = temporary.url as URL, step = step as Int] in
      var opened = try Self.run("killed", in: folder).open()
      _ = try opened.run(wish: { .goOn }) { event in
        if case .step(let report, _) = event, report.step == step { kill(getpid(), SIGKILL) }
      }
    }
    let lines = try JSONLinesFile.read(killed.folder.metrics)
    #expect(lines.last?["phase"] == .integer(1))
    #expect(lines.last?["step"] == .integer(step))
    let checkpoint = try #require(try killed.store.loadLatest()?.checkpoint)
    #expect(checkpoint.counters["phase"] == 1 && checkpoint.step == (step > 8 ? 8 : 5))
    try killed.go()
    #expect(try killed.bytes() == straight.bytes())
  }

  @Test func `a phase of another recipe is named by its number`() throws {
    try straight.go(events: 3)
    var other = straight
    for (key, value) in [("1.learningRate", "0.5"), ("0.iterations", "60"), ("1.iterations", "2")] {
      other.overrides = ["training.phases.\(key)=\(value)"]
      let error = #expect(throws: ResumeError.self) { try other.go() }
      #expect(
        error?.description.contains("training.phases.\(key) is \(value) and") == true,
        "\(error?.description ?? "")")
    }
  }

  @Test(arguments: [["network/block4.convolution"], ["network/block1", "network/block3.norm"]])
  func `leaves that are not trained stay as they are, to the bit`(_ trained: [String]) throws {
    let names = trained.joined(separator: ", ")
    let partial = TinyRun(
      temporary.url.appending(path: "partial"),
      overrides: [
        "training.trains=[\(names)]", "optimizer.kind=adamw", "optimizer.weightDecay=0.1",
      ])
    try partial.go()
    let before = try partial.initialParameters().learned
    let after = try #require(
      try partial.store.loadLatest()?.checkpoint.trees[TreeName.learner]?.learned)
    #expect(after.names == before.names)
    let moved = after.entries.filter { $0.leaf != before[$0.name] }.map(\.name)
    #expect(moved == before.names.filter { name in trained.contains { name.hasPrefix($0) } })
    #expect(!moved.isEmpty && moved.count < before.count)
  }
}
