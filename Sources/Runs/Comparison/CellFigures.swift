internal import Files
internal import Foundation
internal import MetaLearning
internal import MetaTasks
internal import TensorPrograms
internal import Tensors

/// What a comparison keeps of one training: its figures by task, and what it cost.
public struct CellFigures: Hashable, Sendable {
  /// Something that was judged on the test tasks.
  public struct Judged: Hashable, Sendable {
    /// The name for people.
    public let title: String
    /// The metric that counts on each test task, in order.
    public let perTask: [Double]

    /// Puts what was judged together.
    package init(title: String, perTask: [Double]) {
      self.title = title
      self.perTask = perTask
    }
  }

  /// What training and adapting cost.
  public struct Cost: Hashable, Sendable {
    /// Steps of the training.
    public let steps: Int
    /// Tasks, or mini-batches, that it saw.
    public let tasksSeen: Int
    /// Seconds of training, validation included.
    public let trainingSeconds: Double
    /// Numbers that were learned.
    public let learnedParameters: Int
    /// Milliseconds to adapt to one test task, the median.
    public let adaptationMilliseconds: Double?
    /// The most memory that the process held, in megabytes; nil where the system does not tell.
    public let peakMegabytes: Double?

    /// Puts costs together.
    package init(
      steps: Int, tasksSeen: Int, trainingSeconds: Double, learnedParameters: Int,
      adaptationMilliseconds: Double?, peakMegabytes: Double?
    ) {
      self.steps = steps
      self.tasksSeen = tasksSeen
      self.trainingSeconds = trainingSeconds
      self.learnedParameters = learnedParameters
      self.adaptationMilliseconds = adaptationMilliseconds
      self.peakMegabytes = peakMegabytes
    }
  }

  /// The name of the metric that counts.
  public let metric: String
  /// The learner, each query by itself unless `leaks`.
  public let own: Judged
  /// The mean where predictions see all queries; nil where that is not another figure.
  public let transductive: Double?
  /// Whether predictions look at other queries, which makes `own` a transductive figure.
  public let leaks: Bool
  /// The expected calibration error; nil where answers are no classes.
  public let calibrationError: Double?
  /// The figure of guessing; nil where nothing is to be guessed.
  public let chance: Double?
  /// Controls on the same tasks, where this training was asked for them.
  public let controls: [Judged]
  /// What it cost.
  public let cost: Cost

  /// Puts figures together.
  package init(
    metric: String, own: Judged, transductive: Double?, leaks: Bool, calibrationError: Double?,
    chance: Double?, controls: [Judged], cost: Cost
  ) {
    self.metric = metric
    self.own = own
    self.transductive = transductive
    self.leaks = leaks
    self.calibrationError = calibrationError
    self.chance = chance
    self.controls = controls
    self.cost = cost
  }
}

// MARK: Files

extension CellFigures {
  /// Writes the figures to a file, which is there whole or not at all.
  func write(to url: URL) throws(RunError) {
    let text = "\(json)\n"
    try RunError.naming { () throws(FileError) in try AtomicFile.write(text, to: url) }
  }

  /// Reads figures; nil where the file is not there or not of this form.
  static func read(_ url: URL) -> CellFigures? {
    guard let bytes = try? OpenFile.bytes(of: url.path), let json = try? JSONValue(parsing: bytes)
    else { return nil }
    return CellFigures(json)
  }

  private var json: JSONValue {
    func optional(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }
    return [
      "schema": 1, "metric": .string(metric), "own": own.json,
      "transductive": optional(transductive), "leaks": .boolean(leaks),
      "calibrationError": optional(calibrationError), "chance": optional(chance),
      "controls": .array(controls.map(\.json)), "steps": .integer(cost.steps),
      "tasksSeen": .integer(cost.tasksSeen), "trainingSeconds": .number(cost.trainingSeconds),
      "learnedParameters": .integer(cost.learnedParameters),
      "adaptationMilliseconds": optional(cost.adaptationMilliseconds),
      "peakMegabytes": optional(cost.peakMegabytes),
    ]
  }

  private init?(_ json: JSONValue) {
    guard let metric = json["metric"]?.string, let own = json["own"].flatMap(Judged.init),
      let leaks = json["leaks"]?.boolean, let controls = json["controls"]?.elements(Judged.init),
      let cost = Cost(json)
    else { return nil }
    self.metric = metric
    self.own = own
    self.leaks = leaks
    self.controls = controls
    self.cost = cost
    transductive = json["transductive"]?.number
    calibrationError = json["calibrationError"]?.number
    chance = json["chance"]?.number
  }
}

extension CellFigures.Judged {
  fileprivate var json: JSONValue {
    ["title": .string(title), "perTask": .array(perTask.map(JSONValue.number))]
  }

  fileprivate init?(_ json: JSONValue) {
    guard let title = json["title"]?.string, let perTask = json["perTask"]?.elements(\.number)
    else { return nil }
    self.title = title
    self.perTask = perTask
  }
}

extension CellFigures.Cost {
  fileprivate init?(_ json: JSONValue) {
    guard let steps = json["steps"]?.integer, let tasksSeen = json["tasksSeen"]?.integer,
      let seconds = json["trainingSeconds"]?.number,
      let parameters = json["learnedParameters"]?.integer
    else { return nil }
    self.steps = steps
    self.tasksSeen = tasksSeen
    trainingSeconds = seconds
    learnedParameters = parameters
    adaptationMilliseconds = json["adaptationMilliseconds"]?.number
    peakMegabytes = json["peakMegabytes"]?.number
  }
}

// MARK: Measuring

extension CellFigures {
  /// The figures of a training that came to its end.
  init(
    _ figures: RunFigures, result: JSONValue, _ prepared: PreparedRecipe,
    of parameters: ParameterValues, _ runner: Runner
  ) {
    let found = figures.result
    metric = found.mainMetric.name
    own = Judged(title: prepared.recipe.learner.name, perTask: found.perTask)
    transductive = found.transductiveFigure?.mean
    leaks = figures.leaks
    calibrationError = found.reliability.calibrationError
    chance = figures.chance
    controls = figures.controls.map { Judged(title: $0.title, perTask: $0.result.perTask) }
    cost = Cost(
      steps: result["steps"]?.integer ?? 0, tasksSeen: result["tasksSeen"]?.integer ?? 0,
      trainingSeconds: result["seconds"]?.number ?? 0,
      learnedParameters: result["learnedParameters"]?.integer ?? 0,
      adaptationMilliseconds: prepared.adaptationSeconds(of: parameters, runner).map { $0 * 1000 },
      peakMegabytes: SystemMemory.peak.map { Double($0) / 1e6 })
  }
}

extension PreparedRecipe {
  /// Seconds to adapt to the support set of one test task, the median of some; nil where tasks have
  /// none.
  func adaptationSeconds(of parameters: ParameterValues, _ runner: Runner) -> Double? {
    guard let tasks = dataSet.tasks(.test) as? any TaskDistribution,
      let shape = recipe.evaluation.shape
    else { return nil }
    let support = tasks.episode(shape, key: RandomKey(seed: recipe.evaluation.seed)).support
    let clock = ContinuousClock()
    let seconds = (0..<12).map { _ in
      let start = clock.now
      _ = Predictor(
        learner: learner, parameters: parameters, support: support, runner: runner, owner: owner)
      return (clock.now - start) / .seconds(1)
    }
    // The first one compiles.
    return seconds.dropFirst().sorted()[5]
  }
}
