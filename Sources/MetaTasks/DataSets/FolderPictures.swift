import Files
public import Foundation
import Settings

/// The user's own pictures: a folder with a folder of PNG or JPEG files for each class.
///
/// `root/<class>/*`, whose classes are divided by the digests of their names; or
/// `root/train/<class>/*`, `root/val/<class>/*` and `root/test/<class>/*`.
public enum FolderPictures {
  /// The set as recipes name it.
  public static let entry = DataSetEntry(
    "folder", "your own pictures, <class>/*.png or *.jpg", origin: .own,
    divisions: [ClassDivision.name], takesPaths: true
  ) { (settings) throws(SettingsError) in
    var options = try PictureOptions(seedIn: settings)
    try options.readOwnPictures(settings)
    try options.readAugmentation(settings)
    let chosen = options
    return DataSetPlan.pictures { files in
      try load(
        from: try files.location(), options: chosen, cache: files.cache)
    }
  }

  /// The names that the folder of each split may have.
  private static let folders: [(split: Split, names: [String])] = [
    (.train, ["train"]), (.validation, ["val", "validation", "valid"]), (.test, ["test"]),
  ]

  /// Reads the pictures of a folder, scaled to `options.size` (28 for grey, else 32).
  ///
  /// Throws where there is no such folder, a file is not a picture, or the classes cannot be
  /// divided.
  public static func load(
    from folder: URL, options: PictureOptions = PictureOptions(), cache: DataCache? = nil
  ) throws -> LoadedDataSet {
    try options.validate()
    let channels = options.channels ?? 3
    let size = options.size ?? (channels == 1 ? 28 : 32)
    let reading = PicturePreparation(
      height: size, width: size, channels: channels, darkInk: options.darkInk)
    guard FileManager.default.fileExists(atPath: folder.path) else {
      throw ReadError(.missing, file: folder.path, "there is no such folder.")
    }
    let divided = try dividedFolders(in: folder)
    let prepared = try DataSource.prepared(
      [DataSource(url: folder)], named: divided.isEmpty ? "folder" : "divided folder",
      preparation: reading, cache: cache
    ) { () throws(ReadError) in
      let tree = try FileTree(folder)
      if divided.isEmpty {
        return try PictureListing(classesIn: tree, below: "").pictures(prepared: reading)
      }
      var listing = PictureListing()
      for (split, name) in divided {
        for category in try PictureListing(classesIn: tree, below: name + "/").categories {
          for file in category.files { listing.add(file, to: "\(split.rawValue)/\(category.name)") }
        }
      }
      return try listing.pictures(prepared: reading)
    }
    return LoadedDataSet.pictures(
      folder.lastPathComponent, classSplit: divided.isEmpty ? ClassDivision.name : "by-folder",
      of: prepared,
      positions: try positions(prepared.pictures, isDivided: !divided.isEmpty, path: folder.path),
      reading: reading, options: options)
  }

  /// The folder of each split; empty where classes lie in the folder itself.
  private static func dividedFolders(
    in folder: URL
  ) throws(ReadError) -> [(split: Split, name: String)] {
    let found = folders.compactMap { split, names in
      names.first { Folder.kind(at: folder.appendingPathComponent($0)) == .folder }.map {
        (split, $0)
      }
    }
    // A class may be called train or test; only together do they divide.
    if found.count < 2 { return [] }
    guard found.count == 3 else {
      let missing = folders.filter { part in !found.contains { $0.0 == part.split } }
      throw ReadError(
        .missing, file: folder.path,
        "a folder '\(missing[0].names[0])' beside '\(found[0].1)' and '\(found[1].1)' is missing; "
          + "add it, or put all classes into one folder to have them divided.")
    }
    return found
  }

  private static func positions(
    _ pictures: LabelledPictures, isDivided: Bool, path: String
  ) throws(ReadError) -> [Split: [Int]] {
    let names = pictures.categories.map(\.name)
    guard isDivided else { return try ClassDivision.positions(of: names, path: path) }
    var owners: [String: Split] = [:]
    var positions: [Split: [Int]] = [:]
    for (position, name) in names.enumerated() {
      let parts = pathParts(name)
      guard parts.count == 2, let split = Split(rawValue: parts[0]) else { continue }
      if let other = owners.updateValue(split, forKey: parts[1]) {
        throw ReadError(
          .damaged, file: path,
          "class '\(parts[1])' is in \(other.rawValue) and \(split.rawValue), and each must have "
            + "classes of its own; put all classes into one folder to have them divided.")
      }
      positions[split, default: []].append(position)
    }
    return positions
  }
}
