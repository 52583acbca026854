public import Settings

/// A data set that a recipe can name.
public struct DataSetEntry: CatalogueItem {
  /// What a set is read from.
  public enum Origin: Sendable, Hashable {
    /// Nothing: it is made by formulas.
    case builtIn
    /// Published archives or folders below a folder of its name, and where they can be fetched
    /// from.
    case published(files: [String], downloads: [Download])
    /// Files of the user's own, in a folder given by its path or by `--data`.
    case own
  }

  /// The name to ask for it by.
  public let name: String
  /// What it is, in one line.
  public let summary: String
  /// What it is read from.
  public let origin: Origin
  /// The divisions of its classes, the default first.
  public let divisions: [String]
  /// Whether a path in the place of a name means this set.
  public let takesPaths: Bool
  /// Reads its settings.
  public let read: @Sendable (SettingsSection) throws(SettingsError) -> DataSetPlan

  /// Makes an entry.
  public init(
    _ name: String, _ summary: String, origin: Origin, divisions: [String] = [],
    takesPaths: Bool = false,
    read: @escaping @Sendable (SettingsSection) throws(SettingsError) -> DataSetPlan
  ) {
    self.name = name
    self.summary = summary
    self.origin = origin
    self.divisions = divisions
    self.takesPaths = takesPaths
    self.read = read
  }

  /// Where its files can be fetched from, where that is known.
  public var downloads: [Download] {
    if case .published(_, let downloads) = origin { downloads } else { [] }
  }

  /// Asks a section for all settings.
  public func describe(in section: SettingsSection) throws(SettingsError) { _ = try read(section) }
}

/// A data set whose settings are known, before its files are read.
public struct DataSetPlan: Sendable {
  /// What is to be said of its examples.
  public let target: TargetKind
  /// What episodes look like where a recipe does not say; nil where tasks are not made of examples.
  public let episodes: UsualEpisodes?
  /// The kind of network that takes its inputs, where a recipe does not say.
  public let usualNetwork: String
  /// Reads its files.
  public let load: @Sendable (DataSetFiles) throws -> LoadedDataSet

  /// Makes a plan.
  public init(
    target: TargetKind, episodes: UsualEpisodes?, usualNetwork: String,
    load: @escaping @Sendable (DataSetFiles) throws -> LoadedDataSet
  ) {
    self.target = target
    self.episodes = episodes
    self.usualNetwork = usualNetwork
    self.load = load
  }

  /// A plan for pictures in classes.
  static func pictures(
    load: @escaping @Sendable (DataSetFiles) throws -> LoadedDataSet
  ) -> DataSetPlan {
    DataSetPlan(target: .classes, episodes: .ofClasses, usualNetwork: "conv4", load: load)
  }

  /// A plan for texts in classes.
  static func texts(
    load: @escaping @Sendable (DataSetFiles) throws -> LoadedDataSet
  ) -> DataSetPlan {
    DataSetPlan(target: .classes, episodes: .ofClasses, usualNetwork: "textMean", load: load)
  }
}

/// What episodes of a data set look like where a recipe does not say.
public struct UsualEpisodes: Sendable, Hashable {
  /// The classes of a task; nil where tasks have none.
  public let ways: Int?
  /// Support examples, of each class where there are classes.
  public let shots: Int
  /// Query examples in training.
  public let queries: Int
  /// Query examples in evaluation.
  public let evaluationQueries: Int

  /// Describes episodes.
  public init(ways: Int?, shots: Int, queries: Int, evaluationQueries: Int) {
    self.ways = ways
    self.shots = shots
    self.queries = queries
    self.evaluationQueries = evaluationQueries
  }

  /// 5 classes, 1 shot, 15 queries.
  public static let ofClasses = UsualEpisodes(ways: 5, shots: 1, queries: 15, evaluationQueries: 15)
  /// 10 points to learn from, 10 to ask, 100 in evaluation.
  public static let ofCurves = UsualEpisodes(
    ways: nil, shots: 10, queries: 10, evaluationQueries: 100)
}
