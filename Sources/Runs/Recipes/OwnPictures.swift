public import MetaTasks
public import Settings

/// The recipe for a folder of a user's own pictures of which nothing is known but what it holds.
public struct OwnPictures: Sendable {
  /// The fewest classes with which one division into training and test says much.
  private static let manyClasses = 15

  /// What the folder holds, what was chosen and how to change it, in a line.
  public let words: String
  /// How many rotations of which classes are held out a figure is taken over.
  public let rotationCount: Int
  /// What the recipe says beyond the usual.
  private let overrides: [String]

  /// Chooses tasks and pictures for a folder at a path.
  ///
  /// Throws, saying what is missing, where tasks cannot be made of it.
  public init(_ survey: PictureSurvey, path: String) throws(TaskError) {
    try Self.check(survey)
    let tested = min(survey.classCount(.test), survey.classCount(.validation))
    let (ways, trainingWays) = (min(5, tested), min(20, survey.classCount(.train)))
    let fewest = survey.fewestPictures
    let shots = fewest >= 20 ? 5 : 1
    let (queries, trainingQueries) = (min(15, fewest - shots), min(5, fewest - shots))
    let channels = survey.isGrey ? 1 : 3
    let side = min(survey.extent.height, survey.extent.width)
    let size = survey.isGrey && side <= 48 ? 28 : side < 64 ? 32 : 64
    let slashed = path.contains("/") ? path : "./\(path)"
    overrides = [
      "task.data=\(slashed)", "task.size=\(size)", "task.channels=\(channels)",
      "task.darkInk=\(survey.isDarkInk)", "task.ways=\(trainingWays)", "task.shots=\(shots)",
      "task.queries=\(trainingQueries)", "evaluation.ways=\(ways)", "evaluation.shots=\(shots)",
      "evaluation.queries=\(queries)",
    ]
    rotationCount = survey.classCount < Self.manyClasses ? survey.rotationCount : 1
    let parts = Split.allCases.map { survey.classCount($0) }
    words =
      "\(survey.name): \(counted(survey.classCount, "class")), "
      + "\(counted(survey.pictureCount, "picture")), \(fewest) or more of each; "
      + "\(parts[0]) classes to learn from, \(parts[1]) to choose by, \(parts[2]) to test; "
      + "test tasks of \(ways) classes (evaluation.ways), \(counted(shots, "picture")) of each to "
      + "learn from (evaluation.shots) and \(queries) to ask (evaluation.queries); training tasks "
      + "of \(trainingWays) classes (task.ways, task.shots, task.queries); pictures of "
      + "\(size)x\(size) (task.size) \(channels == 1 ? "grey" : "in colour") (task.channels); "
      + "change any with --set KEY=VALUE"
  }

  private static func check(_ survey: PictureSurvey) throws(TaskError) {
    let elsewhere =
      "learn these from a run that was trained on other classes: metalearn adapt RUN --support "
      + "FOLDER --output MODEL"
    guard survey.fewestPictures >= 2 else {
      throw TaskError(
        "\(survey.name): a class has one picture alone, and a task takes two of each: one to learn "
          + "from and one to ask; add pictures or take such classes away, or \(elsewhere)")
    }
    guard survey.classCount >= 6 || survey.isDivided else {
      throw TaskError(
        "\(survey.name): \(counted(survey.classCount, "class")) of 6 that it takes at least, as "
          + "some are held out to test with; add classes, or \(elsewhere)")
    }
    for split in Split.allCases where survey.classCount(split) < 2 {
      throw TaskError(
        "\(survey.name): \(counted(survey.classCount(split), "class")) for \(split.rawValue), and a "
          + "task tells at least 2 apart; add classes there")
    }
  }

  /// The recipe of one rotation, with overrides of the user's.
  ///
  /// With `origin` the training begins with the parameters of that model, whose learner, network
  /// and preparation of pictures it has.
  public func recipe(
    rotation: Int = 0, from origin: (path: String, model: MetaTrainedModel)? = nil,
    overrides further: [String] = [], _ catalogues: Catalogues = .standard
  ) throws(SettingsError) -> Recipe {
    var chosen = overrides + (rotation > 0 ? ["task.rotation=\(rotation)"] : [])
    if let origin {
      chosen.append("training.from=\(origin.path)")
      if let preparation = origin.model.preparation as? PicturePreparation {
        chosen += [
          "task.size=\(preparation.height)", "task.channels=\(preparation.channels)",
          "task.darkInk=\(preparation.darkInk)",
        ]
      }
    }
    let network = origin.map { Self.learning(in: $0.model.recipe.yaml) } ?? Self.network
    return try Recipe(
      yaml: network + Self.text, file: "the recipe for own pictures",
      overrides: chosen + further, catalogues)
  }

  /// The sections of a complete recipe that say what learns, and on which network.
  private static func learning(in yaml: String) -> String {
    var isWanted = false
    return yaml.split(separator: "\n").filter { line in
      if line.first?.isLetter == true { isWanted = ["learner:", "network:"].contains(line) }
      return isWanted
    }.map { $0 + "\n" }.joined()
  }

  private static let network = """
    # A user's own pictures, told apart by the nearest mean of features.
    network:
      kind: conv4
      width: 48

    """

  private static let text = """
    training:
      iterations: 600
      tasksPerStep: 2
      learningRate: 0.002
      schedule:
        kind: cosine
      validateEvery: 100
      validationTasks: 100
      checkpointEvery: 100
    evaluation:
      episodes: 600

    """
}
