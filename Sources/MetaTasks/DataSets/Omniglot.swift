import Files
public import Foundation
import Settings
import Tensors

/// Omniglot: 1,623 characters of 50 alphabets, each drawn by 20 people.
///
/// Pictures of 105x105 in one bit become 28x28 grey by exact area averaging, ink 1 and paper 0.
/// Turns by 90 degrees are new classes in training only. Lake et al., Human-level concept learning
/// through probabilistic program induction, 2015.
public enum Omniglot {
  /// How the characters are divided.
  public enum ClassSplit: String, Sendable, CaseIterable {
    /// By alphabets but for Gurmukhi, as in Vinyals et al. 2016: 1,028, 172 and 423 characters.
    case vinyals
    /// The same without the four test characters of Gurmukhi, whose alphabet training sees.
    case vinyalsWhole = "vinyals-whole"
    /// A seeded shuffle of all characters: 1,100, 100 and 423; for comparison only.
    case random1200 = "random-1200"
  }

  /// The set as recipes name it.
  public static let entry = DataSetEntry(
    "omniglot", "1,623 handwritten characters by 20 people, 28x28 grey",
    origin: .published(files: parts, downloads: downloads),
    divisions: ClassSplit.allCases.map(\.rawValue)
  ) { (settings) throws(SettingsError) in
    var options = try PictureOptions(seedIn: settings)
    let split: ClassSplit = try settings.choice(
      "split", "How characters are divided.", default: .vinyals)
    options.rotations = try settings.boolean(
      "rotations", "Whether rotations by 90 degrees are new classes in training.", default: true)
    try options.readAugmentation(settings)
    let chosen = options
    return DataSetPlan.pictures { files in
      try load(
        from: try files.location(), split: split, options: chosen,
        cache: files.cache, reading: files.reading)
    }
  }

  /// The two archives or folders, without `.zip`.
  static let parts = ["images_background", "images_evaluation"]

  private static let validationAlphabets: Set<Substring> = [
    "Armenian", "Bengali", "Early_Aramaic", "Hebrew", "Mkhedruli_(Georgian)",
  ]
  private static let testAlphabets: Set<Substring> = [
    "Kannada", "Keble", "Malayalam", "Manipuri", "Mongolian", "Old_Church_Slavonic_(Cyrillic)",
    "Oriya", "Sylheti", "Syriac_(Serto)", "Tengwar", "Tibetan", "ULOG",
  ]
  private static let gurmukhiOfTest: Set<String> = Set(
    (42...45).map { "Gurmukhi/character\($0)" })

  /// SHA-256 of the lists of `Alphabet/characterNN`, each line with a line feed, in byte order.
  private static let vinyalsDigests: [Split: String] = [
    .train: "189c10b6479a07e808302b5f1ada00d995589557373e68ebe3e718780196ed0a",
    .validation: "8b1baec8706cbc2c2f1d23874a30a50ac8f589502ea36e213c3c3cf14d30a189",
    .test: "af119b10f318ddb7afdf5108b360887823cf06da68d846c7e5de7286492976d7",
  ]

  /// The split of the house protocol that a character belongs to.
  static func vinyalsSplit(of character: String) -> Split {
    let alphabet = character.prefix { $0 != "/" }
    if validationAlphabets.contains(alphabet) { return .validation }
    return testAlphabets.contains(alphabet) || gurmukhiOfTest.contains(character) ? .test : .train
  }

  /// The positions of each split's characters in a list of all, which is checked.
  static func positions(
    of characters: [String], split: ClassSplit, seed: UInt64, path: String
  ) throws(ReadError) -> [Split: [Int]] {
    let vinyals = Dictionary(grouping: characters.indices) { vinyalsSplit(of: characters[$0]) }
    for part in Split.allCases {
      let found = Digest.hexadecimal(ofLines: vinyals[part, default: []].map { characters[$0] })
      guard found == vinyalsDigests[part] else {
        throw ReadError(
          .damaged, file: path,
          "its \(characters.count) characters are not the 1,623 of brendenlake/omniglot; fetch "
            + "images_background.zip and images_evaluation.zip again.")
      }
    }
    switch split {
    case .vinyals: return vinyals
    case .vinyalsWhole:
      return vinyals.mapValues { $0.filter { !gurmukhiOfTest.contains(characters[$0]) } }
    case .random1200:
      let order = RandomKey(seed: seed).folded("omniglot random-1200")
        .permutation(of: characters.count)
      return [
        .train: order[..<1100].sorted(), .validation: order[1100..<1200].sorted(),
        .test: order[1200...].sorted(),
      ]
    }
  }

  /// Reads the set from the folder that holds its two archives or their unpacked folders.
  ///
  /// Throws where one is missing or damaged, or the characters are not those of the set.
  public static func load(
    from folder: URL, split: ClassSplit = .vinyals, options: PictureOptions = PictureOptions(),
    cache: DataCache? = nil, reading: Reading = .plain
  ) throws -> LoadedDataSet {
    try options.validate()
    let sources = try DataSource.parts(parts, in: folder, of: "omniglot")
    let preparation = PicturePreparation(
      height: options.size ?? 28, width: options.size ?? 28, channels: 1, darkInk: true)
    let prepared = try DataSource.prepared(
      sources, named: "omniglot", preparation: preparation, cache: cache
    ) { () throws(ReadError) in
      try Self.pictures(of: sources, in: folder, prepared: preparation, reading)
    }
    let positions = try positions(
      of: prepared.pictures.categories.map(\.name), split: split, seed: options.seed,
      path: folder.path)
    return LoadedDataSet.pictures(
      "omniglot", classSplit: split.rawValue, of: prepared, positions: positions,
      preparation: preparation, rotationsAsClasses: options.rotations, options: options)
  }

  private static func pictures(
    of sources: [DataSource], in folder: URL, prepared preparation: PicturePreparation,
    _ reading: Reading
  ) throws(ReadError) -> LabelledPictures {
    var listing = PictureListing()
    for source in sources {
      let tree = try FileTree(source.url)
      for file in tree.files where PictureReader.isPictureName(file.name) {
        let parts = pathParts(file.name)
        guard parts.count == 3 else { continue }
        listing.add(.init(tree: tree, entry: file), to: "\(parts[0])/\(parts[1])")
      }
    }
    listing.sort()
    _ = try positions(
      of: listing.categories.map(\.name), split: .vinyals, seed: 0, path: folder.path)
    for character in listing.categories where character.files.count != 20 {
      throw ReadError(
        .damaged, file: folder.path, member: character.name,
        "\(character.files.count) drawings of a character, and there should be 20; fetch the "
          + "archives again.")
    }
    return try listing.pictures(prepared: preparation, reading).pictures
  }
}
