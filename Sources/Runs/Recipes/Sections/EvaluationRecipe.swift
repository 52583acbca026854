public import MetaTasks

/// The evaluation of a recipe, for validation and for the figure at the end.
public struct EvaluationRecipe: Hashable, Sendable {
  /// What its tasks look like.
  public var shape: EpisodeShape
  /// Test tasks.
  public var episodes: Int
  /// Decides the test tasks.
  public var seed: UInt64
  /// Tasks on which predictions are checked to look at no other query.
  public var checkedTasks: Int
  /// Numbers of inner steps that are evaluated beside the learner's own.
  public var innerSteps: [Int]
  /// Whether controls are evaluated on the same tasks.
  public var controls: Bool

  init(
    _ section: RecipeSection, task: TaskRecipe, learner: LearnerRecipe
  ) throws(RecipeError) {
    var shape = task.episodes.smallest
    if let ways = shape.ways {
      shape.ways = try section.integer("ways", default: ways, in: 2...1000)
    }
    shape.shots = try section.integer("shots", default: shape.shots, in: 1...1000)
    shape.queries = try section.integer(
      "queries", default: shape.ways == nil ? 100 : 15, in: 1...10_000)
    self.shape = shape
    episodes = try section.integer("episodes", default: 600, in: 1...1_000_000)
    seed = UInt64(try section.integer("seed", default: 0, in: 0...Int.max))
    checkedTasks = try section.integer("checkedTasks", default: 5, in: 1...1000)
    innerSteps = try section.integers("innerSteps", default: [], in: 0...1000, count: 0...20)
    controls = try section.boolean("controls", default: true)
    guard innerSteps.isEmpty || learner.evaluationSteps != nil else {
      throw RecipeError(
        .outOfBounds, section.place(of: "innerSteps"),
        "'evaluation.innerSteps' needs a learner with an inner loop, unlike "
          + "\(learner.kind.rawValue)")
    }
  }
}
