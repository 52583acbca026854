import Files
public import Foundation
import Settings

/// Pictures in idx files, as MNIST, Fashion-MNIST, KMNIST and EMNIST come in.
///
/// A folder with pairs such as `train-images-idx3-ubyte` and `train-labels-idx1-ubyte`, plain or
/// compressed (`.gz`); all pairs are put together and the labels divided as classes by the digests
/// of their numbers. EMNIST stores its pictures with rows and columns exchanged; they stay so.
public enum IDXPictures {
  /// The set as recipes name it.
  public static let entry = DataSetEntry(
    "idx", "idx files such as those of MNIST, plain or .gz", origin: .own,
    divisions: [ClassDivision.name]
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

  /// Reads all pairs of a folder, at their own size or scaled to the rows and columns of the options.
  ///
  /// Throws where there is no pair, a file is damaged, or pictures and labels do not match.
  public static func load(
    from folder: URL, options: PictureOptions = PictureOptions(), cache: DataCache? = nil
  ) throws -> LoadedDataSet {
    try options.validate()
    guard options.channels ?? 1 == 1 else {
      throw TaskError("data: idx files hold grey pictures; leave the channels out or give 1.")
    }
    let pairs = try pairs(in: folder)
    let sources = pairs.flatMap { [DataSource(url: $0.images), DataSource(url: $0.labels)] }
    // Size 0 stands for the pictures' own, which is not known before they are read.
    let wanted = PicturePreparation(
      height: options.size ?? 0, width: options.width ?? options.size ?? 0, channels: 1,
      darkInk: options.darkInk)
    let prepared = try DataSource.prepared(
      sources, named: "idx", preparation: wanted, cache: cache
    ) { () throws(ReadError) in
      try Self.pictures(of: pairs, options)
    }
    let pictures = prepared.pictures
    let preparation = PicturePreparation(
      height: pictures.height, width: pictures.width, channels: 1, darkInk: options.darkInk)
    return LoadedDataSet.pictures(
      folder.lastPathComponent, classSplit: ClassDivision.name, of: prepared,
      positions: try ClassDivision.positions(
        of: pictures.categories.map(\.name), rotation: options.rotation,
        hasValidation: options.hasValidation, path: folder.path),
      preparation: preparation, options: options, identity: "idx")
  }

  private static func pairs(
    in folder: URL
  ) throws(ReadError) -> [(images: URL, labels: URL)] {
    guard Folder.kind(at: folder) == .folder else {
      throw ReadError(.missing, file: folder.path, "there is no such folder.")
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    var pairs: [(images: URL, labels: URL)] = []
    for name in names.sorted(by: precedesInBytes)
    where name.contains("images") && name.contains("idx3") && !name.hasPrefix(".") {
      let labels = name.replacingOccurrences(of: "images", with: "labels")
        .replacingOccurrences(of: "idx3", with: "idx1")
      let plain = labels.hasSuffix(".gz") ? String(labels.dropLast(3)) : labels
      guard let found = [labels, plain, plain + ".gz"].first(where: names.contains) else {
        throw ReadError(.missing, file: folder.path, "\(name) is there, and \(labels) is not.")
      }
      pairs.append((folder.appendingPathComponent(name), folder.appendingPathComponent(found)))
    }
    guard !pairs.isEmpty else {
      throw ReadError(
        .missing, file: folder.path,
        "no idx files; it should hold pairs such as train-images-idx3-ubyte and "
          + "train-labels-idx1-ubyte, plain or with .gz.")
    }
    return pairs
  }

  private static func pictures(
    of pairs: [(images: URL, labels: URL)], _ options: PictureOptions
  ) throws(ReadError) -> LabelledPictures {
    var byLabel = [[UInt8]](repeating: [], count: 256)
    var extents: [Int]?
    for pair in pairs {
      let images = try IDXReader.contents(of: pair.images)
      let labels = try IDXReader.contents(of: pair.labels)
      guard images.dimensions.count == 3, labels.dimensions == [images.dimensions[0]],
        images.dimensions.dropFirst().allSatisfy({ $0 <= 8192 }),
        extents == nil || extents == Array(images.dimensions.dropFirst())
      else {
        throw ReadError(
          .damaged, file: pair.images.path,
          "pictures of extents \(images.dimensions) do not go with labels of extents "
            + "\(labels.dimensions) or with the other files beside them.")
      }
      let (height, width) = (images.dimensions[1], images.dimensions[2])
      extents = [height, width]
      for (number, label) in labels.elements.enumerated() {
        let range = number * height * width..<(number + 1) * height * width
        byLabel[Int(label)].append(contentsOf: images.elements[range])
      }
    }
    guard let extents else { fatalError("No pairs of idx files to read.") }
    return classes(byLabel, height: extents[0], width: extents[1], options)
  }

  private static func classes(
    _ byLabel: [[UInt8]], height: Int, width: Int, _ options: PictureOptions
  ) -> LabelledPictures {
    let preparation = PicturePreparation(
      height: options.size ?? height, width: options.width ?? options.size ?? width, channels: 1,
      darkInk: options.darkInk)
    var samples: [UInt8] = []
    var categories: [LabelledPictures.Category] = []
    for (label, bytes) in byLabel.enumerated() where !bytes.isEmpty {
      let first = samples.count / (preparation.height * preparation.width)
      let count = bytes.count / (height * width)
      for number in 0..<count {
        let picture = Picture(
          height: height, width: width, channels: 1,
          samples: Array(bytes[number * height * width..<(number + 1) * height * width]))
        samples.append(contentsOf: preparation.samples(of: picture))
      }
      categories.append(.init(name: "\(label)", pictures: first..<first + count))
    }
    return LabelledPictures(
      samples: samples, height: preparation.height, width: preparation.width, channels: 1,
      categories: categories)
  }
}
