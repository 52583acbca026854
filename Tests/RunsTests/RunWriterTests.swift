import Files
import Foundation
import MetaLearning
import Runs
import Settings
import Synchronization
import TestMaterial
import Testing

/// A run writer of a test's own: each event by its name, a line of `events.jsonl`.
private struct EventWriter: RunWriter {
  let file: JSONLinesFile
  let label: String

  var warning: String? { file.warning }

  mutating func write(_ event: MetaTrainer.Event) throws(FileError) {
    let name =
      switch event {
      case .step(let report): "step \(report.step)"
      case .validation(let report): "validation \(report.step)"
      case .phaseEnded(let phase, _): "end of phase \(phase)"
      case .finished(let reason): "finished by \(reason.rawValue)"
      case .diverged(let step): "diverged at \(step)"
      }
    try file.append([.init(label, .string(name))])
  }

  mutating func mark() throws(FileError) -> Int { try file.synchronize() }
}

/// The marks with which writers were opened, in order.
private final class OpenedMarks: Sendable {
  private let marks = Mutex<[Int]>([])

  var all: [Int] { marks.withLock { $0 } }

  func append(_ mark: Int) { marks.withLock { $0.append(mark) } }
}

@Suite struct RunWriterTests {
  private let temporary: TemporaryFolder
  private let opened = OpenedMarks()

  init() throws { temporary = try TemporaryFolder() }

  /// A run of two phases whose recipe names the writer of this test.
  private func run(_ name: String, writers: String = "metrics, events") -> TinyRun {
    var run = TinyRun(
      temporary.url.appending(path: name),
      overrides: ["training.writers=[\(writers)]", "training.events.label=event"])
    run.yaml = TinyRun.phasedYAML
    let entry = RunWriterEntry("events", "Each event as a line.") {
      [opened] (section) throws(SettingsError) in
      let label = try section.text("label", "The key of a line.", default: "name")
      return RunWriterPlan { (folder, mark) throws(FileError) in
        opened.append(mark)
        let file = folder.url.appending(path: "events.jsonl")
        return EventWriter(file: try JSONLinesFile(url: file, keepingFirst: mark), label: label)
      }
    }
    run.catalogues.runWriters.add(entry)
    return run
  }

  private func bytes(_ run: TinyRun) throws -> Foundation.Data {
    try Foundation.Data(contentsOf: run.url.appending(path: "events.jsonl"))
  }

  @Test func `a writer that was added gets every event, in order`() throws {
    let straight = run("straight")
    try straight.go()
    let lines = try JSONLinesFile.read(straight.url.appending(path: "events.jsonl"))
    #expect(
      lines.map { $0["event"]?.string } == [
        "step 1", "step 2", "step 3", "validation 3", "step 4", "step 5", "end of phase 0",
        "step 6", "step 7", "step 8", "validation 8", "step 9", "step 10", "step 11",
        "validation 11", "finished by iterations",
      ])
    #expect(opened.all == [0])
  }

  @Test func `divergence is an event too`() throws {
    var diverging = run("diverging")
    diverging.overrides.append("training.phases.0.learningRate=1e30")
    let error = #expect(throws: TrainingDivergence.self) { try diverging.go() }
    let lines = try JSONLinesFile.read(diverging.url.appending(path: "events.jsonl"))
    #expect(lines.last?["event"]?.string == "diverged at \(error?.step ?? 0)")
  }

  @Test func `its mark is in the checkpoint`() throws {
    let stopped = run("stopped")
    try stopped.go(events: 7)
    let checkpoint = try #require(try stopped.store.loadLatest()?.checkpoint)
    #expect(checkpoint.marks.keys.sorted() == ["events", "metrics"])
    #expect(checkpoint.marks["events"] == (try bytes(stopped).count))
    let metrics = try Foundation.Data(contentsOf: stopped.folder.metrics)
    #expect(checkpoint.marks["metrics"] == metrics.count)
  }

  @Test(arguments: [2, 6, 9])
  func `what it wrote after the mark is cut when the run goes on`(_ events: Int) throws {
    let straight = run("straight")
    try straight.go()
    let stopped = run("stopped")
    try stopped.go(events: events)
    let mark = try bytes(stopped).count
    let file = try FileHandle(forWritingTo: stopped.url.appending(path: "events.jsonl"))
    try file.seekToEnd()
    try file.write(contentsOf: Foundation.Data("{\"event\":\"lost\"}\n{\"ev".utf8))
    try file.close()
    let warnings = try stopped.go().warnings
    #expect(warnings.isEmpty)
    #expect(opened.all == [0, 0, mark])
    #expect(try bytes(stopped) == bytes(straight))
    #expect(try stopped.bytes() == straight.bytes())
  }

  @Test func `what is missing of what the mark says is told`() throws {
    let stopped = run("stopped")
    try stopped.go(events: 5)
    try Foundation.Data().write(to: stopped.url.appending(path: "events.jsonl"))
    let warnings = try stopped.go().warnings
    #expect(warnings.count == 1)
    #expect(warnings.first?.contains("events.jsonl has 0 bytes of whole lines") == true)
  }

  @Test func `only writers that the recipe names write`() throws {
    let own = run("own", writers: "events")
    try own.go()
    #expect(!FileManager.default.fileExists(atPath: own.folder.metrics.path))
    #expect(try own.store.loadLatest()?.checkpoint.marks.keys.sorted() == ["events"])
    let error = #expect(throws: SettingsError.self) { try run("wrong", writers: "evens").open() }
    #expect(
      error?.description.contains(
        "'training.writers' names 'evens', and there are: metrics, events; did you mean 'events'?")
        == true, "\(error?.description ?? "")")
  }
}
