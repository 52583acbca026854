import Files
public import Foundation
import Settings

/// CIFAR-FS: the 100 classes of CIFAR-100 divided into 64, 16 and 20.
///
/// Pictures are 32x32 in colour, brought to mean 0 and deviation 1 by channel over the train split.
/// Bertinetto et al., Meta-learning with differentiable closed-form solvers, 2019.
public enum CIFARFS {
  private static let folders: [(split: Split, name: String)] = [
    (.train, "train"), (.validation, "val"), (.test, "test"),
  ]
  static var parts: [String] { folders.map(\.name) }

  /// The set as recipes name it.
  public static let entry = DataSetEntry(
    "cifar-fs", "photographs of 100 classes, 32x32 colour",
    origin: .published(files: parts, downloads: []), divisions: ["bertinetto"]
  ) { (settings) throws(SettingsError) in
    var options = try PictureOptions(seedIn: settings)
    try options.readAugmentation(settings)
    let chosen = options
    return DataSetPlan.pictures { files in
      try load(
        from: try files.location(), options: chosen, cache: files.cache, reading: files.reading)
    }
  }

  /// SHA-256 of the lists of classes, each line with a line feed, in byte order.
  private static let digests: [Split: String] = [
    .train: "0154ee441a989ce0a365a3d1d42f3459747ab9ca6220542f2e6523c1ebd78271",
    .validation: "237aebb25316eb966586e35e5c340539277f9a194d6dc3b96be0cac609f42ecb",
    .test: "3720c9d858fa547dbf71ca80ede1f94a803279cfdedd3f7a9b9d3beb4ce5c020",
  ]

  /// Reads the set from the folder that holds `train`, `val` and `test` as archives or folders.
  ///
  /// Throws where one is missing or damaged, or the classes are not those of the set.
  public static func load(
    from folder: URL, options: PictureOptions = PictureOptions(), cache: DataCache? = nil,
    reading: Reading = .plain
  ) throws -> LoadedDataSet {
    try options.validate()
    let sources = try DataSource.parts(parts, in: folder, of: "cifar-fs")
    let size = options.size ?? 32
    let preparation = PicturePreparation(
      height: size, width: size, channels: options.channels ?? 3)
    let prepared = try DataSource.prepared(
      sources, named: "cifar-fs", preparation: preparation, cache: cache
    ) { () throws(ReadError) in
      var listing = PictureListing()
      for (source, part) in zip(sources, folders) {
        let tree = try FileTree(source.url)
        for category in try PictureListing(classesIn: tree, reading).categories {
          for file in category.files { listing.add(file, to: "\(part.name)/\(category.name)") }
        }
      }
      return try listing.pictures(prepared: preparation, reading).pictures
    }
    let each = prepared.pictures.smallestCategory?.pictures.count ?? 0
    return LoadedDataSet.pictures(
      "cifar-fs", classSplit: "bertinetto", of: prepared,
      positions: try positions(of: prepared.pictures.categories.map(\.name), path: folder.path),
      preparation: preparation, notes: each == 600 ? [] : ["\(each) of 600 pictures a class"],
      options: options, className: className)
  }

  /// The positions of each split's classes, which are checked, in a list of `folder/class`.
  private static func positions(
    of categories: [String], path: String
  ) throws(ReadError) -> [Split: [Int]] {
    var positions: [Split: [Int]] = [:]
    for (split, name) in folders {
      let chosen = categories.indices.filter { categories[$0].hasPrefix(name + "/") }
      guard Digest.hexadecimal(ofLines: chosen.map { className(categories[$0]) }) == digests[split]
      else {
        throw ReadError(
          .damaged, file: path, member: name,
          "its \(chosen.count) classes are not those of CIFAR-FS; take the division of Bertinetto "
            + "et al. 2019 into 64, 16 and 20.")
      }
      positions[split] = chosen
    }
    return positions
  }

  private static func className(_ category: String) -> String {
    String(category.drop { $0 != "/" }.dropFirst())
  }
}
