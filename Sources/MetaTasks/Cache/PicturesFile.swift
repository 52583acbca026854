import Crypto
import Foundation

/// The bytes of a file of decoded pictures.
///
/// A line that names the format, the length of the header as eight bytes (lowest first), the header
/// as JSON, the samples of all classes one after the other, and the SHA-256 of everything before.
enum PicturesFile {
  private static let magic = Array("metalearn pictures 1\n".utf8)
  private static let digestSize = 32

  private struct Header: Codable {
    var height: Int
    var width: Int
    var channels: Int
    var names: [String]
    var counts: [Int]
  }

  /// The bytes of the file that holds these pictures.
  static func data(of pictures: LabelledPictures) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let header = try encoder.encode(
      Header(
        height: pictures.height, width: pictures.width, channels: pictures.channels,
        names: pictures.categories.map(\.name), counts: pictures.categories.map(\.pictures.count)))
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    var data = Data(magic + length) + header
    data.reserveCapacity(
      data.count + pictures.pictureCount * pictures.pictureSize + digestSize)
    for category in pictures.categories {
      let range = category.pictures
      data.append(
        contentsOf: pictures.samples[
          range.lowerBound * pictures.pictureSize..<range.upperBound * pictures.pictureSize])
    }
    return data + SHA256.hash(data: data)
  }

  /// The pictures in a file's bytes; nil where they are damaged in any way.
  static func pictures(in bytes: [UInt8]) -> LabelledPictures? {
    let end = bytes.count - digestSize
    guard end >= magic.count + 8, bytes.starts(with: magic),
      SHA256.hash(data: bytes[..<end]).elementsEqual(bytes[end...]),
      let headerLength = bytes.littleEndian64(at: magic.count),
      headerLength <= end - magic.count - 8,
      case let start = magic.count + 8 + headerLength,
      let header = try? JSONDecoder().decode(
        Header.self, from: Data(bytes[magic.count + 8..<start])),
      header.names.count == header.counts.count,
      [header.height, header.width, header.channels].allSatisfy({ (1...1 << 20).contains($0) })
    else { return nil }
    var categories: [LabelledPictures.Category] = []
    var first = 0
    for (name, count) in zip(header.names, header.counts) {
      guard count >= 0, count <= end else { return nil }
      categories.append(.init(name: name, pictures: first..<first + count))
      first += count
    }
    let size = header.height * header.width * header.channels
    guard first.multipliedReportingOverflow(by: size) == (end - start, false) else { return nil }
    return LabelledPictures(
      samples: Array(bytes[start..<end]), height: header.height, width: header.width,
      channels: header.channels, categories: categories)
  }
}
