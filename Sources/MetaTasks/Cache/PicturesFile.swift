import Files

/// The bytes of a file of decoded pictures.
///
/// A line that names the format, the length of the header as eight bytes (lowest first), the header
/// as JSON, the samples of all classes one after the other, and the SHA-256 of everything before.
enum PicturesFile {
  private static let magic = Array("metalearn pictures 2\n".utf8)

  /// The bytes of the file that holds these pictures.
  static func bytes(of pictures: LabelledPictures) -> [UInt8] {
    let header = Array("\(header(of: pictures))".utf8)
    var bytes = magic
    bytes.reserveCapacity(
      magic.count + 8 + header.count + pictures.pictureCount * pictures.pictureSize
        + SHA256.byteCount)
    bytes += (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    bytes += header
    for category in pictures.categories {
      let range = category.pictures
      bytes +=
        pictures.samples[
          range.lowerBound * pictures.pictureSize..<range.upperBound * pictures.pictureSize]
    }
    bytes += digest(of: bytes[...])
    return bytes
  }

  /// The pictures in a file's bytes; nil where they are damaged in any way.
  static func pictures(in bytes: [UInt8]) -> LabelledPictures? {
    let end = bytes.count - SHA256.byteCount
    guard end >= magic.count + 8, bytes.starts(with: magic),
      digest(of: bytes[..<end]).elementsEqual(bytes[end...]),
      let headerLength = bytes.littleEndian64(at: magic.count),
      headerLength <= end - magic.count - 8,
      case let start = magic.count + 8 + headerLength,
      let header = try? JSONValue(parsing: bytes[magic.count + 8..<start])
    else { return nil }
    return pictures(described: header, samples: bytes[start..<end])
  }

  private static func header(of pictures: LabelledPictures) -> JSONValue {
    [
      "height": .integer(pictures.height), "width": .integer(pictures.width),
      "channels": .integer(pictures.channels),
      "names": .array(pictures.categories.map { .string($0.name) }),
      "counts": .array(pictures.categories.map { .integer($0.pictures.count) }),
    ]
  }

  private static func pictures(
    described header: JSONValue, samples: ArraySlice<UInt8>
  ) -> LabelledPictures? {
    guard let height = header["height"]?.integer, let width = header["width"]?.integer,
      let channels = header["channels"]?.integer,
      [height, width, channels].allSatisfy({ (1...1 << 20).contains($0) }),
      let names = header["names"]?.elements(\.string),
      let counts = header["counts"]?.elements(\.integer), names.count == counts.count
    else { return nil }
    var categories: [LabelledPictures.Category] = []
    var first = 0
    for (name, count) in zip(names, counts) {
      guard count >= 0, count <= samples.count else { return nil }
      categories.append(.init(name: name, pictures: first..<first + count))
      first += count
    }
    let size = height * width * channels
    guard first.multipliedReportingOverflow(by: size) == (samples.count, false) else { return nil }
    return LabelledPictures(
      samples: Array(samples), height: height, width: width, channels: channels,
      categories: categories)
  }

  private static func digest(of bytes: ArraySlice<UInt8>) -> [UInt8] {
    var hash = SHA256()
    hash.update(with: bytes)
    return hash.finalized()
  }
}
