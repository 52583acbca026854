import Files
import Foundation

/// One archive, folder or file that a data set is read from.
struct DataSource: Sendable {
  /// Where it is.
  let url: URL
  /// What checksums call it.
  var name: String { url.lastPathComponent }

  /// The folder or archive of each name; throws, saying which, where one is missing.
  static func parts(
    _ names: [String], in folder: URL, of dataSet: String
  ) throws(ReadError) -> [DataSource] {
    var sources: [DataSource] = []
    for name in names {
      guard let url = FileTree.location(of: name, in: folder) else {
        throw ReadError(
          .missing, file: folder.path,
          "\(dataSet) needs \(name).zip or the folder \(name), and there is neither.")
      }
      sources.append(DataSource(url: url))
    }
    return sources
  }

  /// The first file that there is of several names; throws where there is none.
  static func file(
    _ names: [String], in folder: URL, of dataSet: String
  ) throws(ReadError) -> DataSource {
    for name in names {
      let url = folder.appendingPathComponent(name)
      if FileManager.default.fileExists(atPath: url.path) { return DataSource(url: url) }
    }
    throw ReadError(
      .missing, file: folder.path,
      "\(dataSet) needs \(names.joined(separator: " or ")), and there is neither.")
  }

  /// SHA-256 of the content of sources, by their names.
  static func checksums(
    of sources: [DataSource], cache: DataCache?
  ) throws(ReadError) -> [String: String] {
    var checksums: [String: String] = [:]
    for source in sources {
      if let cache {
        checksums[source.name] = try cache.digest(of: source.url)
      } else {
        checksums[source.name] = try DataCache.digest(of: source.url)
      }
    }
    return checksums
  }

  /// The pictures of sources in a preparation, from the cache where it has them.
  static func prepared(
    _ sources: [DataSource], named name: String, preparation: PicturePreparation,
    cache: DataCache?, make: () throws(ReadError) -> LabelledPictures
  ) throws(ReadError) -> (pictures: LabelledPictures, checksums: [String: String]) {
    let checksums = try checksums(of: sources, cache: cache)
    guard let cache else { return (try make(), checksums) }
    let digest = preparation.cacheKey(
      name, of: checksums.sorted { $0.key < $1.key }.map { "\($0.value)  \($0.key)" })
    return (try cache.pictures(named: name, digest: digest, make: make), checksums)
  }
}
