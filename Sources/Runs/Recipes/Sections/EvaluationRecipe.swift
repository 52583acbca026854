internal import MetaLearning
public import MetaTasks
internal import Settings

/// The evaluation of a recipe, for validation and for the figure at the end.
public struct EvaluationRecipe: Hashable, Sendable {
  /// What its tasks look like; nil where tasks are not made of examples.
  public var shape: EpisodeShape?
  /// The fewest support examples of a class, where classes have different numbers of them.
  public var fewestShots: Int?
  /// The name of the metric that counts, or `usual`: the first that the tasks are judged by.
  public var metric: String
  /// Test tasks.
  public var episodes: Int
  /// Decides the test tasks.
  public var seed: UInt64
  /// Tasks on which predictions are checked to look at no other query.
  public var checkedTasks: Int
  /// Tasks by which queries of none of the classes are told; 0: they are not told.
  public var unknownTasks: Int
  /// Numbers of adaptation steps that are evaluated beside the learner's own.
  public var innerSteps: [Int]
  /// Whether controls are evaluated on the same tasks.
  public var controls: Bool
  /// The first of the test tasks, on which controls are evaluated; nil: all.
  public var controlEpisodes: Int?
  /// Trainings over which the figure is taken, each with another part of the classes held out.
  public var rotations: Int

  private static let usualMetric = "usual"

  /// The metrics of tasks, the one that counts in front; throws where it is not among them, or is one
  /// that not all predictions have.
  func ordered(_ metrics: [Metric], for target: TargetKind) throws(TaskError) -> [Metric] {
    guard metric != EvaluationRecipe.usualMetric else { return metrics }
    guard let position = metrics.firstIndex(where: { $0.name == metric }) else {
      throw TaskError(
        "evaluation.metric: the tasks are not judged by '\(metric)', but by "
          + metrics.map(\.name).joined(separator: ", "))
    }
    if case .numbers = target,
      [.negativeLogLikelihood, .coverage90].contains(metrics[position].figure)
    {
      throw TaskError(
        "evaluation.metric: of numbers '\(metric)' is known where predictions have a variance, which "
          + "those of controls lack; choose another")
    }
    var ordered = metrics
    ordered.insert(ordered.remove(at: position), at: 0)
    return ordered
  }

  /// Throws where tasks that are judged in one way alone shall be judged in another.
  func requireMetric(_ only: MetricDescription) throws(TaskError) {
    guard metric != EvaluationRecipe.usualMetric, metric != only.name else { return }
    throw TaskError(
      "evaluation.metric: the tasks are judged by \(only.name) alone, not by '\(metric)'")
  }

  init(
    _ section: SettingsSection, _ task: TaskRecipe, _ learner: Recipe.Choice<LearnerPlan>
  ) throws(SettingsError) {
    if let usual = task.plan.episodes, var shape = task.episodes?.smallest {
      if let ways = shape.ways {
        shape.ways = try section.integer(
          "ways", "Classes of a test task.", default: ways, in: 2...1000)
      }
      shape.shots = try section.integer(
        "shots", "Support examples of each class, or of the task where it has none.",
        default: shape.shots, in: 1...1000)
      shape.queries = try section.integer(
        "queries", "Query examples of each class, or of the task where it has none.",
        default: usual.evaluationQueries, in: 1...10_000)
      self.shape = shape
      if shape.ways != nil {
        fewestShots = try section.optionalInteger(
          "fewestShots",
          "The fewest support examples of a class, where each has another number; null: all have "
            + "'shots'.", in: 1...shape.shots)
      }
    }
    metric = try section.text(
      "metric",
      "The metric that counts, such as negativeLogLikelihood; usual: the first that the tasks are "
        + "judged by.", default: EvaluationRecipe.usualMetric)
    episodes = try section.integer("episodes", "Test tasks.", default: 600, in: 1...1_000_000)
    seed = UInt64(
      try section.integer("seed", "Decides the test tasks.", default: 0, in: 0...Int.max))
    checkedTasks = try section.integer(
      "checkedTasks", "Tasks on which predictions are checked to look at no other query.",
      default: 5, in: 1...1000)
    unknownTasks = try section.integer(
      "unknownTasks",
      "Validation tasks by which it is found below which score a query is of none of the classes, "
        + "and test tasks that judge it; 0: none.", default: 50, in: 0...10_000)
    innerSteps = try section.integers(
      "innerSteps", "Numbers of adaptation steps to evaluate beside the learner's own.",
      default: [], in: 0...1000, count: 0...20)
    controls = try section.boolean(
      "controls", "Whether controls are evaluated on the same tasks.", default: true)
    controlEpisodes = try section.optionalInteger(
      "controlEpisodes",
      "How many of the test tasks controls are evaluated on, the first ones; null: on all.",
      in: 1...1_000_000)
    rotations = try section.integer(
      "rotations",
      "Trainings over which the figure is taken, each with another part of a user's own classes held "
        + "out.", default: 1, in: 1...1000)
    guard innerSteps.isEmpty || learner.plan.needs.adaptationSteps != nil else {
      throw section.error(
        "innerSteps", "needs a learner that adapts by steps, unlike \(learner.name)")
    }
  }
}
