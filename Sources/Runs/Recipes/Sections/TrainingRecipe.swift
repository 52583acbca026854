public import NeuralNetworks

/// The meta-training of a recipe.
public struct TrainingRecipe: Hashable, Sendable {
  /// Meta-steps at most.
  public var iterations: Int
  /// Tasks in each meta-step.
  public var tasksPerStep: Int
  /// The rate of the optimizer.
  public var learningRate: Double
  /// How the rate changes.
  public var schedule: Schedule
  /// The largest norm of a meta-gradient; nil: as it comes.
  public var gradientNormLimit: Double?
  /// Seconds of training at most; nil: no limit.
  public var seconds: Double?
  /// Validations in a row without a better one; nil: no limit.
  public var patience: Int?
  /// Steps from one validation to the next; nil: none, the last parameters are kept.
  public var validateEvery: Int?
  /// Tasks of a validation.
  public var validationTasks: Int
  /// Steps from one checkpoint to the next.
  public var checkpointEvery: Int
  /// Decides the first parameters and every task.
  public var seed: UInt64

  init(_ section: RecipeSection) throws(RecipeError) {
    iterations = try section.integer("iterations", default: 1000, in: 1...1_000_000_000)
    tasksPerStep = try section.integer("tasksPerStep", default: 4, in: 1...10_000)
    learningRate = try section.number("learningRate", default: 0.001, .positive)
    schedule = try Self.schedule(try section.section("schedule"))
    gradientNormLimit = try section.optionalNumber(
      "gradientNormLimit", .within(1e-30...1e30))
    seconds = try section.optionalNumber("seconds", .positive)
    patience = try section.optionalInteger("patience", in: 1...Int.max)
    validateEvery = try section.optionalInteger("validateEvery", default: 200, in: 1...Int.max)
    validationTasks = try section.integer("validationTasks", default: 100, in: 1...100_000)
    checkpointEvery = try section.integer("checkpointEvery", default: 200, in: 1...Int.max)
    seed = UInt64(try section.integer("seed", default: 0, in: 0...Int.max))
    guard patience == nil || validateEvery != nil else {
      throw RecipeError(
        .outOfBounds, section.place(of: "patience"),
        "'training.patience' counts validations, and 'training.validateEvery' asks for none")
    }
  }

  private enum ScheduleKind: String, CaseIterable {
    case constant, stepDecay, piecewise, linear, cosine
  }

  private static func schedule(_ section: RecipeSection) throws(RecipeError) -> Schedule {
    let schedule: Schedule
    switch try section.choice("kind", default: ScheduleKind.constant) {
    case .constant: schedule = .constant
    case .stepDecay:
      schedule = .stepDecay(
        every: try section.integer("every", in: 1...Int.max),
        factor: try section.number("factor", default: 0.5, .notNegative))
    case .piecewise:
      schedule = .piecewise(
        from: try section.integers("from", in: 0...Int.max),
        factors: try section.numbers("factors", .notNegative))
    case .linear: schedule = .linear(to: try section.number("to", default: 0, .notNegative))
    case .cosine: schedule = .cosine(to: try section.number("to", default: 0, .notNegative))
    }
    let warmup = try section.integer("warmup", default: 0, in: 0...1_000_000_000)
    let whole = warmup == 0 ? schedule : .warmup(steps: warmup, then: schedule)
    do throws(Schedule.Invalid) {
      try whole.validate()
    } catch {
      throw RecipeError(.outOfBounds, section.place, "'training.schedule': \(error.description)")
    }
    return whole
  }
}
