import TestMaterial
import Files
import Foundation
import Testing

@Suite struct AtomicFileTests {
  @Test func `a file is made, and replaced in one step`() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "note")
    try AtomicFile.write("first", to: url)
    let opened = try FileHandle(forReadingFrom: url)
    try AtomicFile.write("second", to: url)
    #expect(try String(contentsOf: url, encoding: .utf8) == "second")
    // Whoever had opened the file before still reads all of what it was.
    #expect(try opened.readToEnd() == Data("first".utf8))
    #expect(try folder.names() == ["note"])
  }

  @Test func `a folder that is not there is named`() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "absent/note")
    let error = #expect(throws: FileError.self) { try AtomicFile.write("x", to: url) }
    #expect(error?.code == ENOENT)
    let text = "\(error, default: "")"
    #expect(text == "cannot write \(url.path): No such file or directory; check the path")
  }

  @Test func `a folder in the way leaves nothing behind`() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "taken")
    try FileManager.default.createDirectory(
      at: url.appending(path: "inner"), withIntermediateDirectories: true)
    let error = #expect(throws: FileError.self) { try AtomicFile.write("x", to: url) }
    #expect("\(error, default: "")".contains("not an ordinary file"))
    #expect(try folder.names() == ["taken"])
  }

  @Test func `a link is followed, and what is no ordinary file is left alone`() throws {
    let folder = try TemporaryFolder()
    let (file, link, pipe) = ("file", "link", "pipe")
    func url(_ name: String) -> URL { folder.url.appending(path: name) }
    try AtomicFile.write("first", to: url(file))
    try FileManager.default.createSymbolicLink(at: url(link), withDestinationURL: url(file))
    try AtomicFile.write("second", to: url(link))
    #expect(try String(contentsOf: url(file), encoding: .utf8) == "second")
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: url(link).path) == url(file).path)
    #expect(unsafe mkfifo(url(pipe).path, 0o600) == 0)
    #expect(throws: FileError.self) { try AtomicFile.write("x", to: url(pipe)) }
    #expect(try folder.names() == [file, link, pipe])
  }

  #if os(Linux)
    @Test func `a full disk loses nothing`() async throws {
      let folder = try TemporaryFolder()
      let url = folder.url.appending(path: "weights")
      try AtomicFile.write([UInt8](repeating: 1, count: 5000), to: url)
      await #expect(processExitsWith: .success) { [path = url.path as String] in
        // A limit on the size of files refuses writes half-way, as a full disk does.
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: 10_000, rlim_max: 10_000)
        #expect(unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
        let error = #expect(throws: FileError.self) {
          try AtomicFile.write([UInt8](repeating: 2, count: 50_000), to: URL(filePath: path))
        }
        #expect(error?.code == EFBIG && error?.path == path)
        #expect("\(error, default: "")".contains("free some space"))
      }
      #expect(try Data(contentsOf: url) == Data(repeating: 1, count: 5000))
      #expect(try folder.names() == ["weights"])
    }
  #endif

  @Test(arguments: 0..<6)
  func `a kill at any moment leaves a whole file`(_ round: Int) async throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "weights")
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [path = url.path as String, delay = UInt32(round * 7_000) as UInt32] in
      try AtomicFile.write([UInt8](repeating: 0, count: 300_000), to: URL(filePath: path))
      Thread.detachNewThread {
        usleep(delay)
        kill(getpid(), SIGKILL)
      }
      for number in 1...100_000 {
        let byte = UInt8(truncatingIfNeeded: number)
        try AtomicFile.write([UInt8](repeating: byte, count: 300_000), to: URL(filePath: path))
      }
    }
    let bytes = try Data(contentsOf: url)
    #expect(bytes.count == 300_000 && bytes.allSatisfy { $0 == bytes.first })
    let leftovers = try folder.names().count - 1
    #expect(try AtomicFile.removeLeftovers(in: folder.url) == leftovers)
    #expect(try folder.names() == ["weights"])
  }

  @Test func `only temporary siblings are removed`() throws {
    let folder = try TemporaryFolder()
    let names = [".hidden", ".note.abc.temporary", "a.temporary", "note"]
    for name in names { try Data().write(to: folder.url.appending(path: name)) }
    #expect(try AtomicFile.removeLeftovers(in: folder.url) == 1)
    #expect(try folder.names() == [".hidden", "a.temporary", "note"])
  }
}
