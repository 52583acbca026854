import Foundation

/// Writes small grey PNG files, whose pixels are stored rather than packed.
enum PictureFile {
  /// Writes a picture of which each pixel is made by its column and row.
  static func write(
    to file: URL, width: Int, height: Int, _ pixel: (Int, Int) -> UInt8
  ) throws {
    var rows: [UInt8] = []
    for y in 0..<height {
      rows.append(0)
      for x in 0..<width { rows.append(pixel(x, y)) }
    }
    var header = bigEndian(UInt32(width)) + bigEndian(UInt32(height))
    header += [8, 0, 0, 0, 0]
    let bytes =
      [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header)
      + chunk("IDAT", stored(rows)) + chunk("IEND", [])
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Foundation.Data(bytes).write(to: file)
  }

  /// Writes classes of striped pictures: `root/<class>/<number>.png`, each class with its stripes.
  static func writeClasses(
    _ numbers: Range<Int>, pictures: Int, width: Int = 20, to root: URL
  ) throws {
    for number in numbers {
      for picture in 0..<pictures {
        try write(
          to: root.appending(path: "class\(number)/\(picture).png"), width: width, height: 20
        ) { x, y in
          let position = number % 2 == 0 ? x + picture : y + picture
          return position / (1 + number / 2) % 2 == 0 ? 30 : 230
        }
      }
    }
  }

  /// Writes twelve classes of four pictures, divided into `stripes/train`, `val` and `test`.
  static func writeDividedStripes(in folder: URL) throws {
    for (part, classes) in [("train", 0..<6), ("val", 6..<9), ("test", 9..<12)] {
      try writeClasses(classes, pictures: 4, to: folder.appending(path: "stripes/\(part)"))
    }
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { (shift: UInt32) in UInt8(truncatingIfNeeded: value >> shift) }
  }

  private static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
    let named = Array(type.utf8) + content
    return bigEndian(UInt32(content.count)) + named + bigEndian(checksum(named))
  }

  private static func stored(_ bytes: [UInt8]) -> [UInt8] {
    let length = UInt16(bytes.count)
    let (low, high) = (UInt8(length & 0xFF), UInt8(length >> 8))
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    return [0x78, 0x01, 1, low, high, ~low, ~high] + bytes + bigEndian(b << 16 | a)
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var sum: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 {
        let half = sum >> 1
        sum = sum & 1 == 1 ? half ^ 0xEDB8_8320 : half
      }
    }
    return ~sum
  }
}
