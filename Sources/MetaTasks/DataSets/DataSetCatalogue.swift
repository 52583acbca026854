public import Settings

/// The data sets that come with this package: one file and one line each.
public enum DataSetCatalogue {
  /// All of them, in the order in which they are shown.
  public static let standard = Catalogue(
    "data set",
    [
      ProceduralCharacters.entry,
      SinusoidTasks.entry(.maml),
      SinusoidTasks.entry(.bayesianMAML),
      GaussianProcessTasks.entry,
      QuadraticTasks.entry,
      Omniglot.entry,
      CIFARFS.entry,
      CLINC150.entry,
      BANKING77.entry,
      MovieTweetings.entry,
      FolderPictures.entry,
      OwnTexts.entry,
      OwnFeatures.entry,
      OwnRatings.entry,
      IDXPictures.entry,
    ])
}

/// The preparations of raw input that model files may name: one file and one line each.
public enum PreparationCatalogue {
  /// All of them.
  public static let standard = Catalogue(
    "preparation",
    [
      PreparationEntry(
        PicturePreparation.self, "pictures in PNG or JPEG files, scaled to one size"),
      PreparationEntry(TextPreparation.self, "texts as numbers of their words and trigrams"),
      PreparationEntry(FeaturePreparation.self, "features of another encoder, as they are"),
    ])
}

extension Catalogue<DataSetEntry> {
  /// The set of a name, or that of a user's own data at a path; nil where there is none.
  ///
  /// A path has a slash. Before it may stand the name of the set that reads it, as in
  /// `texts:./intents.csv`; without one it is the set that takes any path.
  public func entry(for data: String) -> DataSetEntry? {
    guard data.contains("/") else { return self[data] }
    return named(in: data) ?? items.first { $0.takesPaths }
  }

  /// The path of a user's own data, without the name of the set that reads it; nil where the word
  /// names a set alone.
  public func path(in data: String) -> String? {
    guard data.contains("/") else { return nil }
    return named(in: data).map { String(data.dropFirst($0.name.count + 1)) } ?? data
  }

  /// The set of a user's own data that is named before a path.
  private func named(in data: String) -> DataSetEntry? {
    items.first { $0.origin == .own && data.hasPrefix("\($0.name):") }
  }
}
