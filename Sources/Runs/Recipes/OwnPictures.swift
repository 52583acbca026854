internal import MetaLearning
public import MetaTasks

/// The recipe for a folder of a user's own pictures of which nothing is known but what it holds.
public struct OwnPictures: OwnData {
  /// On how many test tasks controls are evaluated: training a network from scratch on each takes far
  /// longer than all the rest.
  private static let controlTasks = 50

  /// What they hold, what was chosen and how to change it, in a line.
  public let words: String
  /// The recipe before anybody overrides it.
  public let yaml: String
  /// What was chosen for them.
  public let overrides: [String]

  /// Chooses tasks and pictures for a folder at a path.
  ///
  /// With `origin` the training begins with the parameters of that model, whose learner, network
  /// and preparation of pictures it has. Throws, saying what is missing, where tasks cannot be made
  /// of the folder.
  public init(
    _ survey: PictureSurvey, path: String,
    from origin: (path: String, model: MetaTrainedModel)? = nil
  ) throws(TaskError) {
    let classes = try OwnClasses(survey.classes, origin?.model)
    let look = PictureChoice(survey, origin?.model)
    overrides =
      [
        "task.data=\(DataSets.word(for: path))", "evaluation.controlEpisodes=\(Self.controlTasks)",
      ] + classes.overrides + look.overrides
      + (origin.map { ["training.from=\($0.path)"] } ?? [])
    yaml = (origin.map { Self.learning(in: $0.model.recipe.yaml) } ?? Self.network) + Self.text
    words = classes.words(look.words, beginsElsewhere: origin != nil)
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
