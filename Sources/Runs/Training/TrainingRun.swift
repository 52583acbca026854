public import Files
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
  private let runner: Runner
  private let lock: RunLock?
  private let store: CheckpointStore
  private var writers: [(name: String, writer: any RunWriter)] = []
  private let timing: TimingLog
  private let dataDigest: String
  private let firstStep: Int
  private let warnings: [String]
  private var trainer: MetaTrainer
  private let clock = ContinuousClock()

  /// Opens a run to be written: begins it, or goes on from its last sound checkpoint.
  ///
  /// `environment` is what `environment.json` will say beside the recipe. Throws where the folder
  /// cannot be written or holds another run; a finished run is not opened (see `RunClaim`).
  public init(
    _ prepared: PreparedRecipe, claim: RunClaim, environment: JSONValue, runner: Runner
  ) throws {
    self.prepared = prepared
    self.runner = runner
    let folder = claim.folder
    let (store, digest) = (CheckpointStore(folder: folder.checkpoints), prepared.dataDigest)
    (self.folder, self.store, dataDigest) = (folder, store, digest)
    lock = claim.lock
    let configuration = try prepared.configuration()
    let changes =
      claim.state == .new ? nil : try Self.changes(to: prepared.recipe, in: folder)
    let found = claim.state == .new ? nil : try store.loadLatest()
    if found == nil, folder.isFinished {
      throw ResumeError(
        description:
          "\(folder.url.path) has no checkpoints any more, from which it could go on; judge "
          + "it by: metalearn evaluate \(folder.url.path)")
    }
    var state =
      try found.map { found in
        try Self.state(
          found.checkpoint, configuration, dataDigest: digest, in: folder, store)
      } ?? prepared.initialState(configuration)
    try changes?.apply(to: &state, of: prepared.recipe, store)
    try Self.write(
      prepared.recipe, environment, changedKeys: changes?.keys, isBegun: found != nil, to: folder)
    try RunError.naming { () throws(FileError) in try AtomicFile.remove(folder.result) }
    timing = try TimingLog(folder, startsAnew: found == nil)
    var warnings = (found?.warnings ?? []) + (changes?.consequences ?? [])
    for choice in prepared.recipe.training.writers {
      let writer = try choice.plan.open(folder, found?.checkpoint.marks[choice.name] ?? 0)
      writers.append((choice.name, writer))
      warnings += [writer.warning].compactMap { $0 }
    }
    self.warnings = warnings
    firstStep = state.step
    trainer = MetaTrainer(configuration, state: state, runner: runner)
  }

  /// Whether going on with a recipe would change anything of the run in a folder, such as how long
  /// it is trained or how it is evaluated.
  ///
  /// Throws, naming the key, where what was learned depends on a difference.
  public static func changesAnything(_ recipe: Recipe, of folder: RunFolder) throws -> Bool {
    try changes(to: recipe, in: folder).keys.contains { $0 != "task.data" }
  }

  private static func changes(
    to recipe: Recipe, in folder: RunFolder
  ) throws -> RecipeChanges {
    let present = try Recipe(url: folder.recipe, recipe.catalogues)
    if let edited = folder.editedKeys(of: present).first {
      throw ResumeError(
        description: "\(folder.recipe.path) was edited since the run was begun (\(edited) then); "
          + "put it back, or begin another run with it: metalearn train \(folder.recipe.path)")
    }
    return try RecipeChanges(from: present, to: recipe, in: folder)
  }

  /// Writes recipe and environment of a run that begins, or goes on with some keys changed.
  private static func write(
    _ recipe: Recipe, _ environment: JSONValue, changedKeys: [String]?, isBegun: Bool,
    to folder: RunFolder
  ) throws {
    if changedKeys != [] { try folder.write(recipe: recipe.yaml) }
    // Of a run that was begun elsewhere the machine of its beginning is kept.
    let begun = isBegun ? try? folder.readEnvironment() : nil
    guard begun == nil || changedKeys != [] else { return }
    var written = (begun ?? environment).setting("recipe", to: .string(recipe.yaml))
    if changedKeys?.contains("task.data") == true {
      for key in ["workingDirectory", "dataSet"] {
        if let value = environment[key] { written = written.setting(key, to: value) }
      }
    }
    try folder.write(environment: written)
  }

  private static func state(
    _ checkpoint: Checkpoint, _ configuration: MetaTrainer.Configuration, dataDigest: String,
    in folder: RunFolder, _ store: CheckpointStore
  ) throws -> TrainingState {
    guard checkpoint.texts["data"] == dataDigest else {
      throw ResumeError(
        description: "\(folder.url.path) was begun with other data; name the same with --data, or "
          + "choose another folder with --output")
    }
    func mismatch(_ name: String) -> RunError {
      .damagedCheckpoint(
        file: store.url(ofStep: checkpoint.step).path,
        reason: "its '\(name)' is not that of the run's recipe")
    }
    guard configuration.phases.indices.contains(checkpoint.phase) else { throw mismatch("phase") }
    let parameters = MetaTrainer.initialState(configuration).parameters
    let initial = configuration.trees(of: checkpoint.phase, from: parameters)
    do throws(CheckpointMismatch) {
      return try checkpoint.state(
        like: initial, seconds: TimingLog.seconds(upTo: checkpoint.step, in: folder))
    } catch {
      throw mismatch(error.tree)
    }
  }
}

extension TrainingRun {
  /// Trains to the end and evaluates, or stops after the event at which somebody wishes so.
  ///
  /// Throws `TrainingDivergence` when the loss is NaN or infinite, and where a file cannot be
  /// written; the last checkpoint then stays.
  public mutating func run(
    wish: () -> TrainingWish, report: (TrainingEvent) -> Void
  ) throws -> TrainingOutcome {
    if firstStep > 0 || !warnings.isEmpty {
      report(.resumed(step: firstStep, warnings: warnings))
    }
    let start = clock.now
    var lastSaved = firstStep
    while let event = trainer.next() {
      for index in writers.indices { try writers[index].writer.write(event) }
      switch event {
      case .step(let step):
        report(.step(step, progress(since: start)))
        // One checkpoint for both, after the validation.
        if trainer.isValidationDue { continue }
        try saveIfDue(&lastSaved)
      case .validation(let validation):
        report(.validation(validation, progress(since: start)))
        if validation.isBest {
          try store.saveBest(try checkpoint())
          try writeModel()
        }
        try saveIfDue(&lastSaved)
      case .phaseEnded(let phase, let reason):
        try save()
        // The best of the phase that begins is not known yet.
        try store.removeBest()
        lastSaved = trainer.stepsDone
        report(.phaseEnded(phase: phase, reason, progress(since: start)))
      case .diverged(let step):
        try save()
        throw TrainingDivergence(step: step, checkpoint: store.url(ofStep: step - 1).path)
      case .finished(let reason):
        if lastSaved < trainer.stepsDone || trainer.stepsDone == 0 { try save() }
        report(.trained(reason, progress(since: start)))
        return try finish(reason, wish, report)
      }
      let wished = wish()
      if wished == .goOn { continue }
      if lastSaved < trainer.stepsDone { try save() }
      try writeModel()
      return wished == .prune
        ? .pruned(step: trainer.stepsDone) : .interrupted(step: trainer.stepsDone)
    }
    fatalError("A training ended without saying why.")
  }

  private mutating func checkpoint() throws -> Checkpoint {
    var marks: [String: Int] = [:]
    for index in writers.indices {
      marks[writers[index].name] = try writers[index].writer.mark()
    }
    return Checkpoint(trainer.state, marks: marks, dataDigest: dataDigest)
  }

  /// Writes the model of the best parameters so far, so that a run that was stopped can be used.
  private func writeModel() throws {
    let parameters = trainer.state.outcome
    if parameters.isFinite { try prepared.model(parameters).write(to: folder.model) }
  }

  private mutating func save() throws {
    let checkpoint = try checkpoint()
    // Before the checkpoint, so that none is without its time.
    try timing.append(step: checkpoint.step, trainer.secondsSpent)
    try store.save(checkpoint)
  }

  private mutating func saveIfDue(_ lastSaved: inout Int) throws {
    let (step, every) = (trainer.stepsDone, prepared.recipe.training.checkpointEvery)
    guard step / every > lastSaved / every else { return }
    try save()
    lastSaved = step
  }

  private func progress(since start: ContinuousClock.Instant) -> TrainingProgress {
    let training = prepared.recipe.training
    let phase = training.phases[trainer.phase]
    let step = trainer.stepsDone
    let elapsed = (clock.now - start) / .seconds(1)
    let perStep = elapsed / Double(max(1, step - firstStep))
    let byIterations = perStep * Double(training.iterations - step)
    let isLast = trainer.phase == training.phases.count - 1
    let byTime =
      isLast ? phase.seconds.map { $0 - trainer.secondsSpent.phase } ?? .infinity : .infinity
    return TrainingProgress(
      step: step, iterations: training.iterations, seconds: trainer.secondsSpent.total,
      tasksPerSecond: Double((step - firstStep) * phase.tasksPerStep) / max(elapsed, 1e-9),
      secondsLeft: max(0, min(byIterations, byTime)))
  }

  private func finish(
    _ reason: StopRule.Reason, _ wish: () -> TrainingWish, _ report: (TrainingEvent) -> Void
  ) throws -> TrainingOutcome {
    let state = trainer.state
    let parameters = state.outcome
    guard parameters.isFinite else {
      throw TrainingDivergence(step: state.step, checkpoint: nil)
    }
    try prepared.model(parameters).write(to: folder.model)
    let count = prepared.recipe.evaluation.episodes
    let figures = try prepared.testFigures(of: parameters, runner) { name, done in
      report(.evaluating(name, done: done, of: count))
      return wish() == .goOn
    }
    guard var figures else { return .interrupted(step: state.step) }
    if let threshold = figures.novelty?.threshold {
      try prepared.model(parameters, unknown: threshold).write(to: folder.model)
    }
    if reason == .seconds { figures.secondsLimit = prepared.recipe.training.phases.last?.seconds }
    let result = JSONValue.object(
      [
        .init("schema", 1), .init("command", "train"), .init("run", .string(folder.url.path)),
        .init("steps", .integer(state.step)),
        .init("stopped", .string(reason.rawValue)),
        .init("bestStep", state.best.map { .integer($0.step) } ?? .null),
        .init("tasksSeen", .integer(prepared.tasksSeen(steps: state.step))),
        .init("learnedParameters", .integer(parameters.learnedCount)),
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
    let text = "\(dataSet.identity) \(dataSet.classSplit)\n" + lines.joined()
    return Digest.hexadecimal(Array(text.utf8))
  }

  /// The tasks that so many steps have seen, over all phases.
  func tasksSeen(steps: Int) -> Int {
    var left = steps
    return recipe.training.phases.reduce(0) { seen, phase in
      let done = min(left, phase.iterations)
      left -= done
      return seen + done * phase.tasksPerStep
    }
  }
}

extension NamedTree where Leaf == TensorValue {
  /// The elements of the leaves that are learned.
  fileprivate var learnedCount: Int { learned.leaves.reduce(0) { $0 + $1.shape.elementCount } }
}

extension JSONValue {
  /// The object with a member of a name in place of what it had of that name.
  fileprivate func setting(_ key: String, to value: JSONValue) -> JSONValue {
    guard case .object(let members) = self else { return self }
    return .object(members.filter { $0.key != key } + [.init(key, value)])
  }
}
