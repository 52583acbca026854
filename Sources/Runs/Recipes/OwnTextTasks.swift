public import MetaTasks

/// The recipe for a user's own texts of which nothing is known but what they hold.
public struct OwnTextTasks: OwnData {
  /// What they hold, what was chosen and how to change it, in a line.
  public let words: String
  /// The recipe before anybody overrides it.
  public let yaml: String
  /// What was chosen for them.
  public let overrides: [String]

  /// Chooses tasks for a table or folder at a path, whose columns may be named.
  ///
  /// Throws, saying what is missing, where tasks cannot be made of the texts.
  public init(
    _ survey: TextSurvey, path: String, _ columns: ColumnNames = ColumnNames()
  ) throws(TaskError) {
    let classes = try OwnClasses(survey.classes)
    let length = min(512, max(8, survey.length))
    overrides =
      [
        "task.data=\(DataSets.word(for: path, readBy: OwnTexts.entry.name))",
        "task.length=\(length)",
      ]
      + columns.named.sorted { $0.key.rawValue < $1.key.rawValue }
      .map { "task.\($0.key.rawValue)=\($0.value)" }
      + (columns.header == .found ? [] : ["task.header=\(columns.header.rawValue)"])
      + classes.overrides
    yaml = (classes.shots == 1 ? Self.centroid : Self.ridge) + Self.text
    words =
      (survey.table.map { "\($0.words); " } ?? "")
      + classes.words("texts are read to \(length) words (task.length)")
  }

  private static let centroid = """
    # A user's own texts, told apart by the angle between their trigrams and words, weighted by rarity;
    # how much each weighs is learned.
    learner:
      kind: cosineCentroid
      scale: 20

    """

  private static let ridge = """
    # A user's own texts, told apart by a ridge regression that is solved for on their trigrams and words,
    # weighted by rarity; how much each weighs is learned.
    learner:
      kind: r2d2
      scale: 10

    """

  private static let text = """
    network:
      kind: joined
    training:
      iterations: 500
      tasksPerStep: 4
      learningRate: 0.01
      schedule:
        kind: cosine
      validateEvery: 100
      validationTasks: 100
      checkpointEvery: 100
    """
}
