import TestMaterial
import Files
import Dispatch
import Foundation
import MetaTasks
import Synchronization
import Testing

@Suite struct DataFetcherTests {
  private static let content = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 5) }
  private static let digest = Digest.hexadecimal(content)
  private static let tag = "\"version-1\""

  private static var quick: DataFetcher.Limits {
    var limits = DataFetcher.Limits()
    limits.stall = .seconds(60)
    limits.pause = .milliseconds(10)
    limits.attempts = 3
    return limits
  }

  private func fetch(
    _ server: LoopbackServer, into folder: TemporaryFolder, name: String = "f.bin",
    digest: String? = Self.digest, size: Int? = nil, limits: DataFetcher.Limits = Self.quick,
    progress: (DataFetcher.Progress) -> Void = { _ in }
  ) throws -> [UInt8] {
    defer { server.stop() }
    let download = Download(
      url: try server.url("/f"), fileName: name, digest: digest, size: size)
    let file = try DataFetcher(limits: limits, environment: [:]).fetch(
      download, into: folder.url, progress: progress)
    return Array(try Data(contentsOf: file))
  }

  /// A whole or partial answer as a good server gives it.
  private static func good(
    _ request: LoopbackServer.Request, tag: String = tag, content: [UInt8] = content
  ) -> [LoopbackServer.Step] {
    let start = request.start
    guard start > 0, request.fields["if-range"] ?? tag == tag else {
      return [.send(head(200, ["Content-Length": "\(content.count)", "ETag": tag]) + content)]
    }
    let fields = [
      "Content-Length": "\(content.count - start)", "ETag": tag,
      "Content-Range": "bytes \(start)-\(content.count - 1)/\(content.count)",
    ]
    return [.send(head(206, fields) + content[start...])]
  }

  /// An answer that breaks off after so many bytes of the body.
  private static func cut(_ request: LoopbackServer.Request, after count: Int) -> [LoopbackServer
    .Step]
  {
    guard case .send(let bytes)? = good(request).first else { return [] }
    let body = content.count - request.start
    return [.send(Array(bytes.prefix(bytes.count - body + count)))]
  }

  private func files(_ folder: TemporaryFolder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
  }

  @Test func `a file is fetched whole, with progress, and not again`() throws {
    let server = try LoopbackServer { Self.good($0) }
    let folder = try TemporaryFolder()
    let steps = Mutex<[DataFetcher.Progress]>([])
    let bytes = try fetch(server, into: folder) { step in steps.withLock { $0.append(step) } }
    #expect(bytes == Self.content)
    let received = steps.withLock { $0 }
    #expect(
      received.last?.received == Self.content.count && received.last?.total == Self.content.count)
    #expect(received.map(\.received) == received.map(\.received).sorted())
    #expect(try files(folder) == ["f.bin"])
    #expect(try fetch(server, into: folder) == Self.content)
    #expect(server.received.count == 1)
  }

  @Test func `a connection that breaks off is taken up where it ended`() throws {
    let server = try LoopbackServer { request in
      request.number < 5 ? Self.cut(request, after: 30_000) : Self.good(request)
    }
    let folder = try TemporaryFolder()
    #expect(try fetch(server, into: folder, digest: nil) == Self.content)
    #expect(server.received.map(\.start) == [0, 30_000, 60_000, 90_000, 120_000, 150_000])
    #expect(server.received.dropFirst().allSatisfy { $0.fields["if-range"] == Self.tag })
    #expect(try files(folder) == ["f.bin"])
  }

  @Test func `what was received is kept for the next time`() throws {
    let folder = try TemporaryFolder()
    let broken = try LoopbackServer { request in
      request.number == 0 ? Self.cut(request, after: 50_000) : [.send(head(503, [:]))]
    }
    let error = #expect(throws: FetchError.self) { try fetch(broken, into: folder) }
    #expect(error?.kind == .unavailable)
    #expect(error?.description.contains("503") == true)
    #expect(error?.description.contains(folder.url.path) == true)
    #expect(error?.description.contains("\n") == false)
    let server = try LoopbackServer { Self.good($0) }
    #expect(try fetch(server, into: folder) == Self.content)
    #expect(server.received.map(\.start) == [50_000])
  }

  // In a process of its own: beside other tests, answers may come later than the time to stall.
  @Test func `a stalled connection is given up and taken up again`() async {
    await #expect(processExitsWith: .success) {
      let tests = DataFetcherTests()
      var limits = Self.quick
      limits.stall = .seconds(2)
      let server = try LoopbackServer { request in
        request.number == 0 ? Self.cut(request, after: 40_000) + [.wait(60)] : Self.good(request)
      }
      let clock = ContinuousClock()
      let time = try clock.measure {
        let bytes = try tests.fetch(server, into: TemporaryFolder(), limits: limits)
        #expect(bytes == Self.content)
      }
      #expect(time < .seconds(60))
      #expect(server.received.map(\.start) == [0, 40_000])
      let silent = try LoopbackServer { _ in [.wait(60)] }
      let error = #expect(throws: FetchError.self) {
        try tests.fetch(silent, into: TemporaryFolder(), limits: limits)
      }
      #expect(error?.kind == .unavailable)
      #expect(silent.received.count == 3)
    }
  }

  @Test func `a server that ignores the range starts over`() throws {
    let server = try LoopbackServer { request in
      request.number == 0
        ? Self.cut(request, after: 70_000)
        : [.send(head(200, ["Content-Length": "\(Self.content.count)"]) + Self.content)]
    }
    #expect(try fetch(server, into: TemporaryFolder()) == Self.content)
    #expect(server.received.count == 2)
  }

  @Test func `another version is fetched from its start`() throws {
    let newer = Array(Self.content.reversed())
    let server = try LoopbackServer { request in
      request.number == 0
        ? Self.cut(request, after: 70_000)
        : Self.good(request, tag: "\"version-2\"", content: newer)
    }
    #expect(try fetch(server, into: TemporaryFolder(), digest: nil) == newer)
  }

  @Test func `without a tag or a digest a part is not gone on with`() throws {
    let server = try LoopbackServer { request in
      let fields = ["Content-Length": "\(Self.content.count)"]
      let body = request.number == 0 ? Array(Self.content.prefix(9000)) : Self.content
      return [.send(head(200, fields) + body)]
    }
    #expect(try fetch(server, into: TemporaryFolder(), digest: nil) == Self.content)
    #expect(server.received.map { $0.fields["range"] } == [nil, nil])
  }

  @Test func `another part than was asked for is not believed`() throws {
    let server = try LoopbackServer { request in
      switch request.number {
      case 0: return Self.cut(request, after: 70_000)
      case 1:
        let fields = [
          "Content-Length": "10", "Content-Range": "bytes 5-14/\(Self.content.count)",
        ]
        return [.send(head(206, fields) + [UInt8](repeating: 0, count: 10))]
      default: return Self.good(request)
      }
    }
    #expect(try fetch(server, into: TemporaryFolder()) == Self.content)
    #expect(server.received.map(\.start) == [0, 70_000, 0])
  }

  @Test func `a part of another version is not joined`() throws {
    let newer = Array(Self.content.reversed())
    let server = try LoopbackServer { request in
      guard request.number == 1 else {
        return request.number == 0
          ? Self.cut(request, after: 70_000)
          : Self.good(request, tag: "\"version-2\"", content: newer)
      }
      let fields = [
        "Content-Length": "\(newer.count - 70_000)", "ETag": "\"version-2\"",
        "Content-Range": "bytes 70000-\(newer.count - 1)/\(newer.count)",
      ]
      return [.send(head(206, fields) + newer[70_000...])]
    }
    #expect(try fetch(server, into: TemporaryFolder(), digest: nil) == newer)
    #expect(server.received.count == 3)
  }

  @Test func `files that are not the set are removed, and those that were there stay`() throws {
    let folder = try TemporaryFolder()
    let other = zipArchive([TestMember(name: "a/b/c.png", bytes: [1, 2, 3])])
    let own = try folder.write(other, to: "omniglot/images_background.zip")
    let server = try LoopbackServer { Self.good($0, content: other) }
    defer { server.stop() }
    let downloads = try ["images_background.zip", "images_evaluation.zip"].map {
      Download(url: try server.url("/f"), fileName: $0)
    }
    let error = #expect(throws: ReadError.self) {
      try DataSets(folders: [], cache: nil).fetch(
        "omniglot", from: downloads, into: folder.url,
        fetcher: DataFetcher(limits: Self.quick, environment: [:]))
    }
    #expect(error?.kind == .damaged)
    #expect(server.received.count == 1)
    let left = try FileManager.default.contentsOfDirectory(
      atPath: own.deletingLastPathComponent().path)
    #expect(left == ["images_background.zip"])
  }

  @Test func `a range beyond the end starts over, or is the whole file`() throws {
    for isWhole in [true, false] {
      let folder = try TemporaryFolder()
      let part = isWhole ? Self.content : Self.content + [1, 2, 3]
      try folder.write(part, to: "f.bin.incomplete")
      let server = try LoopbackServer { request in
        let range = ["Content-Range": "bytes */\(Self.content.count)", "Content-Length": "0"]
        return request.start >= Self.content.count ? [.send(head(416, range))] : Self.good(request)
      }
      #expect(try fetch(server, into: folder) == Self.content)
      #expect(server.received.count == (isWhole ? 1 : 2))
    }
  }

  @Test func `wrong content is thrown away`() throws {
    let folder = try TemporaryFolder()
    var wrong = Self.content
    wrong[77] ^= 1
    let content = wrong
    let server = try LoopbackServer { Self.good($0, content: content) }
    let error = #expect(throws: FetchError.self) { try fetch(server, into: folder) }
    #expect(error?.kind == .damaged)
    #expect(error?.description.contains(Self.digest) == true)
    #expect(try files(folder) == [])
    let page = try LoopbackServer { Self.good($0, content: Array("<html>log in</html>".utf8)) }
    let noZip = #expect(throws: FetchError.self) {
      try fetch(page, into: folder, name: "f.zip", digest: nil)
    }
    #expect(noZip?.description.contains("not a zip archive") == true)
    #expect(try files(folder) == [])
  }

  @Test func `sizes that are not as announced are told`() throws {
    let folder = try TemporaryFolder()
    let other = try LoopbackServer { Self.good($0) }
    #expect(throws: FetchError.self) { try fetch(other, into: folder, size: 7) }
    var limits = Self.quick
    limits.size = 1000
    let large = try LoopbackServer { Self.good($0) }
    let error = #expect(throws: FetchError.self) { try fetch(large, into: folder, limits: limits) }
    #expect(error?.kind == .damaged)
    let endless = try LoopbackServer { _ in [.send(head(200, [:]) + Self.content)] }
    #expect(throws: FetchError.self) { try fetch(endless, into: folder, limits: limits) }
    #expect(try files(folder) == [])
    let short = try LoopbackServer { request in
      [.send(head(200, ["Content-Length": "\(Self.content.count + 5)"]) + Self.content)]
    }
    #expect(throws: FetchError.self) { try fetch(short, into: folder) }
  }

  @Test(arguments: [404, 403, 410, 401])
  func `a file that is not there is not asked for again`(status: Int) throws {
    let server = try LoopbackServer { _ in [.send(head(status, ["Content-Length": "0"]))] }
    let error = #expect(throws: FetchError.self) { try fetch(server, into: TemporaryFolder()) }
    #expect(error?.description.contains("\(status)") == true)
    #expect(server.received.count == 1)
  }

  @Test func `a busy server is asked again after the time that it names`() throws {
    let server = try LoopbackServer { request in
      request.number == 0
        ? [.send(head(429, ["Retry-After": "1", "Content-Length": "0"]))] : Self.good(request)
    }
    let clock = ContinuousClock()
    let time = try clock.measure { _ = try fetch(server, into: TemporaryFolder()) }
    #expect(time >= .seconds(1))
    #expect(server.received.count == 2)
  }

  @Test func `redirections are followed, but not without end`() throws {
    let server = try LoopbackServer { request in
      request.path == "/f"
        ? [.send(head(302, ["Location": "/moved", "Content-Length": "0"]))] : Self.good(request)
    }
    #expect(try fetch(server, into: TemporaryFolder()) == Self.content)
    let circle = try LoopbackServer { _ in
      [.send(head(302, ["Location": "/f", "Content-Length": "0"]))]
    }
    let error = #expect(throws: FetchError.self) { try fetch(circle, into: TemporaryFolder()) }
    #expect(error?.description.contains("redirects") == true, "\(String(describing: error))")
    #expect(circle.received.count == 6)
  }

  @Test func `redirections keep what is asked for`() throws {
    let server = try LoopbackServer { request in
      switch (request.path, request.number) {
      case ("/f", _): [.send(head(307, ["Location": "/moved", "Content-Length": "0"]))]
      case (_, 1): Self.cut(request, after: 60_000)
      default: Self.good(request)
      }
    }
    #expect(try fetch(server, into: TemporaryFolder(), digest: nil) == Self.content)
    #expect(server.received.map(\.start) == [0, 0, 60_000, 60_000])
  }

  @Test func `without a network the line says what to do`() throws {
    let server = try LoopbackServer { _ in [] }
    let port = server.port
    server.stop()
    let folder = try TemporaryFolder()
    let url = try #require(URL(string: "http://127.0.0.1:\(port)/f"))
    let download = Download(url: url, fileName: "f.bin")
    var limits = Self.quick
    limits.attempts = 1
    for environment in [[:], ["METALEARN_OFFLINE": "1"]] {
      let error = #expect(throws: FetchError.self) {
        try DataFetcher(limits: limits, environment: environment).fetch(download, into: folder.url)
      }
      #expect(error?.kind == .unavailable)
      #expect(error?.description.contains("put it into \(folder.url.path) as f.bin") == true)
    }
  }

  @Test func `two processes do not write the same file`() throws {
    let folder = try TemporaryFolder()
    let (asked, answered) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let server = try LoopbackServer { request in
      asked.signal()
      _ = answered.wait(timeout: .now() + 60)
      return Self.good(request)
    }
    var limits = Self.quick
    limits.stall = .seconds(90)
    let download = Download(url: try server.url("/f"), fileName: "f.bin", digest: Self.digest)
    let fetcher = DataFetcher(limits: limits, environment: [:])
    let folderURL = folder.url
    let fetched = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      _ = try? fetcher.fetch(download, into: folderURL)
      fetched.signal()
    }
    #expect(asked.wait(timeout: .now() + 60) == .success)
    let error = #expect(throws: FetchError.self) { try fetcher.fetch(download, into: folderURL) }
    #expect(error?.kind == .busy)
    answered.signal()
    #expect(fetched.wait(timeout: .now() + 60) == .success)
    #expect(try files(folder) == ["f.bin"])
    server.stop()
  }

  @Test func `what cannot be written beside a file is told with the system's reason`() throws {
    let folder = try TemporaryFolder()
    let blocked = folder.url.appending(path: "f.bin.incomplete-version/inside")
    try FileManager.default.createDirectory(at: blocked, withIntermediateDirectories: true)
    let server = try LoopbackServer { Self.good($0) }
    let error = #expect(throws: FetchError.self) { try fetch(server, into: folder) }
    #expect(error?.kind == .inaccessible)
    #expect(
      error?.description.hasSuffix(
        "f.bin.incomplete-version: what is there is not an ordinary file.")
        == true, "\(error?.description ?? "")")
  }

  @Test func `sets that cannot be fetched say so`() {
    for name in ["characters", "cifar-fs", "folder"] {
      let error = #expect(throws: TaskError.self) {
        try DataSets(folders: [], cache: nil).fetch(
          name, into: URL(fileURLWithPath: "/nowhere"))
      }
      #expect(error?.description.contains("omniglot") == true)
    }
  }
}
