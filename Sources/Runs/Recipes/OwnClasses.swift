internal import MetaLearning
internal import MetaTasks

/// What tasks to make of the classes of a user's own data.
struct OwnClasses {
  /// The fewest classes with which one division into training and test says much.
  private static let manyClasses = 15
  /// How many test tasks all rotations have together, where each has enough.
  private static let testTasks = 600

  /// What was chosen.
  let overrides: [String]
  /// How many examples of each class a test task is learned from.
  let shots: Int
  /// How many trainings hold out each class at least once.
  private let rotations: Int
  private let survey: ClassSurvey
  private let division: String
  private let tasks: String

  /// Chooses; with `origin` the tasks are such as that model can learn.
  ///
  /// Throws, saying what is missing, where tasks cannot be made of the classes.
  init(_ survey: ClassSurvey, _ origin: MetaTrainedModel? = nil) throws(TaskError) {
    try Self.check(survey)
    self.survey = survey
    let isFew = survey.classCount < Self.manyClasses && !survey.isDivided
    let parts = ClassParts(survey, hasValidation: !isFew)
    let shape = try EpisodeChoice(survey, parts, origin)
    rotations = isFew ? survey.rotationCount : 1
    division = parts.words
    tasks = shape.words
    shots = shape.shots
    overrides =
      [
        "evaluation.rotations=\(rotations)",
        "evaluation.episodes=\(max(100, Self.testTasks / rotations))",
      ] + parts.overrides + shape.overrides
  }

  /// What there is, what was chosen and how to change it, with what was chosen of the examples
  /// themselves.
  func words(_ examples: String, beginsElsewhere: Bool = false) -> String {
    let holding =
      "\(survey.name): \(counted(survey.classCount, "class")), "
      + "\(counted(survey.exampleCount, survey.noun)), \(survey.smallestClass?.examples ?? 0) or "
      + "more of each"
    let few =
      "; so few classes that a figure of those held out says little: it is taken over \(rotations) "
      + "trainings (evaluation.rotations), which hold out each class at least once"
      + (beginsElsewhere
        ? "" : ", and more may come of a run that was trained on other classes (--from RUN)")
    return "\(holding); \(division); \(tasks); \(examples); change any with --set KEY=VALUE"
      + (rotations > 1 ? few : "")
  }

  private static func check(_ survey: ClassSurvey) throws(TaskError) {
    let elsewhere =
      "learn these from a run that was trained on other classes: metalearn adapt RUN --support "
      + "PATH --output MODEL"
    guard survey.classCount >= 6 || survey.isDivided else {
      throw TaskError(
        "\(survey.name): \(counted(survey.classCount, "class")) of 6 that it takes at least, as "
          + "some are held out to test with; add classes, or \(elsewhere)")
    }
    if let smallest = survey.smallestClass, smallest.examples < 2 {
      throw TaskError(
        "\(survey.name): class '\(smallest.name)' has one \(survey.noun), and a task takes two of "
          + "each: one to learn from and one to ask; add some or take such classes away, or "
          + elsewhere)
    }
    for split in Split.allCases where survey.classCount(split) < 2 {
      throw TaskError(
        "\(survey.name): \(counted(survey.classCount(split), "class")) for \(split.rawValue), and a "
          + "task tells at least 2 apart; add classes there")
    }
  }
}

/// What classes are for.
private struct ClassParts {
  /// How many are learned from.
  let learned: Int
  /// How many the smallest part has that is held out.
  let heldOut: Int
  let overrides: [String]
  let words: String

  init(_ survey: ClassSurvey, hasValidation: Bool) {
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

/// What episodes to make of classes.
private struct EpisodeChoice {
  let shots: Int
  let overrides: [String]
  let words: String

  init(
    _ survey: ClassSurvey, _ classes: ClassParts, _ origin: MetaTrainedModel?
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
    let fewest = survey.smallestClass?.examples ?? 2
    shots = fewest >= 20 ? 5 : 1
    let (queries, trainingQueries) = (min(15, fewest - shots), min(5, fewest - shots))
    overrides = [
      "task.ways=\(trainingWays)", "task.shots=\(shots)", "task.queries=\(trainingQueries)",
      "evaluation.ways=\(ways)", "evaluation.shots=\(shots)", "evaluation.queries=\(queries)",
    ]
    words =
      "test tasks of \(ways) classes (evaluation.ways), \(counted(shots, survey.noun)) of each to "
      + "learn from (evaluation.shots) and \(queries) to ask (evaluation.queries); training tasks of "
      + "\(trainingWays) classes (task.ways, task.shots, task.queries)"
  }
}
