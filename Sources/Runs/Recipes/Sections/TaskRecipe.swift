public import MetaTasks
internal import Settings

/// The tasks of a recipe: which data, and what episodes of training look like.
public struct TaskRecipe: Sendable {
  /// The name of a data set, or a path with a slash.
  public let data: String
  /// The data set with its settings.
  public let plan: DataSetPlan
  /// What training episodes look like; nil where tasks are not made of examples.
  ///
  /// Ways and shots may vary from step to step.
  public let episodes: EpisodeShapeRange?
  /// How training tasks are changed as they are made.
  public let transforms: TaskTransforms

  init(_ section: SettingsSection, _ catalogues: Catalogues) throws(SettingsError) {
    data = try section.text(
      "data", "The name of a data set, or the path, with a slash, of your own.",
      default: ProceduralCharacters.entry.name)
    guard let entry = catalogues.dataSets.entry(for: data) else {
      let names = catalogues.dataSets.names
      throw section.error(
        "data",
        "must be one of \(names.joined(separator: ", ")) or the path of a folder, such as "
          + "./pictures, but is '\(data)'\(NearestName.question(for: data, among: names))")
    }
    plan = try entry.read(section)
    guard let usual = plan.episodes else {
      episodes = nil
      transforms = TaskTransforms()
      return
    }
    var ways: ClosedRange<Int>?
    if let usual = usual.ways {
      ways = try section.integerRange(
        "ways", "Classes of a training task.", default: usual...usual, in: 2...1000)
    }
    var episodes = EpisodeShapeRange(
      ways: ways,
      shots: try section.integerRange(
        "shots", "Support examples of each class, or of the task where it has none.",
        default: usual.shots...usual.shots, in: 1...1000),
      queries: try section.integer(
        "queries", "Query examples of each class, or of the task where it has none.",
        default: usual.queries, in: 1...1000))
    episodes.openingPart = try section.number(
      "curriculum",
      "The part of the training over which ranges of ways and shots open, from the fewest ways and the "
        + "most shots on; 0: open from the start.", default: 0, .within(0...1))
    self.episodes = episodes
    transforms =
      ways == nil
      ? TaskTransforms()
      : try TaskTransforms(
        try section.section("transforms", "How training tasks are changed as they are made."))
  }

  /// The training tasks as the recipe changes them.
  func training(_ tasks: any TaskFamily) -> any TaskFamily {
    guard !transforms.isEmpty, let tasks = tasks as? any TaskDistribution else { return tasks }
    return transforms.applied(to: tasks)
  }
}
