public import MetaTasks
public import Settings

/// The environments that come with this package, as data sets: one file and one line each.
public enum EnvironmentCatalogue {
  /// All of them, in the order in which they are shown.
  public static let standard = Catalogue("data set", [BernoulliBandits.entry])
}
