import TestMaterial
import Foundation
import MetaTasks
import Testing

@Suite struct ZipReaderTests {
  private func open(
    _ members: [TestMember], limits: ZipReader.Limits = .init()
  ) throws -> ZipReader {
    let folder = try TemporaryFolder()
    return try ZipReader(try folder.write(zipArchive(members), to: "a.zip"), limits: limits)
  }

  private let text = Array("few shots, many tasks; few shots, many tasks".utf8)

  @Test func `stored and deflated members are read as they were written`() throws {
    let big = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
    let archive = try open([
      .init(name: "a/b.txt", bytes: text), .init(name: "a/c.txt", bytes: text, isDeflated: true),
      .init(name: "a/", bytes: []), .init(name: "empty", bytes: []),
      .init(name: "big", bytes: big, isDeflated: true),
    ])
    #expect(archive.members.map(\.name) == ["a/b.txt", "a/c.txt", "empty", "big"])
    #expect(try archive.bytes(of: "a/b.txt") == text)
    #expect(try archive.bytes(of: "a/c.txt") == text)
    #expect(try archive.bytes(of: "empty") == [])
    #expect(try archive.bytes(of: "big") == big)
    let error = #expect(throws: ReadError.self) { try archive.bytes(of: "none") }
    #expect(error?.kind == .missing)
  }

  struct Refusal: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let members: [TestMember]
    let part: String
  }

  private static let zeros = [UInt8](repeating: 0, count: 3_000_000)

  static let refusals: [Refusal] = [
    .init(
      testDescription: "encrypted", members: [.init(name: "a", bytes: [1], flags: 1)],
      part: "encrypted"),
    .init(
      testDescription: "method 12", members: [.init(name: "a", bytes: [1], method: 12)],
      part: "method 12"),
    .init(
      testDescription: "absolute", members: [.init(name: "/etc/a", bytes: [1])], part: "leads out"),
    .init(
      testDescription: "parent", members: [.init(name: "a/../../b", bytes: [1])], part: "leads out"),
    .init(
      testDescription: "backslash", members: [.init(name: "a\\b", bytes: [1])], part: "leads out"),
    .init(testDescription: "drive", members: [.init(name: "C:a", bytes: [1])], part: "leads out"),
    .init(testDescription: "NUL", members: [.init(name: "a\0b", bytes: [1])], part: "leads out"),
    .init(testDescription: "no name", members: [.init(name: "", bytes: [1])], part: "leads out"),
    .init(
      testDescription: "link", members: [.init(name: "a", bytes: [1], attributes: 0xA1FF << 16)],
      part: "symbolic link"),
    .init(
      testDescription: "twice",
      members: [.init(name: "a", bytes: [1]), .init(name: "a", bytes: [1])],
      part: "two of the name"),
    .init(
      testDescription: "overlapping",
      members: [.init(name: "a", bytes: [1, 2]), .init(name: "b", bytes: [1, 2], offset: 0)],
      part: "overlaps"),
    .init(
      testDescription: "beyond the end", members: [.init(name: "a", bytes: [1], offset: 1 << 20)],
      part: "overlaps"),
    .init(
      testDescription: "size of a lie",
      members: [.init(name: "a", bytes: [1], claimedSize: 1 << 30)],
      part: "sizes differ"),
    .init(
      testDescription: "ratio",
      members: [.init(name: "a", bytes: zeros, isDeflated: true)], part: "times its size"),
    .init(
      testDescription: "names that differ", members: [.init(name: "a", bytes: [1], localName: "b")],
      part: "two different names"),
    .init(
      testDescription: "checksum", members: [.init(name: "a", bytes: [1], claimedChecksum: 7)],
      part: "checksum"),
    .init(
      testDescription: "more than claimed",
      members: [.init(name: "a", bytes: [1, 2, 3, 4, 5], isDeflated: true, claimedSize: 3)],
      part: "more than it may"),
    .init(
      testDescription: "less than claimed",
      members: [.init(name: "a", bytes: [1, 2, 3, 4, 5], isDeflated: true, claimedSize: 6)],
      part: "checksum"),
    .init(
      testDescription: "not deflated", members: [.init(name: "a", bytes: [7, 7, 7], method: 8)],
      part: "compressed data"),
  ]

  @Test(arguments: refusals)
  func `an archive that could do harm is refused`(refusal: Refusal) throws {
    let error = #expect(throws: ReadError.self) {
      let archive = try open(refusal.members)
      for member in archive.members { _ = try archive.bytes(of: member) }
    }
    #expect(error?.kind == .damaged)
    #expect(error?.problem.contains(refusal.part) == true, "\(String(describing: error))")
  }

  @Test func `limits hold for members, one member and all together`() throws {
    let members: [TestMember] = ["a", "b", "c"].map { .init(name: $0, bytes: text) }
    var limits = ZipReader.Limits()
    limits.members = 2
    #expect(throws: ReadError.self) { try open(members, limits: limits) }
    limits = .init()
    limits.memberSize = text.count - 1
    #expect(throws: ReadError.self) { try open(members, limits: limits) }
    limits = .init()
    limits.totalSize = 3 * text.count - 1
    #expect(throws: ReadError.self) { try open(members, limits: limits) }
    limits.totalSize = 3 * text.count
    #expect(try open(members, limits: limits).members.count == 3)
  }

  @Test func `a cut archive is refused at every length`() throws {
    let folder = try TemporaryFolder()
    let archive = zipArchive([.init(name: "a", bytes: text), .init(name: "b", bytes: text)])
    for length in 0..<archive.count {
      let file = try folder.write(Array(archive.prefix(length)), to: "cut.zip")
      let error = #expect(throws: ReadError.self) { try ZipReader(file) }
      #expect(error?.kind == .damaged)
    }
  }

  @Test func `a missing archive and a folder in its place are told apart`() throws {
    let folder = try TemporaryFolder()
    let missing = #expect(throws: ReadError.self) {
      try ZipReader(folder.url.appendingPathComponent("none.zip"))
    }
    #expect(missing?.kind == .missing)
    let error = #expect(throws: ReadError.self) { try ZipReader(folder.url) }
    #expect(error?.kind == .damaged)
  }
}
