public import Foundation
import Settings

extension DataSets {
  /// Fetches the files of a set into a folder of its name within `folder`, then reads the set to
  /// check its content.
  ///
  /// Throws a `TaskError` where the set has nothing to fetch, a `FetchError` where its files do not
  /// come, a `ReadError` where they are not the set; what came is removed then.
  public func fetch(
    _ name: String, into folder: URL, fetcher: DataFetcher = DataFetcher(),
    progress: (DataFetcher.Progress) -> Void = { _ in }
  ) throws -> LoadedDataSet {
    let entry = try entry(for: name)
    guard !entry.downloads.isEmpty else {
      let fetchable = catalogue.items.filter { !$0.downloads.isEmpty }.map(\.name)
        .joined(separator: ", ")
      let reason = entry.origin == .builtIn ? "is built in" : "has no known address"
      throw TaskError(
        "data: \(name) \(reason), so there is nothing to fetch; sets to fetch: \(fetchable).")
    }
    return try fetch(
      name, from: entry.downloads, into: folder, fetcher: fetcher, progress: progress)
  }

  /// The same from other places than the set's own.
  package func fetch(
    _ name: String, from downloads: [Download], into folder: URL, fetcher: DataFetcher,
    progress: (DataFetcher.Progress) -> Void = { _ in }
  ) throws -> LoadedDataSet {
    let place = folder.appendingPathComponent(name)
    let missing = downloads.map { place.appendingPathComponent($0.fileName) }
      .filter { !FileManager.default.fileExists(atPath: $0.path) }
    for download in downloads {
      _ = try fetcher.fetch(download, into: place, progress: progress)
    }
    do {
      return try searching(folder).load(name)
    } catch let error as ReadError where error.kind == .damaged {
      // Kept, it would be taken for the set the next time.
      for file in missing { try? FileManager.default.removeItem(at: file) }
      throw error
    }
  }
}
