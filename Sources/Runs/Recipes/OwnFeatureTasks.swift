public import MetaTasks

/// The recipe for features of a user's own encoder, of which nothing is known but their classes.
public struct OwnFeatureTasks: OwnData {
  /// What they hold, what was chosen and how to change it, in a line.
  public let words: String
  /// The recipe before anybody overrides it.
  public let yaml: String
  /// What was chosen for them.
  public let overrides: [String]

  /// Chooses tasks for a file at a path.
  ///
  /// Throws, saying what is missing, where tasks cannot be made of the classes.
  public init(_ survey: ClassSurvey, path: String) throws(TaskError) {
    let classes = try OwnClasses(survey)
    overrides =
      ["task.data=\(DataSets.word(for: path, readBy: OwnFeatures.entry.name))"] + classes.overrides
    yaml = Self.text
    words = classes.words("features are taken as they are, brought to one length")
  }

  private static let text = """
    # Features of a user's own encoder: a ridge regression that is solved for on each task, whose
    # regularizer and scale are learned.
    learner:
      kind: r2d2
      scale: 10
    network:
      kind: layers
      layers:
        - kind: unitLength
        - kind: flatten
    training:
      iterations: 200
      tasksPerStep: 4
      learningRate: 0.01
      schedule:
        kind: cosine
      validateEvery: 50
      validationTasks: 200
      checkpointEvery: 50
    """
}
