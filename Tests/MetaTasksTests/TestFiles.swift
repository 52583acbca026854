import CZlib
import Foundation
import MetaTasks

/// The folder of real data beside the checkout.
let realData = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  .appendingPathComponent("shared/data")

func realDataHas(_ path: String) -> Bool {
  FileManager.default.fileExists(atPath: realData.appendingPathComponent(path).path)
}

func little16(_ number: Int) -> [UInt8] {
  (0..<2).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
}
func little32(_ number: Int) -> [UInt8] {
  (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
}
func big32(_ number: Int) -> [UInt8] { little32(number).reversed() }

/// The CRC-32 of zip, gzip and PNG.
func checksum(_ bytes: [UInt8]) -> Int {
  unsafe bytes.withUnsafeBufferPointer { unsafe Int(crc32_z(0, $0.baseAddress, $0.count)) }
}

/// Deflates bytes; `windowBits` -15 for none, 15 for zlib's and 31 for gzip's wrapping.
func deflated(_ bytes: [UInt8], windowBits: Int32) -> [UInt8] {
  var stream = unsafe z_stream()
  unsafe deflateInit2_(
    &stream, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
    Int32(MemoryLayout<z_stream>.size))
  defer { unsafe deflateEnd(&stream) }
  var output = [UInt8](repeating: 0, count: bytes.count + 1000)
  let length = unsafe bytes.withUnsafeBufferPointer { input in
    unsafe output.withUnsafeMutableBufferPointer { output in
      unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      unsafe stream.avail_in = UInt32(input.count)
      unsafe stream.next_out = output.baseAddress
      unsafe stream.avail_out = UInt32(output.count)
      unsafe deflate(&stream, Z_FINISH)
      return unsafe output.count - Int(stream.avail_out)
    }
  }
  return Array(output.prefix(length))
}

/// One member of an archive under test; fields beyond name and bytes tell lies where set.
struct TestMember {
  var name: String
  var bytes: [UInt8]
  var isDeflated = false
  var method: Int?
  var flags = 0
  var claimedSize: Int?
  var claimedChecksum: Int?
  var localName: String?
  var attributes = 0
  var offset: Int?
}

/// The bytes of a zip archive.
func zipArchive(_ members: [TestMember]) -> [UInt8] {
  var archive: [UInt8] = []
  var directory: [UInt8] = []
  for member in members {
    let stored = member.isDeflated ? deflated(member.bytes, windowBits: -15) : member.bytes
    let offset = member.offset ?? archive.count
    let common =
      little16(20) + little16(member.flags) + little16(member.method ?? (member.isDeflated ? 8 : 0))
      + little32(0) + little32(member.claimedChecksum ?? checksum(member.bytes))
      + little32(stored.count) + little32(member.claimedSize ?? member.bytes.count)
    let localName = Array((member.localName ?? member.name).utf8)
    archive +=
      little32(0x0403_4b50) + common + little16(localName.count) + little16(0) + localName + stored
    let name = Array(member.name.utf8)
    directory +=
      little32(0x0201_4b50) + little16(20) + common + little16(name.count) + little16(0)
      + little16(0) + little16(0) + little16(0) + little32(member.attributes) + little32(offset)
      + name
  }
  let start = archive.count
  return archive + directory + little32(0x0605_4b50) + little32(0) + little16(members.count)
    + little16(members.count) + little32(directory.count) + little32(start) + little16(0)
}

/// The bytes of a PNG file whose rows are already filtered by method 0.
func pngFile(
  width: Int, height: Int, depth: Int, colourType: Int, rows: [[UInt8]], extra: [[UInt8]] = []
) -> [UInt8] {
  func chunk(_ kind: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(kind.utf8) + content
    return big32(content.count) + body + big32(checksum(body))
  }
  let header = big32(width) + big32(height) + [UInt8(depth), UInt8(colourType), 0, 0, 0]
  return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header)
    + extra.flatMap { chunk(String(decoding: $0.prefix(4), as: UTF8.self), Array($0.dropFirst(4))) }
    + chunk("IDAT", deflated(rows.flatMap { [0] + $0 }, windowBits: 15)) + chunk("IEND", [])
}
