public import ArgumentParser
import Foundation
import MetaLearning
import MetaTasks
public import Runs
import TensorPrograms

/// `metalearn train [RECIPE]`.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Meta-train by a recipe, evaluate on new classes and write a run folder.",
    discussion: """
      Without RECIPE the built-in characters are learned, which needs no download and half a minute.

      EXAMPLES:
        metalearn train
        metalearn train Recipes/omniglot-protonet.yaml --data ../shared/data \\
          --output runs/omniglot --resume auto
      """)

  @Argument(help: "The recipe, a YAML file (default: the built-in one, or that of the run).")
  var recipe: String?

  @Option(
    help: ArgumentHelp("The run folder (default: runs/NAME-1, -2, ...).", valueName: "folder"))
  var output: String?

  @Option(help: "auto: go on where --output holds a run, and leave a finished one as it is; never.")
  var resume: RunClaim.Resumption = .never

  @Option(help: "Decides first parameters and tasks, as --set training.seed=N.")
  var seed: Int?

  @OptionGroup var recipeOptions: RecipeOptions
  @OptionGroup var place: DataOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var printing: OutputOptions

  func run() throws {
    let execution = try threads.execution()
    let overrides = recipeOptions.all(seed: seed, "training.seed")
    let recipe = try chosenRecipe(overrides)
    if resume == .auto, let named, named.isFinished { return try showFinished(named, recipe) }
    let stop = StopSignal()
    let prepared = try PreparedRecipe(recipe, from: place.dataSets)
    let claim = try claim(for: recipe)
    if claim.state == .finished { return try showFinished(claim.folder, recipe) }
    let url = claim.folder.url
    var run = try TrainingRun(
      prepared, claim: claim, environment: environment(prepared, execution), execution: execution)
    if !printing.quiet {
      Terminal.note("\(TrainingPrinter.title(prepared)); run folder \(shown(url))")
    }
    switch try outcome(of: &run, until: stop) {
    case .finished(let result, let figures):
      FigurePrinter(isJSON: printing.json).show(figures, prepared)
      FigurePrinter(isJSON: printing.json).show(next: nextSteps(shown(url), prepared))
      if printing.json { Terminal.result("\(result)") }
    case .interrupted(let step):
      let message =
        "stopped at step \(step), and a checkpoint is written; go on with: "
        + "metalearn train --output \(shown(url)) --resume auto\(place.words)"
      Terminal.note("metalearn: \(message)")
      throw CommandExit(
        code: stop.exitCode ?? ExitStatus.interrupted.rawValue, message: message)
    }
  }

  private func outcome(
    of run: inout TrainingRun, until stop: StopSignal
  ) throws -> TrainingOutcome {
    var printer = TrainingPrinter(isQuiet: printing.quiet)
    defer { printer.end() }
    return try run.run(isStopped: { stop.exitCode != nil }, report: { printer.show($0) })
  }

  /// The folder that `--output` names.
  private var named: RunFolder? { output.map { RunFolder(URL(fileURLWithPath: $0)) } }

  private func chosenRecipe(_ overrides: [String]) throws -> Recipe {
    if let recipe { return try Recipe(url: URL(fileURLWithPath: recipe), overrides: overrides) }
    if resume == .auto, let named, named.isRun {
      return try Recipe(url: named.recipe, overrides: overrides)
    }
    return try Recipe.standard(overrides: overrides)
  }

  private func claim(for chosen: Recipe) throws -> RunClaim {
    if let named { return try RunClaim(named.url, resumption: resume) }
    let name =
      recipe.map { URL(fileURLWithPath: $0).deletingPathExtension().lastPathComponent }
      ?? "characters-\(chosen.learner.kind.rawValue)"
    return try RunClaim(newIn: URL(fileURLWithPath: "runs"), named: name)
  }

  private func showFinished(_ folder: RunFolder, _ recipe: Recipe) throws {
    try TrainingRun.check(recipe, against: folder)
    let result = try folder.readResult()
    Terminal.note("\(folder.url.path) is finished and left as it is")
    if printing.json { Terminal.result("\(result)") }
  }

  private func environment(
    _ prepared: PreparedRecipe, _ execution: Runner.Configuration
  ) -> JSONValue {
    RunEnvironment.current(
      version: programVersion, arguments: CommandLine.arguments, threads: execution.threads,
      further: [
        .init("instructionSet", .string(execution.kernels.name)),
        .init("dataSet", prepared.dataDescription),
      ])
  }

  private func shown(_ url: URL) -> String {
    let here = URL(fileURLWithPath: ".").standardizedFileURL.path + "/"
    let path = url.standardizedFileURL.path
    return ShellWord.of(path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path)
  }

  private func nextSteps(_ run: String, _ prepared: PreparedRecipe) -> [String] {
    let evaluate = "metalearn evaluate \(run) --episodes 1000\(place.words)"
    guard prepared.dataSet.preparation != nil else { return [evaluate] }
    return [
      "metalearn adapt \(run) --support FOLDER --output model.safetensors   # FOLDER/<class>/*.png",
      "metalearn predict model.safetensors PICTURE...", evaluate,
    ]
  }
}

extension RunClaim.Resumption: ExpressibleByArgument {}
