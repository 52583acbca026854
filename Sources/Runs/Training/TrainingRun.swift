internal import Foundation
internal import MetaLearning
internal import MetaTasks
public import TensorPrograms
internal import Tensors

/// A training that writes its run folder: recipe in, checkpoints, metrics, figures and model out.
///
/// However often it is stopped and opened again, weights, optimizer state and metrics become the
/// same bytes as in one go.
public struct TrainingRun {
  /// The folder of the run.
  public let folder: RunFolder
  private let prepared: PreparedRecipe
  private let execution: Runner.Configuration
  private let lock: RunLock?
  private let store: CheckpointStore
  private let metrics: MetricsLog
  private let timing: MetricsLog
  private let dataDigest: String
  private let firstStep: Int
  private let warnings: [String]
  private var trainer: MetaTrainer
  private let clock = ContinuousClock()

  /// Opens a run to be written: begins it, or goes on from its last sound checkpoint.
  ///
  /// `environment` is what `environment.json` will say beside the data. Throws where the folder
  /// cannot be written or holds another run; a finished run is not opened (see `RunClaim`).
  public init(
    _ prepared: PreparedRecipe, claim: RunClaim, environment: JSONValue,
    execution: Runner.Configuration
  ) throws {
    self.prepared = prepared
    self.execution = execution
    folder = claim.folder
    lock = claim.lock
    store = CheckpointStore(folder: folder.checkpoints)
    dataDigest = prepared.dataDigest
    let configuration = prepared.configuration(execution)
    var state = MetaTrainer.initialState(configuration)
    var warnings: [String] = []
    if claim.state == .new {
      try folder.write(recipe: prepared.recipe.yaml)
    } else {
      try Self.check(prepared.recipe, against: folder)
    }
    if Folder.kind(at: folder.environment) == .absent {
      try folder.write(environment: environment)
    }
    let found = claim.state == .new ? nil : try store.loadLatest()
    if let found {
      warnings = found.warnings
      state = try Self.state(
        found.checkpoint, like: state, dataDigest: dataDigest, in: folder, store)
    }
    metrics = try MetricsLog(
      url: folder.metrics, keepingFirst: found?.checkpoint.metricsByteCount ?? 0)
    timing = try MetricsLog(url: folder.timing, keepingFirst: found == nil ? 0 : nil)
    self.warnings = warnings + [metrics.warning].compactMap { $0 }
    firstStep = state.step
    trainer = MetaTrainer(configuration, state: state)
  }

  /// Throws where a run was begun with another recipe, naming the first difference.
  public static func check(_ recipe: Recipe, against folder: RunFolder) throws {
    let begun = try Recipe(url: folder.recipe)
    guard let difference = recipe.differences(from: begun).first else { return }
    throw ResumeError(
      description: "\(folder.url.path) was begun with another recipe (\(difference) there); leave "
        + "RECIPE and --set out to go on with its own, or choose another folder with --output")
  }

  private static func state(
    _ checkpoint: Checkpoint, like initial: TrainingState, dataDigest: String,
    in folder: RunFolder, _ store: CheckpointStore
  ) throws -> TrainingState {
    guard checkpoint.texts["data"] == dataDigest else {
      throw ResumeError(
        description: "\(folder.url.path) was begun with other data; name the same with --data, or "
          + "choose another folder with --output")
    }
    // Times decide nothing but a limit of time: without them the training goes on from 0 seconds.
    let lines = (try? MetricsLog.read(folder.timing)) ?? []
    let seconds = lines.last { line in
      if case .integer(let step)? = line["step"] { step <= checkpoint.step } else { false }
    }.flatMap { line -> Double? in
      if case .number(let seconds)? = line["seconds"] { seconds } else { nil }
    }
    do throws(CheckpointMismatch) {
      return try checkpoint.state(like: initial, seconds: seconds ?? 0)
    } catch {
      throw RunError.damagedCheckpoint(
        file: store.url(ofStep: checkpoint.step).path,
        reason: "its '\(error.tree)' is not that of the run's recipe")
    }
  }
}

extension TrainingRun {
  /// Trains to the end and evaluates, or stops after the step in which `isStopped` becomes true.
  ///
  /// Throws `TrainingDivergence` when the loss is no number any more, and where a file cannot be
  /// written; the last checkpoint then stays.
  public mutating func run(
    isStopped: () -> Bool, report: (TrainingEvent) -> Void
  ) throws -> TrainingOutcome {
    if firstStep > 0 || !warnings.isEmpty {
      report(.resumed(step: firstStep, warnings: warnings))
    }
    let start = clock.now
    var lastSaved = firstStep
    while let event = trainer.next() {
      switch event {
      case .step(let step):
        try metrics.append(step.members)
        report(.step(step, progress(since: start)))
        // One checkpoint for both, after the validation.
        if trainer.isValidationDue { continue }
        try saveIfDue(&lastSaved)
      case .validation(let validation):
        try metrics.append(validation.members)
        report(.validation(validation, progress(since: start)))
        if validation.isBest { try store.saveBest(try checkpoint()) }
        try saveIfDue(&lastSaved)
      case .diverged(let step):
        try save()
        throw TrainingDivergence(step: step, checkpoint: store.url(ofStep: step - 1).path)
      case .finished(let reason):
        if lastSaved < trainer.stepsDone || trainer.stepsDone == 0 { try save() }
        report(.trained(reason, progress(since: start)))
        return try finish(reason, isStopped, report)
      }
      if isStopped() {
        if lastSaved < trainer.stepsDone { try save() }
        return .interrupted(step: trainer.stepsDone)
      }
    }
    fatalError("A training ended without saying why.")
  }

  private func checkpoint() throws -> Checkpoint {
    Checkpoint(
      trainer.state, metricsByteCount: try metrics.synchronize(), dataDigest: dataDigest)
  }

  private func save() throws {
    let checkpoint = try checkpoint()
    // Before the checkpoint, so that none is without its time.
    try timing.append([
      .init("step", .integer(checkpoint.step)), .init("seconds", .number(trainer.secondsSpent)),
    ])
    try store.save(checkpoint)
  }

  private func saveIfDue(_ lastSaved: inout Int) throws {
    let step = trainer.stepsDone
    guard
      step / prepared.recipe.training.checkpointEvery
        > lastSaved / prepared.recipe.training.checkpointEvery
    else { return }
    try save()
    lastSaved = step
  }

  private func progress(since start: ContinuousClock.Instant) -> TrainingProgress {
    let training = prepared.recipe.training
    let step = trainer.stepsDone
    let elapsed = (clock.now - start) / .seconds(1)
    let perStep = elapsed / Double(max(1, step - firstStep))
    let byIterations = perStep * Double(training.iterations - step)
    let byTime = training.seconds.map { $0 - trainer.secondsSpent } ?? .infinity
    return TrainingProgress(
      step: step, iterations: training.iterations, seconds: trainer.secondsSpent,
      tasksPerSecond: Double((step - firstStep) * training.tasksPerStep) / max(elapsed, 1e-9),
      secondsLeft: max(0, min(byIterations, byTime)))
  }

  private func finish(
    _ reason: StopRule.Reason, _ isStopped: () -> Bool, _ report: (TrainingEvent) -> Void
  ) throws -> TrainingOutcome {
    let state = trainer.state
    let parameters = state.bestParameters ?? state.parameters
    guard parameters.isFinite else {
      throw TrainingDivergence(step: state.step, checkpoint: nil)
    }
    try prepared.model(parameters).write(to: folder.model)
    let count = prepared.recipe.evaluation.episodes
    let figures = try prepared.testFigures(of: parameters, execution) { name, done in
      report(.evaluating(name, done: done, of: count))
      return !isStopped()
    }
    guard let figures else { return .interrupted(step: state.step) }
    let learned = parameters.learned.leaves.reduce(0) { $0 + $1.shape.elementCount }
    let result = JSONValue.object(
      [
        .init("schema", 1), .init("command", "train"), .init("run", .string(folder.url.path)),
        .init("steps", .integer(state.step)),
        .init("stopped", .string(reason.rawValue)),
        .init("bestStep", state.bestStep.map(JSONValue.integer) ?? .null),
        .init("tasksSeen", .integer(state.step * prepared.recipe.training.tasksPerStep)),
        .init("learnedParameters", .integer(learned)),
        .init("seconds", .number(state.seconds)),
      ] + figures.members(prepared))
    try folder.write(result: result)
    return .finished(result, figures)
  }
}

extension PreparedRecipe {
  /// Tells data apart: the digest of the checksums of sources and lists of classes.
  var dataDigest: String {
    let lines = dataSet.checksums.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }
    let text = "\(dataSet.name) \(dataSet.classSplit)\n" + lines.joined()
    return Digest.hexadecimal(Array(text.utf8))
  }
}

extension MetaTrainer.StepReport {
  /// What the metrics log says of a step.
  fileprivate var members: [JSONValue.Member] {
    [
      .init("step", .integer(step)), .init("loss", .number(Float(loss))),
      .init("gradientNorm", .number(Float(gradientNorm))),
      .init("learningRate", .number(learningRate)),
    ] + metrics.map { .init($0.name, .number(Float($0.value))) }
  }
}

extension MetaTrainer.ValidationReport {
  /// What the metrics log says of a validation.
  fileprivate var members: [JSONValue.Member] {
    [
      .init("step", .integer(step)),
      .init(
        "validation",
        [
          result.isClassification ? "accuracy" : "error": result.figure.json,
          "loss": .number(result.loss), "isBest": .boolean(isBest),
        ]),
    ]
  }
}
