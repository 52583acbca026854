public import MetaLearning
public import NeuralNetworks
internal import Settings

/// The meta-training of a recipe: a list of phases, or one phase whose keys stand in the section
/// itself.
public struct TrainingRecipe: Sendable {
  /// The phases, in order.
  public let phases: [PhaseRecipe]
  /// Steps from one checkpoint to the next.
  public let checkpointEvery: Int
  /// Decides the first parameters and every task.
  public let seed: UInt64
  /// The run, or the model file, whose parameters the training begins with; empty: random ones.
  public let from: String
  /// What writes the run, by name.
  public let writers: [Recipe.Choice<RunWriterPlan>]

  init(
    _ reader: RecipeReader, _ needs: LearnerNeeds, _ catalogues: Catalogues
  ) throws(SettingsError) {
    let optimizer = try reader.section("optimizer", "What moves the parameters.")
      .item(of: catalogues.optimizers)
    let section = try reader.section("training", "How long and how fast.")
    var phases: [PhaseRecipe] = []
    let listed = try section.sections("phases", "The parts of the training, in order.")
    for phase in listed ?? [section] {
      phases.append(try PhaseRecipe(phase, optimizer, needs, catalogues))
    }
    self.phases = phases
    checkpointEvery = try section.integer(
      "checkpointEvery", "Steps from one checkpoint to the next.", default: 200, in: 1...Int.max)
    seed = UInt64(
      try section.integer(
        "seed", "Decides the first parameters and every task.", default: 0, in: 0...Int.max))
    from = try section.text(
      "from",
      "The run or model file whose parameters the training begins with; empty: random ones.",
      default: "")
    writers = try Self.writers(section, catalogues)
  }

  private static func writers(
    _ section: SettingsSection, _ catalogues: Catalogues
  ) throws(SettingsError) -> [Recipe.Choice<RunWriterPlan>] {
    let names = try section.texts(
      "writers", "What writes the run beside checkpoints and figures.",
      default: catalogues.runWriters.usual.map { [$0] } ?? [])
    var writers: [Recipe.Choice<RunWriterPlan>] = []
    for name in names {
      guard let entry = catalogues.runWriters[name] else {
        let known = catalogues.runWriters.names
        throw section.error(
          "writers",
          "names '\(name)', and there are: \(known.joined(separator: ", "))"
            + NearestName.question(for: name, among: known))
      }
      let own = try section.section(name, "Settings of the run writer \(name).")
      writers.append(
        .init(name: name, plan: try entry.read(own), place: section.place(of: "writers")))
    }
    return writers
  }

  /// Steps of all phases at most.
  public var iterations: Int { phases.reduce(0) { $0 + $1.iterations } }
}

/// One phase of a training.
public struct PhaseRecipe: Sendable {
  /// The kind of its steps.
  public let step: Recipe.Choice<OuterStepPlan>
  /// Steps at most.
  public let iterations: Int
  /// Tasks in each step.
  public let tasksPerStep: Int
  /// The rate of the optimizer.
  public let learningRate: Double
  /// How the rate changes.
  public let schedule: Schedule
  /// How the loss moves the parameters.
  public let update: ParameterUpdate
  /// Seconds of the phase at most; nil: no limit.
  public let seconds: Double?
  /// Validations in a row without a better one; nil: no limit.
  public let patience: Int?
  /// Steps from one validation to the next; nil: none, the last parameters are kept.
  public let validateEvery: Int?
  /// Tasks of a validation.
  public let validationTasks: Int
  /// The full name of its section, such as `training` or `training.phases.0`.
  let section: String
  /// Where `trains` is written, and its full name.
  let trains: (place: SettingsPlace, name: String)

  init(
    _ section: SettingsSection, _ optimizer: any Optimizer, _ needs: LearnerNeeds,
    _ catalogues: Catalogues
  ) throws(SettingsError) {
    self.section = section.fullName
    let entry = try section.kind(of: catalogues.outerSteps, default: needs.usualPhase)
    step = .init(name: entry.name, plan: try entry.read(section), place: section.place(of: "kind"))
    iterations = try section.integer(
      "iterations", "Steps at most.", default: 1000, in: 1...1_000_000_000)
    tasksPerStep = try section.integer(
      "tasksPerStep", "Tasks, or mini-batches, in each step.", default: 4, in: 1...10_000)
    learningRate = try section.number(
      "learningRate", "The rate of the optimizer.", default: 0.001, .positive)
    schedule = try section.section("schedule", "How the rate changes.")
      .item(of: ScheduleCatalogue.standard)
    let own = section.isWritten("optimizer") ? try section.section("optimizer") : nil
    let limit = try section.optionalNumber(
      "gradientNormLimit", "The largest norm of a gradient; null: as it comes.",
      .within(1e-30...1e30))
    let trained = try section.texts(
      "trains", "Beginnings of the names of leaves that are trained; none: all.", default: [])
    trains = (section.place(of: "trains"), section.full("trains"))
    update = ParameterUpdate(
      optimizer: try own.map { (section) throws(SettingsError) in
        try section.item(of: catalogues.optimizers)
      } ?? optimizer, gradientNormLimit: limit, trained: trained.isEmpty ? nil : trained)
    seconds = try section.optionalNumber(
      "seconds", "Seconds at most; null: no limit.", .positive)
    patience = try section.optionalInteger(
      "patience", "Validations in a row without a better one; null: no limit.", in: 1...Int.max)
    validateEvery = try section.optionalInteger(
      "validateEvery", "Steps from one validation to the next; null: none.", default: 200,
      in: 1...Int.max)
    validationTasks = try section.integer(
      "validationTasks", "Tasks of a validation.", default: 100, in: 1...100_000)
    guard patience == nil || validateEvery != nil else {
      throw section.error(
        "patience", "counts validations, and '\(section.full("validateEvery"))' asks for none")
    }
  }
}
