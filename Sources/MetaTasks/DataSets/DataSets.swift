import Files
public import Foundation

/// A data set that can be asked for by name.
public struct DataSetDescription: Sendable, Hashable {
  /// What it is read from.
  public enum Kind: Sendable, Hashable {
    /// Nothing: it is made by formulas.
    case builtIn
    /// Published files, looked for below the folders of the search.
    case published
    /// Files of the user's own, in the folder given.
    case own
  }

  /// The name to ask for it by.
  public let name: String
  /// What it is read from.
  public let kind: Kind
  /// What it is, in a line.
  public let summary: String
  /// The divisions of its classes, the default first.
  public let classSplits: [String]
  /// The published archives or folders that it is read from, below a folder of its name.
  public let files: [String]
  /// Where the files can be fetched from, where that is known.
  public let downloads: [Download]
}

/// The data sets that there are, and where they are looked for.
///
/// A set with files is looked for in each folder of the search: in the folder of its name within,
/// then in the folder itself.
public struct DataSets: Sendable {
  /// The folders to search, in order.
  public let folders: [URL]
  /// Where decoded sets are kept; nil for nowhere.
  public let cache: DataCache?

  /// Searches these folders.
  public init(folders: [URL], cache: DataCache?) {
    self.folders = folders
    self.cache = cache
  }

  /// Searches the folder given, or else those that the environment names.
  public init(explicit: URL? = nil, user: UserFolders = UserFolders()) {
    self.init(folders: user.dataFolders(explicit: explicit), cache: DataCache.user(user))
  }

  /// All sets that can be asked for by name.
  public static let all: [DataSetDescription] = [
    DataSetDescription(
      name: "characters", kind: .builtIn, summary: "built-in procedural characters, 28x28 grey",
      classSplits: ["by-number"], files: [], downloads: []),
    DataSetDescription(
      name: "sinusoid", kind: .builtIn,
      summary: "built-in regression to sines of any amplitude and phase",
      classSplits: ["by-key"], files: [], downloads: []),
    DataSetDescription(
      name: "sinusoid-bayesian", kind: .builtIn,
      summary: "the same with other frequencies and a little noise",
      classSplits: ["by-key"], files: [], downloads: []),
    DataSetDescription(
      name: "omniglot", kind: .published,
      summary: "1,623 handwritten characters by 20 people, 28x28 grey",
      classSplits: Omniglot.ClassSplit.allCases.map(\.rawValue), files: Omniglot.parts,
      downloads: Omniglot.downloads),
    DataSetDescription(
      name: "cifar-fs", kind: .published, summary: "photographs of 100 classes, 32x32 colour",
      classSplits: ["bertinetto"], files: CIFARFS.parts, downloads: []),
    DataSetDescription(
      name: "folder", kind: .own, summary: "your own pictures, <class>/*.png or *.jpg",
      classSplits: [ClassDivision.name], files: [], downloads: []),
    DataSetDescription(
      name: "idx", kind: .own, summary: "idx files such as those of MNIST, plain or .gz",
      classSplits: [ClassDivision.name], files: [], downloads: []),
  ]

  /// The description of a name; throws, naming the nearest, where there is none.
  public static func description(of name: String) throws(TaskError) -> DataSetDescription {
    if let found = all.first(where: { $0.name == name }) { return found }
    let names = all.map(\.name)
    throw TaskError(
      "data: no set is called '\(name)'"
        + NearestName.question(for: name, among: names, orElse: ".")
        + " Sets: \(names.joined(separator: ", ")).")
  }

  /// The folder that holds a set's files; nil where none of the search does.
  public func location(of description: DataSetDescription) -> URL? {
    if description.kind == .own { return folders.first { Folder.kind(at: $0) == .folder } }
    for folder in folders {
      for place in [folder.appendingPathComponent(description.name), folder] {
        let found = description.files.filter { FileTree.location(of: $0, in: place) != nil }
        if !found.isEmpty { return place }
      }
    }
    return nil
  }

  /// Reads the set of a name, or the pictures of a folder where the name is a path with a slash.
  ///
  /// Throws a `TaskError` for a name or an option that is not known, a `ReadError` for files that
  /// are missing or damaged.
  public func load(
    _ name: String, options: DataSetOptions = DataSetOptions()
  ) throws -> LoadedDataSet {
    try options.validate()
    if name.contains("/") {
      return try FolderPictures.load(
        from: URL(fileURLWithPath: name), options: options, cache: cache)
    }
    let description = try Self.description(of: name)
    let split = options.classSplit ?? description.classSplits[0]
    guard description.classSplits.contains(split) else {
      throw TaskError(
        "data: \(name) has no division '\(split)'"
          + NearestName.question(for: split, among: description.classSplits, orElse: ".")
          + " Divisions: \(description.classSplits.joined(separator: ", ")).")
    }
    switch name {
    case "characters": return characters(options)
    case "sinusoid": return sinusoids(.maml, options)
    case "sinusoid-bayesian": return sinusoids(.bayesianMAML, options)
    default: break
    }
    guard let place = location(of: description) else { throw missing(description) }
    return switch name {
    case "omniglot":
      try Omniglot.load(
        from: place, split: Omniglot.ClassSplit(rawValue: split) ?? .vinyals, options: options,
        cache: cache)
    case "cifar-fs": try CIFARFS.load(from: place, options: options, cache: cache)
    case "idx": try IDXPictures.load(from: place, options: options, cache: cache)
    default: try FolderPictures.load(from: place, options: options, cache: cache)
    }
  }

  private func missing(_ description: DataSetDescription) -> ReadError {
    let searched = folders.map(\.path).joined(separator: ", ")
    let fetch =
      description.downloads.isEmpty
      ? "" : "fetch it with 'metalearn data fetch \(description.name)', or "
    return ReadError(
      .missing, file: description.name,
      "not found in \(searched.isEmpty ? "any folder" : searched); \(fetch)name the folder that "
        + "holds it with --data or METALEARN_DATA.")
  }

  private func characters(_ options: DataSetOptions) -> LoadedDataSet {
    let characters = ProceduralCharacters(seed: options.seed)
    var checksums: [String: String] = [:]
    var tasks: [Split: any TaskDistribution] = [:]
    for split in Split.allCases {
      checksums[split.classesKey] = Digest.hexadecimal(
        ofLines: ["characters", split.rawValue, "seed \(options.seed)"])
      tasks[split] = characters.tasks(split).augmented(
        by: split == .train ? options.augmentation : nil)
    }
    let size = ProceduralCharacters.size
    return LoadedDataSet(
      name: "characters", classSplit: "by-number", checksums: checksums,
      preparation: PicturePreparation(height: size, width: size, channels: 1, darkInk: true),
      tasks: tasks)
  }

  private func sinusoids(
    _ family: SinusoidTasks.Family, _ options: DataSetOptions
  ) -> LoadedDataSet {
    let tasks = SinusoidTasks(family)
    let training = SinusoidTasks(family, taskCount: options.taskCount, taskSeed: options.seed)
    return LoadedDataSet(
      name: tasks.name, classSplit: "by-key",
      tasks: [.train: training, .validation: tasks, .test: tasks])
  }
}
