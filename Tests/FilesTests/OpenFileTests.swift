import Files
import Foundation
import TestMaterial
import Testing

@Suite struct OpenFileTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = try folder.write(Array(0..<100), to: "numbers").path
  }

  @Test func `pieces are read in turn and at offsets`() throws {
    let file = try OpenFile.reading(path)
    #expect(try file.read(upTo: 3) == [0, 1, 2])
    #expect(try file.bytes(at: 50, count: 2) == [50, 51])
    #expect(try file.read(upTo: 2) == [3, 4])
    #expect(try file.bytes(at: 100, count: 0) == [])
    #expect(try file.read(upTo: 1000) == Array(5..<100))
    #expect(try file.read(upTo: 1000) == [])
  }

  @Test(arguments: [(99, 2), (101, 0), (-1, 1), (1, -1), (1, Int.max)])
  func `what the file does not have is refused`(_ offset: Int, _ count: Int) throws {
    let file = try OpenFile.reading(path)
    let error = #expect(throws: FileError.self) { try file.bytes(at: offset, count: count) }
    #expect(error?.path == path && error?.code == nil)
  }

  @Test func `a file beyond its limit is refused before it is read`() throws {
    #expect(try OpenFile.bytes(of: path, limit: 100) == Array(0..<100))
    let error = #expect(throws: FileError.self) { try OpenFile.bytes(of: path, limit: 99) }
    #expect(error?.code == nil && "\(error, default: "")".contains("more than the 99"))
  }

  @Test func `what is no ordinary file is refused, what is missing named`() throws {
    let error = #expect(throws: FileError.self) { try OpenFile.bytes(of: folder.url.path) }
    #expect("\(error, default: "")".hasSuffix("it is not an ordinary file"))
    let missing = #expect(throws: FileError.self) { try OpenFile.bytes(of: "\(path)-absent") }
    #expect(missing?.code == ENOENT)
  }
}
