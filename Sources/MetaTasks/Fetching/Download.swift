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

extension CLINC150 {
  /// The authors' two files.
  static let downloads: [Download] = [
    (
      "data_full.json", 2_495_390,
      "36923c3705a59e08fe9c3883d8bc2dd966ef93e22cb78ac41171782a698d56e0"
    ),
    (
      "domains.json", 3818,
      "b947b579d3b8e74b06f93b01083d8efaff2888b43a3e362533bd88a6e1211b3a"
    ),
  ].compactMap { (name: String, size: Int, digest: String) in
    URL(string: "https://github.com/clinc/oos-eval/raw/master/data/\(name)").map {
      Download(url: $0, fileName: name, digest: digest, size: size)
    }
  }
}

extension BANKING77 {
  /// The authors' two files.
  static let downloads: [Download] = [
    ("train.csv", "b06e26ac675513959a63135f11b94ea7786ed02da65db93a5650d8838cbc664b"),
    ("test.csv", "d12d6e3bc4c3103966ae786dc435913c0c563dfa328f5a3646d0e62cfeeb474d"),
  ].compactMap { (name: String, digest: String) in
    let folder = "https://github.com/PolyAI-LDN/task-specific-datasets/raw/master/banking_data"
    return URL(string: "\(folder)/\(name)").map {
      Download(url: $0, fileName: name, digest: digest)
    }
  }
}
