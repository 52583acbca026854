import Foundation
import MetaTasks
import Testing

@Suite struct DigestTests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
  ])
  func `digests are those of the standard`(_ text: String, _ digest: String) throws {
    #expect(Digest.hexadecimal(Array(text.utf8)) == digest)
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "text")
    try Data(text.utf8).write(to: url)
    #expect(try Digest.hexadecimal(ofFile: url) == digest)
  }

  @Test func `a file longer than a piece has one digest`() throws {
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "long")
    try Data(bytes).write(to: url)
    #expect(try Digest.hexadecimal(ofFile: url) == Digest.hexadecimal(bytes))
  }

  @Test func `a folder has no digest, and the error names it`() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: ReadError.self) { try Digest.hexadecimal(ofFile: folder.url) }
    #expect("\(error, default: "")".contains(folder.url.lastPathComponent))
  }
}
