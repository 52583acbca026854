internal import Crypto
public import Foundation

/// SHA-256 digests, written as 64 lower-case hexadecimal digits.
public enum Digest {
  private static let pieceByteCount = 1 << 20

  /// The digest of bytes in memory.
  public static func sha256(of bytes: [UInt8]) -> String { sha256(ofPieces: [bytes[...]]) }

  /// The digest of pieces in memory as if they were joined.
  package static func sha256(ofPieces pieces: [ArraySlice<UInt8>]) -> String {
    var hash = SHA256()
    for piece in pieces { hash.update(data: piece) }
    return hexadecimal(hash.finalize())
  }

  /// The digest of a file's content, read in pieces of a megabyte; throws where it cannot be read.
  public static func sha256(ofFile url: URL) throws(FileError) -> String {
    let file = try OpenFile.reading(url.path)
    var hash = SHA256()
    while true {
      let piece = try file.read(upTo: pieceByteCount)
      guard !piece.isEmpty else { return hexadecimal(hash.finalize()) }
      hash.update(data: piece)
    }
  }

  private static func hexadecimal(_ bytes: SHA256.Digest) -> String {
    let digits = Array("0123456789abcdef")
    return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}
