internal import Foundation
internal import MetaLearning
internal import NeuralNetworks
internal import Settings

/// What a run's recipe is to be changed to as the run goes on: only what leaves alone what was
/// learned so far.
struct RecipeChanges {
  /// The keys that differ.
  let keys: [String]
  /// What follows from them for the rest of the training, for people.
  let consequences: [String]
  /// Whether validations are of other tasks than before.
  private let resetsBest: Bool

  /// Keys that decide what validations are of.
  private static let validationKeys = [
    "evaluation.ways", "evaluation.shots", "evaluation.queries", "evaluation.fewestShots",
    "evaluation.seed", "evaluation.metric",
  ]
  private static let freeOfTraining = [
    "seconds", "patience", "validateEvery", "validationTasks", "checkpointEvery",
  ]

  /// Compares the recipe that is asked for with that of the run in a folder.
  ///
  /// Throws, naming the key, where what was learned depends on a difference.
  init(from present: Recipe, to recipe: Recipe, in folder: RunFolder) throws(ResumeError) {
    var keys: [String] = []
    for change in recipe.changes(from: present) {
      if let reason = Self.obstacle(change, present, recipe) {
        throw ResumeError(
          description: "\(folder.url.path) was begun with another recipe (\(change.words) there): "
            + "\(reason); leave it out to go on, or choose another folder with --output")
      }
      keys.append(change.key)
    }
    self.keys = keys
    resetsBest = keys.contains {
      Self.validationKeys.contains($0) || $0.hasSuffix(".validationTasks")
    }
    consequences =
      Self.consequences(from: present, to: recipe)
      + (resetsBest
        ? ["where the training goes on, validations before count no more: they were of other tasks"]
        : [])
  }

  /// Changes the state of a run that goes on: validations on other tasks than before are not
  /// compared with those, and a training that is lengthened waits again for a better one.
  func apply(
    to state: inout TrainingState, of recipe: Recipe, _ store: CheckpointStore
  ) throws(RunError) {
    let phase = recipe.training.phases[min(state.phase, recipe.training.phases.count - 1)]
    guard state.phaseStep < phase.iterations else { return }
    func isChanged(_ name: String) -> Bool { keys.contains { $0.hasSuffix(".\(name)") } }
    if resetsBest || isChanged("iterations") { state.validationsSinceBest = 0 }
    // Without validations the last parameters are kept.
    let keepsLast = phase.validateEvery == nil && isChanged("validateEvery")
    guard state.best != nil, resetsBest || keepsLast else { return }
    state.best = nil
    try store.removeBest()
  }

  /// Why a run cannot go on with a change; nil where it can.
  private static func obstacle(
    _ change: Recipe.Change, _ present: Recipe, _ recipe: Recipe
  ) -> String? {
    let parts = change.key.split(separator: ".")
    if parts.first == "evaluation" { return nil }
    if parts.first == "training", let last = parts.last {
      if freeOfTraining.contains(String(last)) { return nil }
      if last == "iterations", recipe.training.phases.count == present.training.phases.count {
        return isLonger(present, recipe)
          ? nil : "a training can be lengthened, in its last phase, and not shortened"
      }
    }
    // Whether the content is the same is known when it is read.
    if change.key == "task.data", [present, recipe].allSatisfy({ $0.task.data.contains("/") }) {
      return nil
    }
    return "what was learned depends on it"
  }

  /// Whether all phases are as long as before, and the last one longer.
  private static func isLonger(_ present: Recipe, _ recipe: Recipe) -> Bool {
    let (before, after) = (
      present.training.phases.map(\.iterations), recipe.training.phases.map(\.iterations)
    )
    return before.dropLast() == after.dropLast() && (before.last ?? 0) < (after.last ?? 0)
  }

  private static func consequences(from present: Recipe, to recipe: Recipe) -> [String] {
    guard let before = present.training.phases.last, let after = recipe.training.phases.last,
      before.iterations != after.iterations
    else { return [] }
    let length = "the training now takes \(after.iterations) steps rather than \(before.iterations)"
    guard before.schedule != .constant else { return [length] }
    func rate(_ phase: PhaseRecipe, _ step: Int) -> Double {
      phase.schedule.learningRate(phase.learningRate, step: step, of: phase.iterations)
    }
    let step = before.iterations - 1
    return [
      "\(length), and so does its schedule: at step \(before.iterations) the learning rate is "
        + "\(Float(rate(after, step))) where it was \(Float(rate(before, step)))"
    ]
  }
}
