internal import Files
public import Foundation
internal import MetaTasks
public import TensorFiles
public import Tensors

/// Safetensors files that carry the digest of their own bytes, so that any flipped bit is noticed.
///
/// The digest stands in the free text under `sha256`. It is that of the file with 64 zeros in its
/// place. Other readers see an ordinary safetensors file.
public enum SealedSafetensors {
  private static let key = "sha256"
  private static let blank = String(repeating: "0", count: 64)

  /// The bytes of a sealed file; `file` is the name that errors give it.
  public static func encode(
    _ tensors: [(String, TensorValue)], metadata: [String: String], file: String
  ) throws(SafetensorsError) -> [UInt8] {
    guard metadata[key] == nil else {
      fatalError("The metadata '\(key)' of a sealed file is its seal and cannot be given.")
    }
    let metadata = metadata.merging([key: blank]) { _, seal in seal }
    var bytes = try Safetensors.encode(tensors, metadata: metadata, file: file)
    guard let place = place(of: blank, in: bytes) else {
      fatalError("The header of \(file) lacks the seal that was put there.")
    }
    let digest = Digest.hexadecimal(bytes)
    bytes.replaceSubrange(place, with: digest.utf8)
    return bytes
  }

  /// Writes a sealed file, which is there whole or not at all.
  public static func write(
    _ tensors: [(String, TensorValue)], metadata: [String: String], to url: URL
  ) throws(SafetensorsError) {
    try Safetensors.write(try encode(tensors, metadata: metadata, file: url.path), to: url)
  }

  /// Reads a sealed file; throws where it is missing, damaged or not sealed.
  public static func read(_ url: URL) throws(SafetensorsError) -> SafetensorsFile {
    let bytes = try Safetensors.bytes(of: url)
    return try decode(bytes, file: url.path)
  }

  /// Reads the content of a sealed file from memory; `file` is the name that errors give it.
  public static func decode(
    _ bytes: [UInt8], file: String
  ) throws(SafetensorsError) -> SafetensorsFile {
    let content = try Safetensors.decode(bytes, file: file)
    guard let digest = content.metadata[key], digest.utf8.count == blank.utf8.count,
      let place = place(of: digest, in: bytes)
    else { throw SafetensorsError(.wrongDigest, file: file, "it carries no digest of itself") }
    let blanked = Digest.hexadecimal(
      ofPieces: [bytes[..<place.lowerBound], Array(blank.utf8)[...], bytes[place.upperBound...]])
    guard blanked == digest else {
      throw SafetensorsError(
        .wrongDigest, file: file,
        "its bytes have changed since it was written; where another program saved it anew on purpose, "
          + "take the entry 'sha256' out of its metadata")
    }
    return content
  }

  /// Where a digest stands in a file; quotes within texts are escaped, so nothing else looks so.
  private static func place(of digest: String, in bytes: [UInt8]) -> Range<Int>? {
    let before = Array("\"\(key)\":\"".utf8)
    let wanted = before + Array(digest.utf8)
    guard let first = wanted.first else { return nil }
    var position = 8
    while let start = bytes[position...].firstIndex(of: first), start + wanted.count <= bytes.count
    {
      if bytes[start...].starts(with: wanted) {
        return start + before.count..<start + wanted.count
      }
      position = start + 1
    }
    return nil
  }
}
