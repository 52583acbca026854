import Files

/// The central directory of a zip archive, checked entry by entry.
struct ZipDirectory {
  private let path: String
  private let fileSize: Int
  private let limits: ZipReader.Limits
  private let bytes: [UInt8]
  private let entryCount: Int
  private let start: Int

  /// Finds the directory by the record at the archive's end.
  init(of file: borrowing OpenFile, limits: ZipReader.Limits) throws(ReadError) {
    let path = file.path
    let fileSize = try ReadError.naming { () throws(FileError) in try file.byteCount() }
    self.path = path
    self.fileSize = fileSize
    self.limits = limits
    let tailStart = max(0, fileSize - 65_557)
    let tail = try Self.bytes(of: file, at: tailStart, count: fileSize - tailStart)
    guard let record = Self.endRecord(in: tail) else {
      throw ReadError(
        .damaged, file: path,
        "not a zip archive, or cut short: its end record is missing; fetch it again.")
    }
    guard record.disk == 0, record.directoryDisk == 0 else {
      throw ReadError(.damaged, file: path, "one part of an archive of several; join them.")
    }
    var (count, size, offset) = (record.count, record.size, record.offset)
    if count == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF {
      (count, size, offset) = try Self.largeRecord(of: file, before: tailStart + record.position)
    }
    guard count <= limits.members else {
      throw ReadError(
        .damaged, file: path, "\(count) members, and at most \(limits.members) are read.")
    }
    // An entry has at least 46 bytes, which binds what the count claims to what is there.
    guard offset <= fileSize, size <= fileSize - offset, count <= size / 46 else {
      throw Self.damagedDirectory(of: path)
    }
    bytes = try Self.bytes(of: file, at: offset, count: size)
    entryCount = count
    start = offset
  }

  private struct EndRecord {
    let position: Int
    let disk: Int
    let directoryDisk: Int
    let count: Int
    let size: Int
    let offset: Int
  }

  private static func endRecord(in tail: [UInt8]) -> EndRecord? {
    var position = tail.count - 22
    while position >= 0 {
      if tail[position] == 0x50, tail.littleEndian32(at: position) == 0x0605_4b50,
        let comment = tail.littleEndian16(at: position + 20),
        position + 22 + comment == tail.count,
        let disk = tail.littleEndian16(at: position + 4),
        let directoryDisk = tail.littleEndian16(at: position + 6),
        let count = tail.littleEndian16(at: position + 10),
        let size = tail.littleEndian32(at: position + 12),
        let offset = tail.littleEndian32(at: position + 16)
      {
        return EndRecord(
          position: position, disk: disk, directoryDisk: directoryDisk, count: count, size: size,
          offset: offset)
      }
      position -= 1
    }
    return nil
  }

  /// Count, size and offset from the record of archives beyond 4 GiB or 65,534 members.
  private static func largeRecord(
    of file: borrowing OpenFile, before position: Int
  ) throws(ReadError) -> (count: Int, size: Int, offset: Int) {
    let path = file.path
    guard position >= 20 else { throw damagedDirectory(of: path) }
    let locator = try bytes(of: file, at: position - 20, count: 20)
    guard locator.littleEndian32(at: 0) == 0x0706_4b50,
      let offset = locator.littleEndian64(at: 8), offset <= position - 56
    else { throw damagedDirectory(of: path) }
    let record = try bytes(of: file, at: offset, count: 56)
    guard record.littleEndian32(at: 0) == 0x0606_4b50,
      let count = record.littleEndian64(at: 32), let size = record.littleEndian64(at: 40),
      let directory = record.littleEndian64(at: 48)
    else { throw damagedDirectory(of: path) }
    return (count, size, directory)
  }

  private static func bytes(
    of file: borrowing OpenFile, at offset: Int, count: Int
  ) throws(ReadError) -> [UInt8] {
    try ReadError.naming { () throws(FileError) in try file.bytes(at: offset, count: count) }
  }

  private static func damagedDirectory(of path: String) -> ReadError {
    ReadError(.damaged, file: path, "its directory is damaged or cut short; fetch it again.")
  }

  /// All members that are files; throws at the first that is not to be trusted.
  func members() throws(ReadError) -> [ZipReader.Member] {
    var members: [ZipReader.Member] = []
    members.reserveCapacity(entryCount)
    var names: Set<String> = []
    var total = 0
    var position = 0
    for _ in 0..<entryCount {
      guard let entry = Entry(bytes, at: position) else {
        throw Self.damagedDirectory(of: path)
      }
      position += entry.length
      let name = String(decoding: entry.name, as: UTF8.self)
      if let problem = entry.problem(named: name, limits: limits) {
        throw ReadError(.damaged, file: path, member: name, problem)
      }
      guard names.insert(name).inserted else {
        throw ReadError(.damaged, file: path, member: name, "the archive has two of the name.")
      }
      total += entry.size
      guard total <= limits.totalSize else {
        throw ReadError(
          .damaged, file: path,
          "its members inflate to more than \(limits.totalSize) bytes in all.")
      }
      members.append(
        ZipReader.Member(
          name: name, size: entry.size, nameBytes: Array(entry.name),
          compressedSize: entry.compressedSize, checksum: entry.checksum,
          isDeflated: entry.method == 8, offset: entry.offset))
    }
    try bound(&members)
    return members.filter { !$0.name.hasSuffix("/") }
  }

  /// Sets where each member must end, and refuses members that overlap.
  private func bound(_ members: inout [ZipReader.Member]) throws(ReadError) {
    let order = members.indices.sorted { members[$0].offset < members[$1].offset }
    var next = start
    for position in order.reversed() {
      let member = members[position]
      guard member.offset <= next, member.compressedSize <= fileSize,
        30 + member.nameBytes.count + member.compressedSize <= next - member.offset
      else {
        throw ReadError(
          .damaged, file: path, member: member.name,
          "it overlaps what follows it; the archive is damaged or made to do harm.")
      }
      members[position].end = next
      next = member.offset
    }
  }

  /// One entry of the directory.
  private struct Entry {
    let flags: Int
    let method: Int
    let checksum: Int
    let compressedSize: Int
    let size: Int
    let offset: Int
    let attributes: Int
    let name: ArraySlice<UInt8>
    let length: Int

    init?(_ bytes: [UInt8], at start: Int) {
      guard bytes.littleEndian32(at: start) == 0x0201_4b50,
        let flags = bytes.littleEndian16(at: start + 8),
        let method = bytes.littleEndian16(at: start + 10),
        let checksum = bytes.littleEndian32(at: start + 16),
        let compressed = bytes.littleEndian32(at: start + 20),
        let size = bytes.littleEndian32(at: start + 24),
        let nameLength = bytes.littleEndian16(at: start + 28),
        let extraLength = bytes.littleEndian16(at: start + 30),
        let commentLength = bytes.littleEndian16(at: start + 32),
        let attributes = bytes.littleEndian32(at: start + 38),
        let offset = bytes.littleEndian32(at: start + 42),
        case let length = 46 + nameLength + extraLength + commentLength,
        length <= bytes.count - start
      else { return nil }
      self.flags = flags
      self.method = method
      self.checksum = checksum
      self.attributes = attributes
      self.length = length
      name = bytes[start + 46..<start + 46 + nameLength]
      let extra = start + 46 + nameLength..<start + 46 + nameLength + extraLength
      var large = LargeFields(bytes, in: extra)
      guard let wideSize = large.widened(size), let wideCompressed = large.widened(compressed),
        let wideOffset = large.widened(offset)
      else { return nil }
      self.size = wideSize
      compressedSize = wideCompressed
      self.offset = wideOffset
    }

    /// What is wrong with the entry, or nil.
    func problem(named text: String, limits: ZipReader.Limits) -> String? {
      if flags & 0x2041 != 0 { return "it is encrypted; make an archive without encryption." }
      if method != 0 && method != 8 {
        return "it is compressed by method \(method); only stored and deflated members are read."
      }
      if method == 0 && size != compressedSize {
        return "it is stored, and its two sizes differ; the archive is damaged."
      }
      if attributes >> 16 & 0xF000 == 0xA000 { return "it is a symbolic link, which is refused." }
      if size > limits.memberSize {
        return "it inflates to \(size) bytes, and at most \(limits.memberSize) are read."
      }
      if size / limits.ratio > compressedSize {
        return "it inflates to more than \(limits.ratio) times its size; it is made to do harm."
      }
      let parts = text.split(separator: "/", omittingEmptySubsequences: false)
      let leadsOut =
        parts.contains("..") || text.hasPrefix("/") || text.isEmpty || text.contains("\\")
        || text.contains("\0") || name.dropFirst().first == UInt8(ascii: ":")
      return leadsOut ? "its name leads out of the archive's folder, which is refused." : nil
    }
  }

  /// The extra field that holds sizes and offsets of 64 bits, where those of 32 are all ones.
  private struct LargeFields {
    private var values: [Int?] = []

    init(_ bytes: [UInt8], in range: Range<Int>) {
      var position = range.lowerBound
      while position + 4 <= range.upperBound,
        let identifier = bytes.littleEndian16(at: position),
        let length = bytes.littleEndian16(at: position + 2),
        position + 4 + length <= range.upperBound
      {
        if identifier == 1 {
          values = stride(from: position + 4, through: position + length - 4, by: 8).map {
            bytes.littleEndian64(at: $0)
          }
          return
        }
        position += 4 + length
      }
    }

    /// The value itself, or the next one of the extra field in place of all ones.
    mutating func widened(_ value: Int) -> Int? {
      guard value == 0xFFFF_FFFF else { return value }
      return values.isEmpty ? nil : values.removeFirst()
    }
  }
}
