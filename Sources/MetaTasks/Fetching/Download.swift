public import Foundation

/// A file that can be fetched.
public struct Download: Sendable, Hashable {
  /// Where it is.
  public let url: URL
  /// The name that it is kept under.
  public let fileName: String
  /// Its SHA-256 as hexadecimal digits; nil where its content is checked when it is read.
  public let digest: String?
  /// Its size in bytes, where that is known.
  public let size: Int?

  /// Describes a file.
  public init(url: URL, fileName: String, digest: String? = nil, size: Int? = nil) {
    self.url = url
    self.fileName = fileName
    self.digest = digest
    self.size = size
  }
}

extension Omniglot {
  /// The authors' two archives.
  ///
  /// They carry no digest: after fetching, the names of the characters are checked against the
  /// published lists, their drawings are counted, and each is read by the archive's own checksum.
  static let downloads: [Download] = parts.compactMap { part in
    let name = part + ".zip"
    return URL(string: "https://github.com/brendenlake/omniglot/raw/master/python/\(name)").map {
      Download(url: $0, fileName: name)
    }
  }
}
