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
      FolderPictures.entry,
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
      PreparationEntry(TextPreparation.self, "texts as numbers of their words"),
    ])
}

extension Catalogue<DataSetEntry> {
  /// The set of a name, or the one that takes paths where the word has a slash; nil where none
  /// does.
  public func entry(for data: String) -> DataSetEntry? {
    data.contains("/") ? items.first { $0.takesPaths } : self[data]
  }
}
