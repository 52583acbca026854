import Files
public import Foundation

/// Reads gzip files.
public enum GzipReader {
  /// The first bytes of every gzip file.
  static let signature: [UInt8] = [0x1F, 0x8B]

  /// The bytes of a file, inflated where it is a gzip file.
  static func contents(of url: URL, limit: Int = 1 << 31) throws(ReadError) -> [UInt8] {
    let bytes = try ReadError.naming { () throws(FileError) in
      try OpenFile.bytes(of: url.path, limit: limit)
    }
    return bytes.starts(with: signature)
      ? try Self.bytes(in: bytes, name: url.path, limit: limit) : bytes
  }

  /// The bytes of a gzip file inflated; the members of several follow one another.
  ///
  /// Throws where it is damaged, or inflates to more than `limit` bytes.
  public static func bytes(of url: URL, limit: Int = 1 << 31) throws(ReadError) -> [UInt8] {
    let compressed = try ReadError.naming { () throws(FileError) in
      try OpenFile.bytes(of: url.path, limit: 1 << 31)
    }
    return try bytes(in: compressed, name: url.path, limit: limit)
  }

  /// The same for bytes that are there already; `name` is what errors call them.
  public static func bytes(
    in compressed: [UInt8], name: String, limit: Int = 1 << 31
  ) throws(ReadError) -> [UInt8] {
    guard compressed.starts(with: signature) else {
      throw ReadError(.damaged, file: name, "not a gzip file.")
    }
    do throws(Inflation.Failure) {
      return try Inflation.inflated(compressed, wrapping: .gzip, limit: limit)
    } catch { throw ReadError(.damaged, file: name, error.problem) }
  }
}
