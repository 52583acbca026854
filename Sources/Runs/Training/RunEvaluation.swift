public import Files
internal import Foundation
public import MetaLearning
public import MetaTasks
public import TensorPrograms
internal import Tensors

/// The evaluation of a run that was trained before.
public struct RunEvaluation: Sendable {
  /// The folder of the run.
  public let folder: RunFolder
  /// The run's recipe with its data.
  public let prepared: PreparedRecipe
  /// What was found; nil before `run`.
  public private(set) var figures: RunFigures?
  private let parameters: ParameterValues
  private let isOnOtherData: Bool
  private let editedKeys: [String]
  /// Whether its training is not at its end yet.
  public let isUnfinished: Bool
  private let secondsLimit: Double?
  private var seconds = 0.0

  /// Reads a run and its data; overrides change its recipe, such as `evaluation.episodes=1000`.
  public init(
    _ folder: RunFolder, overrides: [String], from dataSets: DataSets, _ catalogues: Catalogues
  ) throws {
    let recipe = try Recipe(url: folder.recipe, overrides: overrides, catalogues)
    try self.init(folder, try PreparedRecipe(recipe, from: dataSets.alsoFrom(folder)))
  }

  /// Reads the parameters of a run whose recipe and data are there already.
  public init(_ folder: RunFolder, _ prepared: PreparedRecipe) throws {
    self.folder = folder
    self.prepared = prepared
    parameters = try prepared.parameters(of: folder)
    // Of a run without its environment nothing is known.
    let (trained, own) = ((try? folder.readEnvironment())?["dataSet"], prepared.dataDescription)
    isOnOtherData =
      trained.map { trained in
        ["identity", "classSplit", "sha256"].contains {
          trained[$0] != nil && own[$0] != trained[$0]
        }
      } ?? false
    isUnfinished = !folder.isFinished
    secondsLimit =
      (try? folder.readResult())?["stopped"]?.string == StopRule.Reason.seconds.rawValue
      ? prepared.recipe.training.phases.last?.seconds : nil
    editedKeys =
      (try? Recipe(url: folder.recipe, prepared.recipe.catalogues)).map(folder.editedKeys) ?? []
  }

  /// Throws where the test tasks are not those of another evaluation.
  public func expectSameTasks(as other: RunEvaluation) throws {
    guard let reason = prepared.differenceOfTestTasks(from: other.prepared) else { return }
    throw ResumeError(
      description: "\(folder.url.path) and \(other.folder.url.path) have other test tasks "
        + "(\(reason)); give both the same with --set")
  }

  /// Evaluates; `report` is told what is evaluated, how many tasks of it are done and how many there
  /// are.
  public mutating func run(_ runner: Runner, report: (String, Int, Int) -> Void) throws {
    let clock = ContinuousClock()
    let start = clock.now
    let count = prepared.recipe.evaluation.episodes
    var figures = try prepared.testFigures(of: parameters, runner) {
      report($0, $1, count)
      return true
    }
    figures?.isOnOtherData = isOnOtherData
    figures?.editedKeys = editedKeys
    figures?.secondsLimit = secondsLimit
    self.figures = figures
    seconds = (clock.now - start) / .seconds(1)
  }

  /// The mean of the paired differences of two evaluations on the same tasks.
  public func difference(from other: RunEvaluation) -> Figure? {
    guard let figures, let others = other.figures else { return nil }
    return .paired(figures.result.perTask, others.result.perTask)
  }

  /// The figures as one JSON object: of one run; of two, those of the first, then of each as
  /// `runs`, with their `difference`.
  public static func json(_ evaluations: [RunEvaluation]) -> JSONValue {
    let objects = evaluations.map { evaluation in
      JSONValue.object(
        [
          .init("schema", 1), .init("command", "evaluate"),
          .init("run", .string(evaluation.folder.url.path)),
          .init("seconds", .number(evaluation.seconds)),
        ] + (evaluation.figures?.members(evaluation.prepared) ?? []))
    }
    guard objects.count == 2, let difference = evaluations[0].difference(from: evaluations[1]),
      case .object(let first) = objects[0]
    else { return objects.first ?? .object([]) }
    return .object(
      first + [
        .init("runs", .array(objects)),
        .init(
          "difference",
          [
            "of": .array(evaluations.map { .string($0.folder.url.path) }),
            "mean": .number(difference.mean), "ci95": .number(difference.interval),
            "episodes": .integer(difference.count),
            "excludesZero": .boolean(difference.excludesZero),
          ]),
      ])
  }
}

extension PreparedRecipe {
  /// The data as `environment.json` names them.
  public var dataDescription: JSONValue {
    [
      "name": .string(dataSet.name), "identity": .string(dataSet.identity),
      "classSplit": .string(dataSet.classSplit),
      "sha256": .object(
        dataSet.checksums.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) }),
      "notes": .array(dataSet.notes.map(JSONValue.string)),
    ]
  }
}

extension PreparedRecipe {
  /// Why test tasks are not those of another recipe; nil where they are.
  func differenceOfTestTasks(from other: PreparedRecipe) -> String? {
    let (own, others) = (recipe.evaluation, other.recipe.evaluation)
    if dataSet.identity != other.dataSet.identity
      || dataSet.testChecksums != other.dataSet.testChecksums
    {
      return "data"
    }
    if own.shape != others.shape || own.fewestShots != others.fewestShots {
      return "evaluation.ways, .shots, .fewestShots or .queries"
    }
    if own.metric != others.metric { return "evaluation.metric" }
    return own.seed != others.seed || own.episodes != others.episodes
      ? "evaluation.seed or .episodes" : nil
  }
}

extension LoadedDataSet {
  /// Tells test tasks apart: the checksums of sources, and of the list of test classes.
  fileprivate var testChecksums: [String: String] {
    let others = Split.allCases.filter { $0 != .test }.map(\.classesKey)
    return checksums.filter { !others.contains($0.key) }
  }
}
