import Crypto
package import Foundation

/// SHA-256, as the sixty-four hexadecimal digits that checksums are written in.
package enum Digest {
  /// The digest of bytes.
  package static func hexadecimal(_ bytes: some DataProtocol) -> String {
    text(SHA256.hash(data: bytes))
  }

  /// The digest of pieces in memory as if they were joined.
  package static func hexadecimal(ofPieces pieces: [ArraySlice<UInt8>]) -> String {
    var hash = SHA256()
    for piece in pieces { hash.update(data: piece) }
    return text(hash.finalize())
  }

  /// The digest of a file; throws where it cannot be read.
  package static func hexadecimal(ofFile url: URL) throws(ReadError) -> String {
    let file = try ByteFile(url)
    var hash = SHA256()
    var offset = 0
    while offset < file.size {
      let count = min(1 << 20, file.size - offset)
      hash.update(data: try file.bytes(at: offset, count: count))
      offset += count
    }
    return text(hash.finalize())
  }

  /// The digest of lines, each followed by a line feed: that of lists of classes.
  package static func hexadecimal(ofLines lines: [String]) -> String {
    hexadecimal(Array(lines.map { $0 + "\n" }.joined().utf8))
  }

  static func text(_ digest: SHA256.Digest) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
