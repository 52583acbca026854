package import Foundation

/// SHA-256, as the sixty-four hexadecimal digits that checksums are written in.
package enum Digest {
  /// The digest of bytes.
  package static func hexadecimal(_ bytes: [UInt8]) -> String {
    hexadecimal(ofPieces: [bytes[...]])
  }

  /// The digest of pieces in memory as if they were joined.
  package static func hexadecimal(ofPieces pieces: [ArraySlice<UInt8>]) -> String {
    var hash = SHA256()
    for piece in pieces { hash.update(with: piece) }
    return text(hash.finalized())
  }

  /// The digest of lines, each followed by a line feed: that of lists of classes.
  package static func hexadecimal(ofLines lines: [String]) -> String {
    hexadecimal(Array(lines.map { $0 + "\n" }.joined().utf8))
  }

  /// The digest of an ordinary file; throws where it cannot be read.
  package static func hexadecimal(ofFile url: URL) throws(FileError) -> String {
    let file = try OpenFile.reading(url.path)
    var hash = SHA256()
    while case let piece = try file.read(upTo: 1 << 20), !piece.isEmpty {
      hash.update(with: piece[...])
    }
    return text(hash.finalized())
  }

  private static func text(_ digest: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
