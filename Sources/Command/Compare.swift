import ArgumentParser
import Files
import Foundation
import MetaTasks
import Runs
import TensorPrograms

/// `metalearn compare RECIPES...`.
struct Compare: CatalogueCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train by several recipes at the same cost and put them into one table.",
    discussion: """
      Every recipe is trained with every seed, one after the other, and judged on the same test tasks.
      With --seconds each training gets as many steps as fit into that time on this machine. What is
      at its end is left as it is: after a stop the same command goes on.

      EXAMPLES:
        metalearn compare Recipes/omniglot-protonet.yaml Recipes/omniglot-reptile.yaml \\
          --seconds 300 --episodes 600 --output board
        metalearn compare Recipes/omniglot-maml-5way-1shot.yaml --seconds 300 \\
          --vary network.normalization=support,taskNorm,running
      """)

  @Argument(help: "The recipes, YAML files; differences are to the first one.")
  var recipes: [String]

  @Option(
    help: ArgumentHelp("The folder of the runs and of the table.", valueName: "folder"))
  var output = "comparison"

  @Option(help: "Seconds of each training (default: as its recipe says).")
  var seconds: Double?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Seeds of the trainings of each recipe.", valueName: "seed"))
  var seeds: [Int] = [0]

  @Option(
    help: ArgumentHelp(
      "A setting with several values, each of which is compared; may be repeated.",
      valueName: "key=value,value"))
  var vary: [String] = []

  @OptionGroup var recipeOptions: RecipeOptions
  @OptionGroup var place: DataOptions
  @OptionGroup var readingOptions: ReadingOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var printing: OutputOptions

  func validate() throws {
    if let seconds, !(seconds >= 1 && seconds <= 1e7) {
      throw ValidationError("--seconds must be between 1 and 10000000, not \(seconds)")
    }
    if let seed = seeds.first(where: { $0 < 0 }) {
      throw ValidationError("--seeds must not be negative, as \(seed) is")
    }
    guard Set(seeds).count == seeds.count else { throw ValidationError("--seeds has one twice") }
  }

  func run(_ catalogues: Catalogues) throws {
    let stop = StopSignal()
    let runner = try threads.runner()
    let comparison = try Comparison(
      of: recipes.map { URL(fileURLWithPath: $0) }, variations: vary, seeds: seeds,
      seconds: seconds, overrides: recipeOptions.all(seed: nil, ""),
      in: URL(fileURLWithPath: output), catalogues)
    let sets = place.dataSets(
      catalogues, readingOptions.reading(isQuiet: printing.quiet, until: stop))
    try stop.naming { try comparison.check(sets) }
    try RunError.naming { () throws(FileError) in try Folder.make(comparison.folder) }
    for (number, cell) in comparison.cells.enumerated() where cell.figures == nil {
      if !printing.quiet {
        Terminal.note(
          "cell \(number + 1) of \(comparison.cells.count): \(cell.contestant.name), seed "
            + "\(cell.seed)")
      }
      try train(cell, of: comparison, sets, runner, until: stop)
      try comparison.write(comparison.table())
    }
    try show(comparison)
  }

  private func train(
    _ cell: Comparison.Cell, of comparison: Comparison, _ sets: DataSets, _ runner: Runner,
    until stop: StopSignal
  ) throws {
    let prepared = try stop.naming { try comparison.prepared(cell, from: sets, runner) }
    var printer = TrainingPrinter(
      isQuiet: printing.quiet, metric: prepared.mainMetric)
    defer { printer.end() }
    let stoppedAt = try comparison.run(
      cell, prepared, environment: prepared.environment(runner), runner,
      wish: { stop.exitCode == nil ? .goOn : .stop }, report: { printer.show($0) })
    guard let stoppedAt else { return }
    let message =
      "stopped at step \(stoppedAt) of \(cell.contestant.name), and a checkpoint is written; the "
      + "same command goes on"
    Terminal.note("metalearn: \(message)")
    throw CommandExit(code: stop.exitCode ?? ExitStatus.interrupted.rawValue, message: message)
  }

  private func show(_ comparison: Comparison) throws {
    let table = comparison.table()
    try comparison.write(table)
    let printer = FigurePrinter(isJSON: printing.json)
    for line in table.markdown.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      printer.line("\(line)")
    }
    if printing.json { Terminal.result("\(table.json)") }
  }
}
