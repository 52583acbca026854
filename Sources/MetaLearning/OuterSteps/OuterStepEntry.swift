public import MetaTasks
public import Settings

/// A kind of step that phases of a recipe can name.
public typealias OuterStepEntry = CatalogueEntry<OuterStepPlan>

/// A step whose settings are known, before the learner and its tasks are.
public struct OuterStepPlan: Sendable {
  /// Makes the step; throws, saying why, where learner and tasks do not go with it.
  public let make: @Sendable (OuterStepParts) throws(TaskError) -> any OuterStep

  /// Makes a plan.
  public init(make: @escaping @Sendable (OuterStepParts) throws(TaskError) -> any OuterStep) {
    self.make = make
  }
}

/// What a step is made of.
public struct OuterStepParts: Sendable {
  /// The learner.
  public let learner: any MetaLearner
  /// The tasks to learn from.
  public let tasks: any TaskFamily
  /// What episodes look like; nil where tasks are not made of examples.
  public let episodes: EpisodeShapeRange?
  /// Tasks, or mini-batches, in each step.
  public let tasksPerStep: Int
  /// How the loss moves the parameters.
  public let update: ParameterUpdate
  /// What is followed.
  public let metrics: [Metric]

  /// Puts parts together.
  public init(
    learner: any MetaLearner, tasks: any TaskFamily, episodes: EpisodeShapeRange?,
    tasksPerStep: Int, update: ParameterUpdate, metrics: [Metric]
  ) {
    self.learner = learner
    self.tasks = tasks
    self.episodes = episodes
    self.tasksPerStep = tasksPerStep
    self.update = update
    self.metrics = metrics
  }
}

/// The kinds of steps that come with this package: one file and one line each.
public enum OuterStepCatalogue {
  /// All of them, in the order in which they are shown.
  public static let standard = Catalogue(
    "kind of step", [GradientStep.entry, JointStep.entry, RolloutStep.entry, UnrollStep.entry])
}
