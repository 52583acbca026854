import Files
public import Foundation

/// Reads the members of a zip archive: stored or deflated ones, none of them encrypted.
///
/// What could do harm is refused when the archive is opened: names that lead out of a folder,
/// links, members that overlap or share a name, sizes beyond the limits. Members are checked
/// against their checksum when they are read.
public final class ZipReader: Sendable {
  /// What an archive may ask for.
  public struct Limits: Sendable, Hashable {
    /// The most members.
    public var members = 1_000_000
    /// The most bytes of one member, inflated.
    public var memberSize = 1 << 30
    /// The most bytes of all members together, inflated.
    public var totalSize = 64 << 30
    /// How many times its size in the archive a member may inflate to.
    public var ratio = 1000

    /// The limits that serve data sets.
    public init() {}
  }

  /// One member, as the central directory describes it.
  public struct Member: Sendable, Hashable {
    /// The path in the archive, with slashes.
    public let name: String
    /// The bytes when inflated, as claimed.
    public let size: Int
    let nameBytes: [UInt8]
    let compressedSize: Int
    let checksum: Int
    let isDeflated: Bool
    let offset: Int
    /// Where the next member or the directory begins, which this member may not reach.
    var end = 0
  }

  /// The members that are files, in the order of the central directory.
  public let members: [Member]
  private let file: OpenFile
  private let positions: [String: Int]

  /// Opens an archive and checks its directory; throws where it is none or asks for harm.
  public init(_ url: URL, limits: Limits = Limits()) throws(ReadError) {
    file = try ReadError.naming { () throws(FileError) in try OpenFile.reading(url.path) }
    members = try ZipDirectory(of: file, limits: limits).members()
    var positions: [String: Int] = [:]
    for (position, member) in members.enumerated() { positions[member.name] = position }
    self.positions = positions
  }

  /// The path of the archive.
  public var path: String { file.path }

  /// The bytes of the member of a name; throws where there is none or it is damaged.
  public func bytes(of name: String) throws(ReadError) -> [UInt8] {
    guard let position = positions[name] else {
      throw ReadError(.missing, file: path, member: name, "the archive has no such member.")
    }
    return try bytes(of: members[position])
  }

  /// The bytes of a member; throws where it is damaged.
  public func bytes(of member: Member) throws(ReadError) -> [UInt8] {
    let header = try bytes(at: member.offset, count: 30)
    guard header.littleEndian32(at: 0) == 0x0403_4b50,
      let nameLength = header.littleEndian16(at: 26),
      let extraLength = header.littleEndian16(at: 28),
      case let start = member.offset + 30 + nameLength + extraLength,
      start <= member.end, member.compressedSize <= member.end - start
    else { throw damaged(member, "its header is damaged; fetch or make the archive again.") }
    guard try bytes(at: member.offset + 30, count: nameLength) == member.nameBytes else {
      throw damaged(member, "the archive gives it two different names; it is not to be trusted.")
    }
    var bytes = try self.bytes(at: start, count: member.compressedSize)
    if member.isDeflated {
      do {
        bytes = try Inflation.inflated(bytes, wrapping: .none, limit: member.size)
      } catch { throw damaged(member, error.problem) }
    }
    guard bytes.count == member.size, Inflation.checksum(bytes) == member.checksum else {
      throw damaged(member, "its bytes do not match their checksum; fetch the archive again.")
    }
    return bytes
  }

  private func bytes(at offset: Int, count: Int) throws(ReadError) -> [UInt8] {
    try ReadError.naming { () throws(FileError) in try file.bytes(at: offset, count: count) }
  }

  private func damaged(_ member: Member, _ problem: String) -> ReadError {
    ReadError(.damaged, file: path, member: member.name, problem)
  }
}
