import Files
import Foundation
import MetaLearning
import MetaTasks
import Runs
import TensorPrograms

/// A training of some steps on a handful of built-in characters, done in a second.
struct TinyRun {
  static let dataSet: LoadedDataSet = {
    let characters = ProceduralCharacters(train: 12, validation: 6, test: 6, drawingsPerClass: 6)
    return LoadedDataSet(
      name: "characters", classSplit: "by-number",
      preparation: PicturePreparation(height: 28, width: 28, channels: 1, darkInk: true),
      tasks: Dictionary(uniqueKeysWithValues: Split.allCases.map { ($0, characters.tasks($0)) }))
  }()

  private static let yaml = """
    task:
      ways: [2, 3]
      shots: 1
      queries: 2
    network:
      width: 2
    training:
      iterations: 11
      tasksPerStep: 3
      validateEvery: 4
      validationTasks: 4
      checkpointEvery: 3
    evaluation:
      ways: 3
      queries: 3
      episodes: 6
      checkedTasks: 1

    """

  let url: URL
  var overrides: [String] = []
  var threads = 1
  var dataSet = TinyRun.dataSet

  init(_ url: URL, overrides: [String] = [], threads: Int = 1) {
    self.url = url
    self.overrides = overrides
    self.threads = threads
  }

  var folder: RunFolder { RunFolder(url) }
  var store: CheckpointStore { CheckpointStore(folder: folder.checkpoints) }

  /// Opens the run, anew or where it was stopped.
  func open() throws -> TrainingRun {
    let recipe = try Recipe(yaml: Self.yaml, file: "tiny.yaml", overrides: overrides)
    return try TrainingRun(
      try PreparedRecipe(recipe, dataSet), claim: try RunClaim(url, resumption: .auto),
      environment: ["test": true], execution: Runner.Configuration(threads: threads))
  }

  /// Opens the run and goes on with it for so many steps and validations, or to the end.
  @discardableResult
  func go(events last: Int = .max) throws -> (outcome: TrainingOutcome, warnings: [String]) {
    var run = try open()
    var events = 0
    var warnings: [String] = []
    let outcome = try run.run(isStopped: { events >= last }) { event in
      switch event {
      case .resumed(_, let found): warnings = found
      case .step, .validation: events += 1
      case .trained, .evaluating: break
      }
    }
    return (outcome, warnings)
  }

  /// The files that must be the same to the byte however the run came about.
  func bytes() throws -> [String: Foundation.Data] {
    var bytes: [String: Foundation.Data] = [:]
    for file in [folder.model, folder.metrics, folder.recipe, store.best] {
      bytes[file.lastPathComponent] = try Foundation.Data(contentsOf: file)
    }
    // The one before the last is of the step in which a run was stopped, if it was.
    if let step = try store.steps().last {
      bytes["step \(step)"] = try Foundation.Data(contentsOf: store.url(ofStep: step))
    }
    return bytes
  }
}
