public import ArgumentParser
import Files
import Foundation
import MetaLearning
import MetaTasks
public import Runs
import TensorPrograms

/// `metalearn train [RECIPE]`.
struct Train: CatalogueCommand {
  static let configuration = CommandConfiguration(
    abstract: "Meta-train by a recipe, or on data of your own, and evaluate on new classes.",
    discussion: """
      Without RECIPE the built-in characters are learned, which needs no download and half a minute.
      A folder or zip archive of pictures, <class>/*.png or *.jpg, and a table of texts and their
      classes (CSV, TSV, JSON lines, .gz), a folder of <class>.txt, and features of your own encoder with
      labels (.npz, .npy, .safetensors) are learned from as they are: what tasks to make of them is
      chosen and said (metalearn train intents.csv). A run folder comes out.

      EXAMPLES:
        metalearn train ./photos
        metalearn train Recipes/omniglot-protonet.yaml --data ~/data \\
          --output runs/omniglot --resume auto
      """)

  @Argument(
    help: "The recipe, a YAML file, or data of your own (default: the built-in recipe).")
  var recipe: String?

  @Option(
    help: ArgumentHelp(
      "Begin with what a run learned from other classes; for pictures of your own.",
      valueName: "run"))
  var from: String?

  @Option(
    help: ArgumentHelp("The run folder (default: runs/NAME-1, -2, ...).", valueName: "folder"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "auto: go on with the run of --output, or else the last unfinished one of the recipe, and leave "
        + "a finished one as it is unless the recipe changes; never."))
  var resume: RunClaim.Resumption = .never

  @Option(help: "Decides first parameters and tasks, as --set training.seed=N.")
  var seed: Int?

  @OptionGroup var recipeOptions: RecipeOptions
  @OptionGroup var place: DataOptions
  @OptionGroup var columns: ColumnOptions
  @OptionGroup var readingOptions: ReadingOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var printing: OutputOptions

  func run(_ catalogues: Catalogues) throws {
    let stop = StopSignal()
    let runner = try threads.runner()
    let recipe = try stop.naming { try chosenRecipe(catalogues, until: stop) }
    let rotations = try recipe.rotations()
    let (target, reopens) = try target(for: recipe)
    let reading = readingOptions.reading(isQuiet: printing.quiet, until: stop)
    let sets = place.dataSets(catalogues, reading)
    func rotate(_ folder: RunFolder) throws {
      guard rotations.count > 1 else { return }
      try self.rotate(rotations, in: folder, sets, runner, until: stop)
    }
    if let target, target.isFinished, resume == .auto, !reopens {
      try showFinished(target)
      return try rotate(target)
    }
    let prepared = try stop.naming {
      try PreparedRecipe(recipe, from: target.map(sets.alsoFrom) ?? sets)
    }
    let claim =
      try target.map { try RunClaim($0.url, resumption: resume, reopening: reopens) }
      ?? RunClaim(newIn: Self.runs, named: runName(prepared))
    if claim.state == .finished {
      try showFinished(claim.folder)
      return try rotate(claim.folder)
    }
    var run = try TrainingRun(
      prepared, claim: claim, environment: prepared.environment(runner), runner: runner)
    let folder = shown(claim.folder.url)
    if !printing.quiet { Terminal.note("\(prepared.title); run folder \(folder)") }
    switch try outcome(of: &run, prepared, until: stop) {
    case .finished(let result, let figures):
      FigurePrinter(isJSON: printing.json).show(figures, prepared)
      if printing.json { Terminal.result("\(result)") }
      try rotate(claim.folder)
      FigurePrinter(isJSON: printing.json).show(next: nextSteps(folder, prepared))
    case .interrupted(let step), .pruned(let step): throw stopped(at: step, claim.folder, stop)
    }
  }

  /// Says that a training was stopped, and how it goes on.
  func stopped(at step: Int, _ folder: RunFolder, _ stop: StopSignal) -> CommandExit {
    let message =
      "stopped at step \(step), and a checkpoint is written; go on with: "
      + "metalearn train --output \(shown(folder.url)) --resume auto\(dataWords)"
    Terminal.note("metalearn: \(message)")
    return CommandExit(code: stop.exitCode ?? ExitStatus.interrupted.rawValue, message: message)
  }

  func outcome(
    of run: inout TrainingRun, _ prepared: PreparedRecipe, until stop: StopSignal
  ) throws -> TrainingOutcome {
    var printer = TrainingPrinter(
      isQuiet: printing.quiet, metric: prepared.mainMetric)
    defer { printer.end() }
    return try run.run(
      wish: { stop.exitCode == nil ? .goOn : .stop }, report: { printer.show($0) })
  }

  /// The folder that `--output` names.
  private var named: RunFolder? { output.map { RunFolder(URL(fileURLWithPath: $0)) } }

  private func chosenRecipe(
    _ catalogues: Catalogues, until stop: StopSignal
  ) throws -> Recipe {
    let overrides = recipeOptions.all(seed: seed, "training.seed")
    if let kind = ownKind, resume == .auto, let named, named.isRun, let recipe {
      // What was chosen for the data stands in the run.
      let word = DataSets.word(for: recipe, readBy: kind.dataSet)
      return try Recipe(
        url: named.recipe, overrides: ["task.data=\(word)"] + overrides, catalogues)
    }
    if let data = try ownData(catalogues, until: stop) {
      return try data.recipe(overrides: overrides, catalogues)
    }
    if let recipe {
      return try Recipe(url: URL(fileURLWithPath: recipe), overrides: overrides, catalogues)
    }
    if resume == .auto, let named, named.isRun {
      return try Recipe(url: named.recipe, overrides: overrides, catalogues)
    }
    return try Recipe.standard(overrides: overrides, catalogues)
  }

  /// Where runs are that nobody named.
  private static var runs: URL { URL(fileURLWithPath: "runs") }

  /// The folder to write, where it is there or named, and whether a finished run in it is changed.
  private func target(for recipe: Recipe) throws -> (folder: RunFolder?, reopens: Bool) {
    guard let named else {
      guard resume == .auto else { return (nil, false) }
      let last = RunFolder.lastUnfinished(in: Self.runs, of: recipe)
      if last == nil {
        Terminal.note("no unfinished run of this recipe is in runs/, so a new one starts")
      }
      return (last, false)
    }
    guard resume == .auto, named.isFinished else { return (named, false) }
    return (named, try TrainingRun.changesAnything(recipe, of: named))
  }

  /// The name of a run that nobody named: that of the recipe's file where it says which data are
  /// learned, else data and learner.
  private func runName(_ prepared: PreparedRecipe) -> String {
    let isOfOtherData = recipeOptions.overrides.contains { $0.hasPrefix("task.data=") }
    if let recipe, !isOfOtherData, ownKind == nil {
      return URL(fileURLWithPath: recipe).deletingPathExtension().lastPathComponent
    }
    return "\(prepared.dataSet.name)-\(prepared.recipe.learner.name)"
  }

  private func showFinished(_ folder: RunFolder) throws {
    let result = try folder.readResult()
    Terminal.note("\(folder.url.path) is finished and left as it is")
    if printing.json { Terminal.result("\(result)") }
  }

  func shown(_ url: URL) -> String {
    let here = URL(fileURLWithPath: ".").standardizedFileURL.path + "/"
    let path = url.standardizedFileURL.path
    return ShellWord.of(path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path)
  }

  /// The options that reading the same data again needs.
  var dataWords: String { place.words + readingOptions.words }

  private func nextSteps(_ run: String, _ prepared: PreparedRecipe) -> [String] {
    let evaluate = "metalearn evaluate \(run) --episodes 1000\(dataWords)"
    guard let preparation = prepared.dataSet.preparation else { return [evaluate] }
    let (item, form) = (type(of: preparation).itemName, type(of: preparation).supportForm)
    let needsWays = prepared.recipe.learner.plan.needs.fixesWays
    let count = needsWays ? prepared.ways.map { ", \(counted($0, "class"))" } ?? "" : ""
    return [
      "metalearn adapt \(run) --support PATH --output model.safetensors   # PATH: \(form)\(count)",
      "metalearn predict model.safetensors \(item.uppercased())...", evaluate,
    ]
  }
}

extension RunClaim.Resumption: ExpressibleByArgument {}

extension PreparedRecipe {
  /// What a run of this command may depend on besides its recipe.
  func environment(_ runner: Runner) -> JSONValue {
    RunEnvironment.current(
      version: programVersion, arguments: CommandLine.arguments,
      threads: runner.configuration.threads,
      further: [
        .init("instructionSet", .string(runner.configuration.kernels.name)),
        .init("dataSet", dataDescription),
      ])
  }
}
