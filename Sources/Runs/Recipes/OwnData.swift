public import MetaTasks
public import Settings

/// The recipe for data of a user's own, of which nothing is known but what they hold.
public protocol OwnData: Sendable {
  /// What the data hold, what was chosen and how to change it, in a line.
  var words: String { get }
  /// The recipe before anybody overrides it.
  var yaml: String { get }
  /// What was chosen for these data.
  var overrides: [String] { get }
}

extension OwnData {
  /// The recipe, with overrides of the user's.
  public func recipe(
    overrides further: [String] = [], _ catalogues: Catalogues = .standard
  ) throws(SettingsError) -> Recipe {
    try Recipe(
      yaml: yaml, file: "the recipe for own data", overrides: overrides + further, catalogues)
  }
}

extension DataSets {
  /// How `task.data` of a recipe names data of a user's own at a path: with a slash, and behind the
  /// name of the set that reads them where that is not the one of folders of pictures.
  public static func word(for path: String, readBy set: String? = nil) -> String {
    (set.map { "\($0):" } ?? "") + (path.contains("/") ? path : "./\(path)")
  }
}
