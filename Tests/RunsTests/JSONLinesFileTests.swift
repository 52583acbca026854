import TestMaterial
import Files
import Foundation
import Runs
import Testing

@Suite struct JSONLinesFileTests {
  private func line(_ step: Int) -> [JSONValue.Member] {
    [JSONValue.Member("step", .integer(step)), JSONValue.Member("loss", .number(Float(step) / 10))]
  }

  @Test func `each line is there as soon as it is appended`() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "metrics.jsonl")
    let log = try JSONLinesFile(url: url, keepingFirst: 0)
    try log.append(line(1))
    #expect(try String(contentsOf: url, encoding: .utf8) == "{\"step\":1,\"loss\":0.1}\n")
    try log.append([JSONValue.Member("step", 2), JSONValue.Member("loss", .number(Float.nan))])
    #expect(
      try String(contentsOf: url, encoding: .utf8).hasSuffix(
        "{\"step\":2,\"loss\":null,\"notFinite\":{\"loss\":\"nan\"}}\n"))
    #expect(try JSONLinesFile.read(url).count == 2)
  }

  @Test func `a resumed log has the bytes of a straight one`() throws {
    let folder = try TemporaryFolder()
    let straight = folder.url.appending(path: "straight")
    let resumed = folder.url.appending(path: "resumed")
    let whole = try JSONLinesFile(url: straight, keepingFirst: 0)
    for step in 1...10 { try whole.append(line(step)) }

    let first = try JSONLinesFile(url: resumed, keepingFirst: 0)
    for step in 1...4 { try first.append(line(step)) }
    let checkpoint = try first.synchronize()
    for step in 5...7 { try first.append(line(step)) }
    let second = try JSONLinesFile(url: resumed, keepingFirst: checkpoint)
    #expect(second.warning == nil)
    for step in 5...10 { try second.append(line(step)) }
    #expect(try Data(contentsOf: resumed) == Data(contentsOf: straight))
  }

  @Test(arguments: [
    (nil, 10, false), (0, 0, false), (5, 5, false), (10, 10, false), (7, 5, true), (12, 10, true),
  ])
  func `what is kept ends with a whole line`(
    _ wanted: Int?, _ kept: Int, _ warns: Bool
  ) throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "metrics.jsonl")
    try Data("[11]\n[22]\n[3".utf8).write(to: url)
    #expect(try JSONLinesFile.read(url).count == 2)
    let log = try JSONLinesFile(url: url, keepingFirst: wanted)
    #expect((log.warning != nil) == warns)
    #expect(try log.synchronize() == kept)
    try log.append([])
    #expect(try Data(contentsOf: url) == Data("[11]\n[22]\n".utf8.prefix(kept)) + Data("{}\n".utf8))
  }

  @Test func `a damaged line is named`() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "metrics.jsonl")
    try Data("{}\n{\"a\":}\n{}\n".utf8).write(to: url)
    let error = #expect(throws: RunError.self) { try JSONLinesFile.read(url) }
    #expect("\(error, default: "")".contains("line 2: "))
  }

  #if os(Linux)
    @Test func `a full disk leaves whole lines`() async throws {
      let folder = try TemporaryFolder()
      let url = folder.url.appending(path: "metrics.jsonl")
      await #expect(processExitsWith: .success) { [path = url.path as String] in
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: 100, rlim_max: 100)
        #expect(unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
        let log = try JSONLinesFile(url: URL(filePath: path), keepingFirst: 0)
        let text = JSONValue.string(String(repeating: "x", count: 60))
        try log.append([JSONValue.Member("a", text)])
        #expect(throws: FileError.self) { try log.append([JSONValue.Member("b", text)]) }
        try log.append([JSONValue.Member("c", 1)])
      }
      #expect(try JSONLinesFile.read(url).count == 2)
    }
  #endif
}
