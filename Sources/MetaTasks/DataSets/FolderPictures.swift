import Files
public import Foundation
import Settings

/// The user's own pictures: a folder, or a zip archive, with a folder of picture files for each
/// class.
///
/// `root/<class>/*`, whose classes are divided by the digests of their names; or
/// `root/train/<class>/*`, `root/val/<class>/*` and `root/test/<class>/*`. What lies beside the
/// pictures does not matter.
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
        from: try files.location(), options: chosen, cache: files.cache, reading: files.reading)
    }
  }

  /// The names that the folder of each split may have, in any case.
  private static let folders: [(split: Split, names: [String])] = [
    (.train, ["train", "training"]), (.validation, ["val", "validation", "valid", "dev"]),
    (.test, ["test", "testing"]),
  ]

  /// Reads the pictures of a folder or a zip archive, scaled to `options.size` rows (28 for
  /// grey, else 32) and `options.width` columns.
  ///
  /// Pictures of a class follow one another by their contents, so that files may be renamed. Throws
  /// where there is no such folder, a file is not a picture, or the classes cannot be divided.
  public static func load(
    from folder: URL, options: PictureOptions = PictureOptions(), cache: DataCache? = nil,
    reading: Reading = .plain
  ) throws -> LoadedDataSet {
    try options.validate()
    let channels = options.channels ?? 3
    let size = options.size ?? (channels == 1 ? 28 : 32)
    let preparation = PicturePreparation(
      height: size, width: options.width ?? size, channels: channels, darkInk: options.darkInk)
    guard Folder.kind(at: folder) != .absent else {
      throw ReadError(.missing, file: folder.path, "there is no such folder or archive.")
    }
    let tree = try FileTree(folder)
    let divided = try dividedFolders(in: tree)
    let listing = try listing(of: tree, divided, reading)
    let prepared = try listing.prepared(
      named: divided.isEmpty ? "folder" : "divided folder", preparation, cache: cache, reading)
    return LoadedDataSet.pictures(
      name(of: folder), classSplit: divided.isEmpty ? ClassDivision.name : "by-folder",
      of: (prepared.pictures, ["pictures": prepared.digest]),
      positions: try positions(
        prepared.pictures, isDivided: !divided.isEmpty, options, path: folder.path),
      preparation: preparation, options: options, identity: "folder")
  }

  /// What a set is called: the name of its folder or archive.
  private static func name(of url: URL) -> String {
    let isArchive = Folder.kind(at: url) != .folder
    return (isArchive ? url.deletingPathExtension() : url).standardizedFileURL.lastPathComponent
  }

  /// The classes of a tree, or those of each split by their paths.
  private static func listing(
    of tree: FileTree, _ divided: [(split: Split, name: String)], _ reading: Reading
  ) throws(ReadError) -> PictureListing {
    var listing = PictureListing()
    if divided.isEmpty {
      listing = try PictureListing(classesIn: tree, reading)
      let names = Set(listing.categories.map { Array($0.name.utf8) })
      let empty = tree.folders.filter { !names.contains(Array($0.utf8)) }
      if let first = empty.first {
        reading.remark(
          "\(tree.path): \(counted(empty.count, "folder")) without pictures left out, the first "
            + "'\(first)'")
      }
      return listing
    }
    for (split, name) in divided {
      for category in try PictureListing(classesIn: tree, below: name + "/", reading).categories {
        for file in category.files { listing.add(file, to: "\(split.rawValue)/\(category.name)") }
      }
    }
    let outside = tree.names.filter { name in
      PictureReader.isPictureName(name)
        && !divided.contains { name.utf8.starts(with: ($0.name + "/").utf8) }
    }
    if let first = outside.first {
      let names = divided.map(\.name).joined(separator: ", ")
      reading.remark(
        "\(tree.path): \(counted(outside.count, "picture")) outside \(names) not read, the first "
          + "'\(first)'; move them into one of these folders")
    }
    return listing
  }

  /// The folder of each split; empty where classes lie in the folder itself.
  private static func dividedFolders(
    in tree: FileTree
  ) throws(ReadError) -> [(split: Split, name: String)] {
    let present = tree.folders
    let found = folders.compactMap { split, names in
      present.first { names.contains($0.lowercased()) }.map { (split, $0) }
    }
    // A class may be called train or test; only together do they divide.
    if found.count < 2 { return [] }
    guard found.count == 3 else {
      let missing = folders.filter { part in !found.contains { $0.0 == part.split } }
      throw ReadError(
        .missing, file: tree.path,
        "a folder '\(missing[0].names[0])' beside '\(found[0].1)' and '\(found[1].1)' is missing; "
          + "add it, or put all classes into one folder to have them divided.")
    }
    return found
  }

  private static func positions(
    _ pictures: LabelledPictures, isDivided: Bool, _ options: PictureOptions, path: String
  ) throws(ReadError) -> [Split: [Int]] {
    let names = pictures.categories.map(\.name)
    guard isDivided else {
      return try ClassDivision.positions(
        of: names, rotation: options.rotation, hasValidation: options.hasValidation, path: path)
    }
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

extension FolderPictures {
  /// Looks at what a folder or archive holds, of which a few pictures are decoded.
  ///
  /// Throws where there are no pictures in classes, or the folders of the splits are not all there.
  public static func survey(
    of url: URL, _ reading: Reading = .plain
  ) throws(ReadError) -> PictureSurvey {
    guard Folder.kind(at: url) != .absent else {
      throw ReadError(.missing, file: url.path, "there is no such folder or archive.")
    }
    let tree = try FileTree(url)
    let divided = try dividedFolders(in: tree)
    let listing = try listing(of: tree, divided, reading)
    var counts: [Split: [ClassSurvey.ClassCount]] = [:]
    for category in listing.categories {
      let split = pathParts(category.name).first.flatMap(Split.init(rawValue:))
      counts[divided.isEmpty ? .train : split ?? .train, default: []].append(
        .init(name: category.name, examples: category.files.count))
    }
    return PictureSurvey(
      classes: ClassSurvey(
        name: name(of: url), noun: "picture", isDivided: !divided.isEmpty, counts: counts),
      looks: try listing.looks(upTo: 32, reading))
  }
}

extension PictureListing {
  /// What some of the pictures look like, of all classes alike; damaged ones are left out.
  fileprivate func looks(
    upTo count: Int, _ reading: Reading
  ) throws(ReadError) -> [PictureSurvey.Look] {
    let files = categories.flatMap(\.files)
    let stride = max(1, (files.count + count - 1) / count)
    let chosen = Swift.stride(from: 0, to: files.count, by: stride).map { files[$0] }
    return try reading.results(of: chosen, size: \.entry.size) { (file) throws(ReadError) in
      PictureSurvey.Look(
        try PictureReader.picture(
          try file.tree.bytes(of: file.entry.name), channels: 3,
          fitting: PictureSurvey.Look.extent, name: file.entry.name))
    }.compactMap { try? $0.get() }
  }
}
