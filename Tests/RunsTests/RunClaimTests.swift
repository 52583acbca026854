import TestMaterial
import Files
import Foundation
import Runs
import Testing

/// What is in a folder, and what a claim of it must meet.
private struct ClaimRow: CustomTestStringConvertible, Sendable {
  let names: [String]?
  let never: RunClaim.State?
  let auto: RunClaim.State?
  var neverError = ""

  var testDescription: String { names?.joined(separator: " ") ?? "absent" }

  static let all = [
    Self(names: nil, never: .new, auto: .new),
    Self(names: [], never: .new, auto: .new),
    Self(names: ["lock", ".recipe.yaml.x1.temporary"], never: .new, auto: .new),
    Self(names: ["checkpoints", "checkpoints/.best.x1.temporary"], never: .new, auto: .new),
    Self(
      names: ["checkpoints", "checkpoints/step-00000005.safetensors"], never: nil, auto: nil,
      neverError: "(it holds checkpoints/step-00000005.safetensors)"),
    Self(
      names: ["result.json"], never: nil, auto: nil, neverError: "(it holds result.json)"),
    Self(
      names: ["recipe.yaml", "notes.txt"], never: nil, auto: .begun,
      neverError: "holds a run already; go on with it by --resume auto"),
    Self(
      names: ["recipe.yaml", "result.json"], never: nil, auto: .finished,
      neverError: "holds a run already"),
    Self(
      names: ["holiday.jpg"], never: nil, auto: nil,
      neverError: "is not empty and not a run (it holds holiday.jpg)"),
    Self(
      names: ["checkpoints", "model.safetensors"], never: nil, auto: nil,
      neverError: "(it holds model.safetensors)"),
  ]

  func makeFolder(in parent: TemporaryFolder) throws -> URL {
    let url = parent.url.appending(path: "runs/run")
    guard let names else { return url }
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    for name in names {
      let item = url.appending(path: name)
      if name == "checkpoints" {
        try FileManager.default.createDirectory(at: item, withIntermediateDirectories: true)
      } else {
        try Data("x".utf8).write(to: item)
      }
    }
    return url
  }
}

@Suite struct RunClaimTests {
  private func names(in url: URL) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: url.path)
    return (names ?? []).sorted()
  }

  @Test(arguments: ClaimRow.all, RunClaim.Resumption.allCases)
  private func `a folder is claimed or refused by what it holds`(
    _ row: ClaimRow, _ resumption: RunClaim.Resumption
  ) throws {
    let parent = try TemporaryFolder()
    let url = try row.makeFolder(in: parent)
    let expected = resumption == .never ? row.never : row.auto
    do throws(RunError) {
      let claim = try RunClaim(url, resumption: resumption)
      #expect(claim.state == expected)
      #expect((claim.lock == nil) == (claim.state == .finished))
      if claim.state != .finished {
        let names = self.names(in: url)
        #expect(!names.contains { $0.hasSuffix(".temporary") })
        #expect(names.contains("checkpoints"))
        #expect(throws: RunError.self) { try RunClaim(url, resumption: .auto) }
      }
      claim.lock?.release()
    } catch {
      #expect(expected == nil)
      if resumption == .never { #expect("\(error)".contains(row.neverError)) }
      #expect(names(in: url) == row.names?.filter { !$0.contains("/") }.sorted())
    }
  }

  @Test func `a file in the way is named`() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "run")
    try Data("x".utf8).write(to: url)
    let error = #expect(throws: RunError.self) { try RunClaim(url, resumption: .auto) }
    #expect(error?.exitStatus == .inputOutput)
    #expect("\(error, default: "")".hasPrefix("cannot create \(url.path): "))
  }

  @Test func `a run is a run from its recipe on, and finished from its result on`() throws {
    let folder = try TemporaryFolder()
    #expect(throws: RunError.notARun(folder: folder.url.path)) {
      try RunFolder.existing(at: folder.url)
    }
    let run = RunFolder(folder.url)
    try run.write(recipe: "a: 1\n")
    #expect(try RunFolder.existing(at: folder.url) == run && !run.isFinished)
    try run.write(result: ["accuracy": 0.5, "loss": .number(Double.nan)])
    #expect(run.isFinished)
    #expect(try run.readResult()["accuracy"] == 0.5)
    try Data("{".utf8).write(to: run.result)
    let error = #expect(throws: RunError.self) { try run.readResult() }
    #expect(error?.exitStatus == .badData)
  }

  @Test func `of claims that nobody named, at once too, each has a new folder`() async throws {
    let folder = try TemporaryFolder()
    let parent = folder.url.appending(path: "runs")
    try Folder.make(parent.appending(path: "maml-2"))
    let claimed = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<8 {
        group.addTask { try RunClaim(newIn: parent, named: "maml").folder.url.lastPathComponent }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(claimed.sorted() == [1, 3, 4, 5, 6, 7, 8, 9].map { "maml-\($0)" })
  }

  @Test func `the environment tells machine and command`() throws {
    let folder = try TemporaryFolder()
    let run = RunFolder(folder.url)
    try run.write(
      environment: RunEnvironment.current(
        version: "1", arguments: ["train", "a b"], threads: 2,
        further: [JSONValue.Member("instructionSet", "AVX2")]))
    let value = try run.readEnvironment()
    #expect(value["arguments"] == ["train", "a b"] && value["instructionSet"] == "AVX2")
    for key in ["machine", "processor", "started", "system"] {
      guard case .string(let text) = value[key] else {
        Issue.record("no \(key)")
        continue
      }
      #expect(!text.isEmpty)
    }
  }
}
