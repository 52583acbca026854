public import Foundation

extension DataSets {
  /// Fetches the files of a set into a folder of its name within `folder`, then reads the set to
  /// check its content.
  ///
  /// Throws a `TaskError` where the set has nothing to fetch, a `FetchError` where its files do not
  /// come, a `ReadError` where they are not the set.
  public static func fetch(
    _ name: String, into folder: URL, cache: DataCache?, fetcher: DataFetcher = DataFetcher(),
    progress: (DataFetcher.Progress) -> Void = { _ in }
  ) throws -> LoadedDataSet {
    let description = try description(of: name)
    guard !description.downloads.isEmpty else {
      let fetchable = all.filter { !$0.downloads.isEmpty }.map(\.name).joined(separator: ", ")
      let reason = description.kind == .builtIn ? "is built in" : "has no known address"
      throw TaskError(
        "data: \(name) \(reason), so there is nothing to fetch; sets to fetch: \(fetchable).")
    }
    let place = folder.appendingPathComponent(name)
    for download in description.downloads {
      _ = try fetcher.fetch(download, into: place, progress: progress)
    }
    return try DataSets(folders: [folder], cache: cache).load(name)
  }
}
