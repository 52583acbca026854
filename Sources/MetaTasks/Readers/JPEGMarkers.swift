/// What the markers of a JPEG file say, which is read without decoding the picture
/// (ITU-T T.81, annex B).
struct JPEGMarkers {
  /// How the picture is stored, as its camera noted.
  private(set) var orientation = Orientation.upright
  /// Whether Adobe's segment is there, whose inks are stored as paper that shows through.
  private(set) var isAdobe = false
  /// Whether the scans that are there bring every coefficient of every component to its last bit.
  ///
  /// Known where all markers were read.
  private(set) var isComplete = false
  /// Whether a marker ends the picture; known where all markers were read.
  private(set) var hasEnd = false
  /// Bytes between segments that belong to none.
  private(set) var strayBytes: [Range<Int>] = []

  private static let endOfImage: UInt8 = 0xD9
  private static let startOfScan: UInt8 = 0xDA
  private static let coefficientCount = 64

  /// Reads the markers up to the first scan, or all of them.
  init(_ bytes: [UInt8], throughScans readsScans: Bool = false) {
    // The lowest bit that each component's coefficients were brought to.
    var lowestBits: [UInt8: [UInt8]] = [:]
    var position = 2
    var isInScan = false
    while let found = Self.marker(in: bytes, from: position) {
      if !isInScan, found.start > position { strayBytes.append(position..<found.start) }
      let marker = found.marker
      position = found.start + 2
      isInScan = marker == Self.startOfScan
      if marker == Self.endOfImage {
        hasEnd = true
        break
      }
      guard let segment = Self.segment(in: bytes, at: &position) else { break }
      switch marker {
      case 0xE1 where bytes[segment].starts(with: "Exif\0\0".utf8):
        orientation = Orientation(exif: bytes[segment].dropFirst(6))
      case 0xEE where bytes[segment].starts(with: "Adobe".utf8): isAdobe = true
      case 0xC0...0xCF where ![0xC4, 0xC8, 0xCC].contains(marker):
        for component in Self.components(inFrame: bytes[segment]) {
          lowestBits[component] = [UInt8](repeating: .max, count: Self.coefficientCount)
        }
      case Self.startOfScan:
        guard readsScans else { return }
        Self.note(scan: Array(bytes[segment]), in: &lowestBits)
      default: break
      }
    }
    isComplete = !lowestBits.isEmpty && lowestBits.values.allSatisfy { $0.allSatisfy { $0 == 0 } }
  }

  /// The bytes without those that belong to nothing, and with a mark at the end, where all markers
  /// were read of these bytes.
  func repaired(_ bytes: [UInt8]) -> [UInt8] {
    var repaired: [UInt8] = []
    var position = 0
    for stray in strayBytes {
      repaired += bytes[position..<stray.lowerBound]
      position = stray.upperBound
    }
    return repaired + bytes[position...] + (hasEnd ? [] : [0xFF, Self.endOfImage])
  }

  /// The next marker, and where it stands; other bytes are passed over.
  private static func marker(
    in bytes: [UInt8], from start: Int
  ) -> (start: Int, marker: UInt8)? {
    var position = start
    while position + 1 < bytes.count {
      // In a scan 0 follows a byte 255, and the marks of its parts are numbered.
      if bytes[position] == 0xFF, ![0, 1, 0xFF].contains(bytes[position + 1]),
        !(0xD0...0xD8).contains(bytes[position + 1])
      {
        return (position, bytes[position + 1])
      }
      position += 1
    }
    return nil
  }

  /// The bytes of a segment without its length, behind which the position then stands.
  private static func segment(in bytes: [UInt8], at position: inout Int) -> Range<Int>? {
    guard let length = bytes.bigEndian16(at: position), length >= 2,
      position + length <= bytes.count
    else { return nil }
    defer { position += length }
    return position + 2..<position + length
  }

  private static func components(inFrame segment: ArraySlice<UInt8>) -> [UInt8] {
    let bytes = Array(segment)
    guard bytes.count >= 6 else { return [] }
    return stride(from: 6, to: min(bytes.count, 6 + 3 * Int(bytes[5])), by: 3).map { bytes[$0] }
  }

  private static func note(scan: [UInt8], in lowestBits: inout [UInt8: [UInt8]]) {
    guard let count = scan.first.map(Int.init), scan.count >= 4 + 2 * count else { return }
    let last = 1 + 2 * count
    let (start, end, bit) = (Int(scan[last]), Int(scan[last + 1]), scan[last + 2] & 15)
    guard start <= end, end < coefficientCount else { return }
    for component in 0..<count {
      for coefficient in start...end {
        lowestBits[scan[1 + 2 * component]]?[coefficient] = bit
      }
    }
  }
}
