internal import Files
public import Foundation
public import MetaTasks

/// What kind of data of their own somebody names by a path.
public enum OwnDataKind: Hashable, Sendable {
  /// A folder or zip archive of pictures.
  case pictures
  /// A table of texts, or a folder with a file of texts for each class.
  case texts
  /// A file of features that another program made.
  case features

  /// The name of the set that reads it; nil for the one of folders of pictures.
  public var dataSet: String? {
    switch self {
    case .pictures: nil
    case .texts: OwnTexts.entry.name
    case .features: OwnFeatures.entry.name
    }
  }

  private static let tables = ["csv", "tsv", "tab", "txt", "jsonl", "ndjson", "dat"]

  /// What lies at a path, by its name, and for a folder by what it holds; nil where it is nothing of
  /// the kind.
  public init?(at url: URL) {
    if Folder.kind(at: url) == .folder {
      self = TextClassFiles.areFiles(of: url) ? .texts : .pictures
      return
    }
    let name = url.lastPathComponent.lowercased()
    let plain = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
    if name.hasSuffix(".zip") {
      self = .pictures
    } else if OwnFeatures.isFile(url) {
      self = .features
    } else if Self.tables.contains(where: { plain.hasSuffix("." + $0) }) {
      self = .texts
    } else {
      return nil
    }
  }

  /// What to make of the data at a path, which recipes write as `path`.
  ///
  /// With `origin` the training begins with that model, which is for pictures alone. Throws a
  /// `ReadError` for what cannot be read, a `TaskError` where no tasks can be made of it.
  public func choices(
    at url: URL, path: String, _ reading: Reading,
    from origin: (path: String, model: MetaTrainedModel)? = nil
  ) throws -> any OwnData {
    switch self {
    case .pictures:
      try OwnPictures(try FolderPictures.survey(of: url, reading), path: path, from: origin)
    case .features: try OwnFeatureTasks(try OwnFeatures.survey(of: url), path: path)
    case .texts:
      try OwnTextTasks(try OwnTexts.survey(of: url, reading), path: path, reading.columns)
    }
  }
}
