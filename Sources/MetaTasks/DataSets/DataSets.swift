import Files
import Files
public import Foundation
public import Settings

/// The data sets that recipes can name, and where their files are looked for.
///
/// A set with files is looked for in each folder of the search: in the folder of its name within,
/// then in the folder itself.
public struct DataSets: Sendable {
  /// The sets that can be named.
  public let catalogue: Catalogue<DataSetEntry>
  /// The folders to search, in order.
  public let folders: [URL]
  /// Where decoded sets are kept; nil for nowhere.
  public let cache: DataCache?
  /// How files are read.
  public var reading = Reading.plain
  /// Further folders that relative paths of a user's own data may lead from.
  public var workingDirectories: [URL] = []
  /// The folder that was named to search alone; a user's own data are looked for in it where they are
  /// not at their path.
  private var named: URL?

  /// Searches these folders.
  public init(
    folders: [URL], cache: DataCache?,
    catalogue: Catalogue<DataSetEntry> = DataSetCatalogue.standard
  ) {
    self.folders = folders
    self.cache = cache
    self.catalogue = catalogue
  }

  /// Searches the folder given, or else those that the environment names.
  public init(
    explicit: URL? = nil, user: UserFolders = UserFolders(),
    catalogue: Catalogue<DataSetEntry> = DataSetCatalogue.standard
  ) {
    self.init(
      folders: user.dataFolders(explicit: explicit), cache: DataCache.user(user),
      catalogue: catalogue)
    named = explicit
  }

  /// The same sets, looked for in one folder alone.
  public func searching(_ folder: URL) -> DataSets {
    var sets = DataSets(folders: [folder], cache: cache, catalogue: catalogue)
    sets.reading = reading
    return sets
  }

  /// The set that a recipe's word names: by its name, or the one that takes a path with a slash.
  ///
  /// Throws, naming the nearest, where there is none.
  public func entry(for data: String) throws(TaskError) -> DataSetEntry {
    if let found = catalogue.entry(for: data) { return found }
    throw TaskError(
      "data: no set is called '\(data)'"
        + NearestName.question(for: data, among: catalogue.names, orElse: ".")
        + " Sets: \(catalogue.names.joined(separator: ", ")).")
  }

  /// The folder that holds a set's files; nil where none of the search does.
  public func location(of entry: DataSetEntry) -> URL? {
    switch entry.origin {
    case .builtIn: return nil
    case .own: return folders.first { Folder.kind(at: $0) != .absent }
    case .published(let files, _):
      for folder in folders {
        for place in [folder.appendingPathComponent(entry.name), folder]
        where files.contains(where: { FileTree.location(of: $0, in: place) != nil }) {
          return place
        }
      }
      return nil
    }
  }

  /// The folder that holds a set's files; throws, saying what to do, where none of the search does.
  public func existingLocation(of entry: DataSetEntry) throws(ReadError) -> URL {
    if let location = location(of: entry) { return location }
    if case .own = entry.origin, let folder = folders.first {
      throw ReadError(
        .missing, file: folder.path,
        "there is no such file or folder; where it was moved to, name it with --data PATH.")
    }
    let searched = folders.map(\.path).joined(separator: ", ")
    let fetch =
      entry.downloads.isEmpty ? "" : "fetch it with 'metalearn data fetch \(entry.name)', or "
    throw ReadError(
      .missing, file: entry.name,
      "not found in \(searched.isEmpty ? "any folder" : searched); \(fetch)name the folder that "
        + "holds it with --data or METALEARN_DATA.")
  }

  /// Loads what a recipe's word and settings describe.
  ///
  /// Throws a `TaskError` for what cannot be made, a `ReadError` for files that are missing or
  /// damaged.
  public func load(_ plan: DataSetPlan, for data: String) throws -> LoadedDataSet {
    let sets = catalogue.path(in: data).map { searching(place(ofPath: $0)) } ?? self
    var files = DataSetFiles(entry: try entry(for: data), sets: sets)
    // A published set is whole or another set.
    if case .published = files.entry.origin { files.sets.reading.skipsDamaged = false }
    return try plan.load(files)
  }

  /// Where the data of a path are: there, or at that path from a further folder, or in the folder that
  /// was named.
  private func place(ofPath path: String) -> URL {
    let here = URL(fileURLWithPath: path)
    let others =
      (path.hasPrefix("/") ? [] : workingDirectories.map { $0.appending(path: path) })
      + [named].compactMap { $0 }
    return ([here] + others).first { Folder.kind(at: $0) != .absent } ?? here
  }

  /// Loads a set as it is where nothing is set.
  public func load(_ data: String) throws -> LoadedDataSet {
    try load(try entry(for: data).read(.describing()), for: data)
  }
}

/// Where a data set finds its files.
public struct DataSetFiles: Sendable {
  /// The set.
  public let entry: DataSetEntry
  /// The search.
  public fileprivate(set) var sets: DataSets

  /// Where decoded sets are kept; nil for nowhere.
  public var cache: DataCache? { sets.cache }
  /// How files are read.
  public var reading: Reading { sets.reading }

  /// The folder that holds the set's files; throws, saying what to do, where there is none.
  public func location() throws(ReadError) -> URL { try sets.existingLocation(of: entry) }
}
