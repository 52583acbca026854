import Files
import Foundation
import TestMaterial
import Testing

@Suite struct DigestTests {
  /// Texts with their digests in FIPS 180-4's examples, "abc" and the two longer ones among them.
  private static let known: [(text: String, digest: String)] = [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ]

  @Test(arguments: known)
  func `digests are those of the standard`(_ text: String, _ digest: String) throws {
    #expect(Digest.hexadecimal(Array(text.utf8)) == digest)
    let folder = try TemporaryFolder()
    let file = try folder.write(Array(text.utf8), to: "text")
    #expect(try Digest.hexadecimal(ofFile: file) == digest)
  }

  @Test(arguments: known)
  func `pieces give the digest of the whole, wherever they are cut`(
    _ text: String, _ digest: String
  ) {
    let bytes = Array(text.utf8)
    for length in [1, 63, 64, 65, 4096] where bytes.count < 64 * length {
      let pieces = stride(from: 0, to: bytes.count, by: length).map {
        bytes[$0..<min($0 + length, bytes.count)]
      }
      #expect(Digest.hexadecimal(ofPieces: [[]] + pieces + [[]]) == digest, "\(length)")
    }
  }

  @Test func `lines end with a line feed each`() {
    #expect(Digest.hexadecimal(ofLines: ["a", "b"]) == Digest.hexadecimal(Array("a\nb\n".utf8)))
  }

  @Test func `a file longer than a piece has one digest`() throws {
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
    let folder = try TemporaryFolder()
    let file = try folder.write(bytes, to: "long")
    #expect(try Digest.hexadecimal(ofFile: file) == Digest.hexadecimal(bytes))
  }

  @Test func `a folder has no digest, and the error names it`() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: FileError.self) { try Digest.hexadecimal(ofFile: folder.url) }
    #expect("\(error, default: "")".contains(folder.url.lastPathComponent))
  }
}
