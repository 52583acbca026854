internal import MetaLearning
internal import MetaTasks
internal import Settings
internal import TensorPrograms

/// How many steps of a recipe fit into a time on this machine.
///
/// Steps are counted out before a training rather than cut off in it, so that schedules of the
/// learning rate come to their end and the training can be repeated to the bit.
package struct TrainingBudget {
  /// What was measured of a phase.
  package struct Phase: Hashable {
    /// Its settings in the recipe, such as `training` or `training.phases.0`.
    let section: String
    let iterations: Int
    let secondsPerStep: Double
    let validateEvery: Int?
    let validationTasks: Int
    let secondsPerValidatedTask: Double

    /// Describes a phase.
    package init(
      section: String, iterations: Int, secondsPerStep: Double, validateEvery: Int?,
      validationTasks: Int, secondsPerValidatedTask: Double
    ) {
      self.section = section
      self.iterations = iterations
      self.secondsPerStep = secondsPerStep
      self.validateEvery = validateEvery
      self.validationTasks = validationTasks
      self.secondsPerValidatedTask = secondsPerValidatedTask
    }

    /// Validations of the whole phase; as many as the recipe has, however long the phase becomes.
    var validations: Int { validateEvery.map { iterations / $0 } ?? 0 }
  }

  let phases: [Phase]

  /// The part of the time that validations may take.
  private static let validationPart = 0.2

  /// Measures steps and validations of each phase for some seconds.
  init(measuring prepared: PreparedRecipe, _ runner: Runner) throws {
    let configuration = try prepared.configuration()
    let recipes = prepared.recipe.training.phases
    var phases: [Phase] = []
    for (number, recipe) in recipes.enumerated() {
      let validation = configuration.phases[number].validation?.evaluation
      phases.append(
        Phase(
          section: recipe.section, iterations: recipe.iterations,
          secondsPerStep: Self.secondsPerStep(of: number, configuration, runner),
          validateEvery: recipe.validateEvery, validationTasks: recipe.validationTasks,
          secondsPerValidatedTask: validation.map {
            Self.secondsPerTask(of: $0, configuration, runner)
          } ?? 0))
    }
    self.phases = phases
  }

  /// What is known of the phases already.
  package init(phases: [Phase]) { self.phases = phases }

  /// Changes of the recipe with which all phases together take so many seconds.
  package func overrides(seconds: Double) -> [String] {
    let validating = phases.reduce(0) {
      $0 + Double($1.validations * $1.validationTasks) * $1.secondsPerValidatedTask
    }
    let allowed = seconds * Self.validationPart
    let kept = min(1, allowed / max(validating, 1e-9))
    let stepping = phases.reduce(0) { $0 + Double($1.iterations) * $1.secondsPerStep }
    let factor = (seconds - validating * kept) / max(stepping, 1e-9)
    return phases.flatMap { phase in
      func scaled(_ count: Int) -> Int { max(1, Int((Double(count) * factor).rounded(.down))) }
      let iterations = scaled(phase.iterations)
      var pairs = ["iterations=\(iterations)"]
      if let every = phase.validateEvery {
        pairs.append("validateEvery=\(min(scaled(every), iterations))")
        if kept < 1 {
          pairs.append("validationTasks=\(max(20, Int(Double(phase.validationTasks) * kept)))")
        }
      }
      return pairs.map { "\(phase.section).\($0)" }
    }
  }
}

extension TrainingBudget {
  private static let clock = ContinuousClock()

  /// The mean over parts of the phase, since its program may change as it goes on.
  private static func secondsPerStep(
    of number: Int, _ configuration: MetaTrainer.Configuration, _ runner: Runner
  ) -> Double {
    var configuration = configuration
    configuration.phases[number].validation = nil
    let iterations = configuration.phases[number].stopRule.iterations
    let parameters = MetaTrainer.initialState(configuration).parameters
    let parts = [0.05, 0.5, 0.95]
    let seconds = parts.map { part in
      var state = TrainingState(trees: configuration.trees(of: number, from: parameters))
      state.phase = number
      state.phaseStep = Int(Double(iterations) * part)
      let trainer = MetaTrainer(configuration, state: state, runner: runner)
      return secondsPerStep(of: trainer)
    }
    return seconds.reduce(0, +) / Double(parts.count)
  }

  /// The median of steps, of which the first ones are left out: they compile.
  private static func secondsPerStep(of trainer: MetaTrainer) -> Double {
    var seconds: [Double] = []
    let begin = clock.now
    for number in 0..<200 {
      let start = clock.now
      guard case .step? = trainer.next() else { break }
      let end = clock.now
      if number >= 2 { seconds.append((end - start) / .seconds(1)) }
      if seconds.count >= 5, (end - begin) / .seconds(1) > 2 { break }
    }
    return seconds.isEmpty ? 0 : seconds.sorted()[seconds.count / 2]
  }

  private static func secondsPerTask(
    of evaluation: any TaskEvaluation, _ configuration: MetaTrainer.Configuration, _ runner: Runner
  ) -> Double {
    var evaluation = evaluation
    evaluation.taskCount = min(20, evaluation.taskCount)
    let parameters = MetaTrainer.initialState(configuration).parameters
    _ = evaluation.result(of: parameters, runner)
    let start = clock.now
    _ = evaluation.result(of: parameters, runner)
    return (clock.now - start) / .seconds(1) / Double(evaluation.taskCount)
  }
}
