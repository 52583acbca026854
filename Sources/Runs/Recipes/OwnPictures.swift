internal import MetaLearning
public import MetaTasks
public import Settings

/// The recipe for a folder of a user's own pictures of which nothing is known but what it holds.
public struct OwnPictures: Sendable {
  /// The fewest classes with which one division into training and test says much.
  private static let manyClasses = 15
  /// How many test tasks all rotations have together, where each has enough.
  private static let testTasks = 600
  /// On how many of them controls are evaluated: training a network from scratch on each takes far
  /// longer than all the rest.
  private static let controlTasks = 50

  /// What the folder holds, what was chosen and how to change it, in a line.
  public let words: String
  /// The recipe before anybody overrides it.
  private let yaml: String
  private let overrides: [String]

  /// Chooses tasks and pictures for a folder at a path.
  ///
  /// With `origin` the training begins with the parameters of that model, whose learner, network
  /// and preparation of pictures it has. Throws, saying what is missing, where tasks cannot be made
  /// of the folder.
  public init(
    _ survey: PictureSurvey, path: String,
    from origin: (path: String, model: MetaTrainedModel)? = nil
  ) throws(TaskError) {
    try Self.check(survey)
    let isFew = survey.classCount < Self.manyClasses && !survey.isDivided
    let division = ClassChoice(survey, hasValidation: !isFew)
    let shape = try EpisodeChoice(survey, division, origin?.model)
    let look = PictureChoice(survey, origin?.model)
    let rotations = isFew ? survey.rotationCount : 1
    overrides =
      [
        "task.data=\(path.contains("/") ? path : "./\(path)")",
        "evaluation.rotations=\(rotations)",
        "evaluation.episodes=\(max(100, Self.testTasks / rotations))",
        "evaluation.controlEpisodes=\(Self.controlTasks)",
      ] + division.overrides + shape.overrides + look.overrides
      + (origin.map { ["training.from=\($0.path)"] } ?? [])
    yaml = (origin.map { Self.learning(in: $0.model.recipe.yaml) } ?? Self.network) + Self.text
    words =
      "\(Self.holding(survey)); \(division.words); \(shape.words); \(look.words); "
      + "change any with --set KEY=VALUE"
      + (rotations > 1 ? Self.few(rotations, beginsElsewhere: origin != nil) : "")
  }

  private static func holding(_ survey: PictureSurvey) -> String {
    "\(survey.name): \(counted(survey.classCount, "class")), "
      + "\(counted(survey.pictureCount, "picture")), \(survey.smallestClass?.pictures ?? 0) or more "
      + "of each"
  }

  private static func few(_ rotations: Int, beginsElsewhere: Bool) -> String {
    "; so few classes that a figure of those held out says little: it is taken over \(rotations) "
      + "trainings (evaluation.rotations), which hold out each class at least once"
      + (beginsElsewhere
        ? "" : ", and more may come of a run that was trained on other classes (--from RUN)")
  }

  private static func check(_ survey: PictureSurvey) throws(TaskError) {
    let elsewhere =
      "learn these from a run that was trained on other classes: metalearn adapt RUN --support "
      + "FOLDER --output MODEL"
    guard survey.classCount >= 6 || survey.isDivided else {
      throw TaskError(
        "\(survey.name): \(counted(survey.classCount, "class")) of 6 that it takes at least, as "
          + "some are held out to test with; add classes, or \(elsewhere)")
    }
    if let smallest = survey.smallestClass, smallest.pictures < 2 {
      throw TaskError(
        "\(survey.name): class '\(smallest.name)' has one picture, and a task takes two of each: one "
          + "to learn from and one to ask; add pictures or take such classes away, or \(elsewhere)")
    }
    for split in Split.allCases where survey.classCount(split) < 2 {
      throw TaskError(
        "\(survey.name): \(counted(survey.classCount(split), "class")) for \(split.rawValue), and a "
          + "task tells at least 2 apart; add classes there")
    }
  }

  /// The recipe, with overrides of the user's.
  public func recipe(
    overrides further: [String] = [], _ catalogues: Catalogues = .standard
  ) throws(SettingsError) -> Recipe {
    try Recipe(
      yaml: yaml, file: "the recipe for own pictures", overrides: overrides + further, catalogues)
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
    """
}

/// What classes are for.
private struct ClassChoice {
  /// How many are learned from.
  let learned: Int
  /// How many the smallest part has that is held out.
  let heldOut: Int
  let overrides: [String]
  let words: String

  init(_ survey: PictureSurvey, hasValidation: Bool) {
    let (chosenBy, tested) = (
      survey.classCount(.validation, hasValidation: hasValidation), survey.classCount(.test)
    )
    learned = survey.classCount(.train, hasValidation: hasValidation)
    heldOut = hasValidation ? min(chosenBy, tested) : tested
    overrides = hasValidation ? [] : ["task.validation=false", "training.validateEvery=null"]
    words =
      hasValidation
      ? "\(learned) classes to learn from, \(chosenBy) to choose by, \(tested) to test"
      : "\(learned) classes to learn from, \(tested) to test, none to choose by (task.validation)"
  }
}

/// What tasks to make of pictures.
private struct EpisodeChoice {
  let overrides: [String]
  let words: String

  init(
    _ survey: PictureSurvey, _ classes: ClassChoice, _ origin: MetaTrainedModel?
  ) throws(TaskError) {
    let fewestClasses = min(classes.heldOut, classes.learned)
    var (ways, trainingWays) = (min(5, classes.heldOut), min(20, classes.learned))
    if let origin, origin.recipe.learner.plan.needs.fixesWays, let fixed = origin.ways {
      guard fixed <= fewestClasses else {
        throw TaskError(
          "\(survey.name): the run to begin with tells \(fixed) classes apart, and there are "
            + "\(fewestClasses) in a part of these; begin with a run whose learner takes any "
            + "number of classes (metalearn explain learners)")
      }
      (ways, trainingWays) = (fixed, fixed)
    }
    let fewest = survey.smallestClass?.pictures ?? 2
    let shots = fewest >= 20 ? 5 : 1
    let (queries, trainingQueries) = (min(15, fewest - shots), min(5, fewest - shots))
    overrides = [
      "task.ways=\(trainingWays)", "task.shots=\(shots)", "task.queries=\(trainingQueries)",
      "evaluation.ways=\(ways)", "evaluation.shots=\(shots)", "evaluation.queries=\(queries)",
    ]
    words =
      "test tasks of \(ways) classes (evaluation.ways), \(counted(shots, "picture")) of each to learn "
      + "from (evaluation.shots) and \(queries) to ask (evaluation.queries); training tasks of "
      + "\(trainingWays) classes (task.ways, task.shots, task.queries)"
  }
}

/// What to make of the pictures themselves.
private struct PictureChoice {
  let overrides: [String]
  let words: String

  init(_ survey: PictureSurvey, _ origin: MetaTrainedModel?) {
    let known = origin?.preparation as? PicturePreparation
    let channels = known?.channels ?? (survey.isGrey ? 1 : 3)
    let own = Self.extent(of: survey)
    let (height, width) = (known?.height ?? own.height, known?.width ?? own.width)
    overrides =
      [
        "task.size=\(height)", "task.width=\(width)", "task.channels=\(channels)",
        "task.darkInk=\(known?.darkInk ?? survey.isDarkInk)", "task.augmentation.rotation=15",
        "task.augmentation.scaling=0.15", "task.augmentation.shift=2",
      ] + (channels == 3 ? ["task.augmentation.colourJitter=0.2"] : [])
    words =
      "pictures of \(height) rows and \(width) columns (task.size, task.width) "
      + "\(channels == 1 ? "grey" : "in colour") (task.channels)"
      + (known == nil ? "" : ", as those of the run to begin with")
      + ", varied a little in training (task.augmentation)"
  }

  /// Rows and columns in the proportion of the pictures, of which one side may be twice the other.
  private static func extent(of survey: PictureSurvey) -> (height: Int, width: Int) {
    let side = survey.isGrey && survey.side <= 48 ? 28 : survey.side < 64 ? 32 : 64
    let proportion = min(2, max(0.5, survey.proportion))
    guard !(0.9...1.1).contains(proportion) else { return (side, side) }
    func multipleOfFour(_ length: Double) -> Int { Int((length / 4).rounded()) * 4 }
    return (
      multipleOfFour(Double(side) / proportion.squareRoot()),
      multipleOfFour(Double(side) * proportion.squareRoot())
    )
  }
}
