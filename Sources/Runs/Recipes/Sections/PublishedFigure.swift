internal import Settings

/// What somebody published of a setting, to be held against what the recipe gives here.
public struct PublishedFigure: Hashable, Sendable {
  /// The mean of the metric that counts; a part of 1 where that is printed as percent.
  public let mean: Double
  /// Half the width of its interval, or of its last digit.
  public let interval: Double
  /// Whether its predictions saw all queries of a task together.
  public let isTransductive: Bool
  /// Where it stands.
  public let source: String
  /// What its readers must know.
  public let caveats: [String]

  /// Reads the section `published`; nil where a recipe has none.
  init?(_ reader: RecipeReader) throws(SettingsError) {
    guard reader.root.isWritten("published") else { return nil }
    let section = try reader.section("published", "What was published of this setting.")
    mean = try section.number(
      "mean", "The mean of the metric that counts; accuracies as parts of 1.", default: 0,
      .within(-1e9...1e9))
    interval = try section.number(
      "interval", "Half the width of its interval, or of its last digit.", default: 0,
      .within(0...1e9))
    isTransductive = try section.boolean(
      "transductive", "Whether predictions saw all queries of a task.", default: false)
    source = try section.text("source", "Where it stands.", default: "")
    caveats = try section.texts("caveats", "What its readers must know.", default: [])
  }

  /// Describes a figure.
  package init(
    mean: Double, interval: Double, isTransductive: Bool, source: String, caveats: [String] = []
  ) {
    self.mean = mean
    self.interval = interval
    self.isTransductive = isTransductive
    self.source = source
    self.caveats = caveats
  }
}
