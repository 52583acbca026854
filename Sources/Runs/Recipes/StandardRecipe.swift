public import Settings

extension Recipe {
  /// The text of the recipe that is followed where none is named.
  public static let standardText = """
    # Built-in characters that need no download, told apart by the nearest mean of features:
    # half a minute on two cores.
    task:
      data: characters
      ways: 20
      shots: 1
      queries: 5
    network:
      kind: conv4
      width: 32
    training:
      iterations: 1500
      tasksPerStep: 2
      learningRate: 0.002
      schedule:
        kind: cosine
      validateEvery: 250
      validationTasks: 100
      checkpointEvery: 250
    evaluation:
      ways: 5
      shots: 1
      queries: 15
      episodes: 600

    """

  /// The recipe that is followed where none is named, with overrides.
  public static func standard(
    overrides: [String] = [], _ catalogues: Catalogues = .standard
  ) throws(SettingsError) -> Recipe {
    try Recipe(
      yaml: standardText, file: "the default recipe", overrides: overrides, catalogues)
  }
}
