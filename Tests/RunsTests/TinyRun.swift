import Files
import Foundation
import MetaLearning
import MetaTasks
import Runs
import Settings
import TensorPrograms
import Tensors

/// A training of some steps on a handful of built-in characters, done in a second.
struct TinyRun {
  static let dataSet: LoadedDataSet = {
    let characters = ProceduralCharacters(train: 12, validation: 6, test: 6, drawingsPerClass: 6)
    return LoadedDataSet(
      name: "characters", classSplit: "by-number",
      preparation: PicturePreparation(height: 28, width: 28, channels: 1, darkInk: true),
      tasks: Dictionary(uniqueKeysWithValues: Split.allCases.map { ($0, characters.tasks($0)) }))
  }()

  /// One phase, on tasks of varying ways.
  static let yaml = """
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

  /// Steps on all training classes at once, then on episodes.
  static let phasedYAML = """
    task:
      ways: 3
      shots: 1
      queries: 2
    learner:
      kind: cosineHead
      steps: 2
    network:
      width: 2
    training:
      phases:
        - kind: joint
          iterations: 5
          tasksPerStep: 2
          batchSize: 6
          validateEvery: 3
          validationTasks: 4
        - kind: episodes
          iterations: 6
          tasksPerStep: 3
          learningRate: 0.002
          schedule:
            kind: linear
          validateEvery: 3
          validationTasks: 4
      checkpointEvery: 4
    evaluation:
      queries: 3
      episodes: 6
      checkedTasks: 1

    """

  let url: URL
  var overrides: [String] = []
  var threads = 1
  var yaml = TinyRun.yaml
  var dataSet = TinyRun.dataSet
  var catalogues = Catalogues.standard

  init(_ url: URL, overrides: [String] = [], threads: Int = 1) {
    self.url = url
    self.overrides = overrides
    self.threads = threads
  }

  var folder: RunFolder { RunFolder(url) }
  var store: CheckpointStore { CheckpointStore(folder: folder.checkpoints) }

  /// The recipe with its data.
  func prepared() throws -> PreparedRecipe {
    let recipe = try Recipe(yaml: yaml, file: "tiny.yaml", overrides: overrides, catalogues)
    return try PreparedRecipe(recipe, dataSet)
  }

  /// Opens the run, anew or where it was stopped.
  func open() throws -> TrainingRun {
    try TrainingRun(
      try prepared(), claim: try RunClaim(url, resumption: .auto), environment: ["test": true],
      runner: Runner(Runner.Configuration(threads: threads)))
  }

  /// The parameters that the training begins with.
  func initialParameters() throws -> ParameterValues {
    MetaTrainer.initialState(try prepared().configuration()).parameters
  }

  /// Opens the run and goes on with it for so many events of the training, or to the end; what is
  /// wished then is done.
  @discardableResult
  func go(
    events last: Int = .max, then wish: TrainingWish = .stop
  ) throws -> (outcome: TrainingOutcome, warnings: [String]) {
    var run = try open()
    var events = 0
    var warnings: [String] = []
    let outcome = try run.run(wish: { events >= last ? wish : .goOn }) { event in
      switch event {
      case .resumed(_, let found): warnings = found
      case .step, .validation, .phaseEnded: events += 1
      case .trained, .evaluating: break
      }
    }
    return (outcome, warnings)
  }

  /// Goes on with the run to its end, stopping it again and again after so many events; returns how
  /// often it was opened, at most 21 times.
  func goInParts(events: Int) throws -> Int {
    for opening in 1...20 {
      if case .finished = try go(events: events).outcome { return opening }
    }
    return 21
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
