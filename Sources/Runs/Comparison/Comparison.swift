public import Files
public import Foundation
internal import MetaLearning
public import MetaTasks
internal import Settings
public import TensorPrograms

/// Trainings by several recipes at the same cost, judged on the same test tasks, in one folder: each
/// recipe with each seed is a *cell*, whose run folder stands beside the others.
public struct Comparison: Sendable {
  /// The folder of the cells and of the table.
  public let folder: URL
  /// What is compared, in the order of the table.
  public let contestants: [Contestant]
  /// All cells, the first seed of every contestant first.
  public let cells: [Cell]
  /// Seconds of each training; nil: as its recipe says.
  public let seconds: Double?
  private let catalogues: Catalogues

  /// A recipe, perhaps with some settings of its own.
  public struct Contestant: Hashable, Sendable {
    /// The name in the table and of folders.
    public let name: String
    /// The file of the recipe.
    public let recipe: URL
    /// Changes of the recipe.
    public let overrides: [String]
  }

  /// A contestant with a seed.
  public struct Cell: Sendable {
    /// What is trained.
    public let contestant: Contestant
    /// Decides first parameters and tasks.
    public let seed: Int
    /// Its run.
    public let run: RunFolder
    /// Whether controls are judged with it: one cell's serve all.
    let judgesControls: Bool

    /// The file of what the comparison keeps of it.
    private var file: URL { run.url.appending(path: "cell.json") }

    /// What was found; nil while it is not at its end.
    public var figures: CellFigures? { run.isFinished ? CellFigures.read(file) : nil }

    fileprivate func keep(_ figures: CellFigures) throws(RunError) { try figures.write(to: file) }
  }

  /// Plans a comparison; nothing is written.
  ///
  /// `variations` are settings with several values, such as `network.normalization=support,running`:
  /// each combination of them is a contestant of its own. Throws where two contestants would have one
  /// name.
  public init(
    of recipes: [URL], variations: [String] = [], seeds: [Int], seconds: Double?,
    overrides: [String], in folder: URL, _ catalogues: Catalogues
  ) throws {
    self.folder = folder
    self.seconds = seconds
    self.catalogues = catalogues
    let variants = try Self.combinations(of: variations)
    contestants = recipes.flatMap { recipe in
      variants.map { variant in
        let name = recipe.deletingPathExtension().lastPathComponent
        return Contestant(
          name: ([name] + variant).joined(separator: " "), recipe: recipe,
          overrides: overrides + variant)
      }
    }
    if let twice = Dictionary(grouping: contestants, by: \.name).first(where: { $1.count > 1 }) {
      throw ResumeError(
        description: "two recipes are called '\(twice.key)'; rename one, since folders and rows of "
          + "the table have the names of recipes")
    }
    let contestants = contestants
    cells = seeds.enumerated().flatMap { position, seed in
      contestants.enumerated().map { number, contestant in
        let name = "\(contestant.name.replacing("/", with: "-")) seed \(seed)"
        return Cell(
          contestant: contestant, seed: seed,
          run: RunFolder(folder.appending(path: name.replacing(" ", with: "-"))),
          judgesControls: position == 0 && number == 0)
      }
    }
  }

  /// Each combination of values of settings, as overrides.
  private static func combinations(of variations: [String]) throws -> [[String]] {
    try variations.reduce([[]]) { combinations, variation in
      let parts = variation.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else {
        throw ResumeError(
          description: "'\(variation)' is not KEY=VALUE,VALUE, such as "
            + "network.normalization=support,running")
      }
      let values = parts[1].split(separator: ",").map { "\(parts[0])=\($0)" }
      return combinations.flatMap { combination in values.map { combination + [$0] } }
    }
  }
}

// MARK: Recipes of cells

extension Comparison {
  /// The recipe of a cell as it is asked for, before its steps are counted out.
  private func recipe(of cell: Cell, fitting: [String] = []) throws -> Recipe {
    let own =
      ["training.seed=\(cell.seed)"] + (cell.judgesControls ? [] : ["evaluation.controls=false"])
    return try Recipe(
      url: cell.contestant.recipe, overrides: cell.contestant.overrides + own + fitting, catalogues)
  }

  /// Reads every recipe and its data, so that mistakes show before hours of training.
  ///
  /// Throws where one cannot be followed, or has other test tasks than the first.
  public func check(_ dataSets: DataSets) throws {
    var first: (name: String, prepared: PreparedRecipe)?
    for cell in cells where cell.seed == cells[0].seed {
      let prepared = try PreparedRecipe(try recipe(of: cell), from: dataSets)
      guard let first else {
        first = (cell.contestant.name, prepared)
        continue
      }
      if let reason = prepared.differenceOfTestTasks(from: first.prepared) {
        throw ResumeError(
          description: "\(cell.contestant.name) and \(first.name) have other test tasks "
            + "(\(reason)); give all the same with --set")
      }
    }
  }

  /// The recipe that a cell follows: that of its run where it was begun, else with as many steps as
  /// fit into the time.
  public func prepared(
    _ cell: Cell, from dataSets: DataSets, _ runner: Runner
  ) throws -> PreparedRecipe {
    let asked = try PreparedRecipe(try recipe(of: cell), from: dataSets)
    guard let seconds else { return asked }
    guard cell.run.isRun else {
      let budget = try TrainingBudget(measuring: asked, runner)
      return try PreparedRecipe(
        try recipe(of: cell, fitting: budget.overrides(seconds: seconds)), asked.dataSet)
    }
    let begun = try Recipe(url: cell.run.recipe, catalogues)
    let counted = ["iterations", "validateEvery", "validationTasks"]
    let change = begun.changes(from: asked.recipe).first { change in
      !counted.contains { change.key.hasSuffix(".\($0)") }
    }
    if let change {
      throw ResumeError(
        description:
          "\(cell.run.url.path) was begun by another recipe (\(change.words) now); choose "
          + "another folder with --output")
    }
    return try PreparedRecipe(begun, asked.dataSet)
  }
}

// MARK: Training

extension Comparison {
  /// Trains and judges a cell, or goes on with it where it was stopped.
  ///
  /// Returns the step at which somebody wished to stop; nil where the cell came to its end.
  public func run(
    _ cell: Cell, _ prepared: PreparedRecipe, environment: JSONValue, _ runner: Runner,
    wish: () -> TrainingWish, report: (TrainingEvent) -> Void
  ) throws -> Int? {
    SystemMemory.forgetPeak()
    let claim = try RunClaim(cell.run.url, resumption: .auto, reopening: cell.run.isFinished)
    var run = try TrainingRun(prepared, claim: claim, environment: environment, runner: runner)
    switch try run.run(wish: wish, report: report) {
    case .interrupted(let step), .pruned(let step): return step
    case .finished(let result, let figures):
      let parameters = try prepared.parameters(of: cell.run)
      try cell.keep(CellFigures(figures, result: result, prepared, of: parameters, runner))
      return nil
    }
  }

  /// The table of the cells that are at their end.
  public func table() -> ComparisonTable {
    let metrics = catalogues.metrics
    let rows = contestants.compactMap { contestant -> ComparisonTable.Row? in
      let found = cells.filter { $0.contestant == contestant }.compactMap(\.figures)
      guard let first = found.first, let metric = metrics[first.metric]?.figure else { return nil }
      return ComparisonTable.Row(
        name: contestant.name, metric: metric, cells: found,
        learnsFromTasks: learnsFromTasks(contestant))
    }
    return ComparisonTable(rows: rows, controls: cells.compactMap(\.figures).flatMap(\.controls))
  }

  /// Whether a phase of the training draws tasks, rather than examples of all classes at once.
  private func learnsFromTasks(_ contestant: Contestant) -> Bool {
    let recipe = try? Recipe(
      url: contestant.recipe, overrides: contestant.overrides, catalogues)
    return recipe?.training.phases.contains { $0.step.name != JointStep.name } ?? true
  }

  /// Writes the table as Markdown and JSON beside the cells.
  public func write(_ table: ComparisonTable) throws(RunError) {
    let (markdown, json) = (table.markdown, "\(table.json)\n")
    try RunError.naming { () throws(FileError) in
      try AtomicFile.write(markdown, to: folder.appending(path: "comparison.md"))
      try AtomicFile.write(json, to: folder.appending(path: "comparison.json"))
    }
  }
}
