import ArgumentParser
import Foundation
import MetaLearning
import MetaTasks
import Runs
import TensorPrograms

/// `metalearn evaluate RUN...`.
struct Evaluate: CatalogueCommand {
  static let configuration = CommandConfiguration(
    abstract: "Evaluate one run on test tasks, or compare two on the same tasks.",
    discussion: """
      Test task number i is a function of the test seed and i alone, so that two runs are compared
      in pairs.

      EXAMPLES:
        metalearn evaluate runs/characters-protonet-1 --episodes 1000
        metalearn evaluate runs/maml runs/protonet --json
      """)

  @Argument(help: "Run folders, one or two.")
  var runs: [String]

  @Option(help: "Decides the test tasks, as --set evaluation.seed=N.")
  var seed: Int?

  @OptionGroup var recipeOptions: RecipeOptions
  @OptionGroup var place: DataOptions
  @OptionGroup var readingOptions: ReadingOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var printing: OutputOptions

  func validate() throws {
    guard (1...2).contains(runs.count) else {
      throw ValidationError("name one run, or two to compare, not \(runs.count)")
    }
  }

  func run(_ catalogues: Catalogues) throws {
    StopSignal(ending: "stopped before all test tasks were done")
    let runner = try threads.runner()
    let overrides = recipeOptions.all(seed: seed, "evaluation.seed")
    let reading = readingOptions.reading(isQuiet: printing.quiet)
    var evaluations: [RunEvaluation] = []
    for path in runs {
      let folder = try RunFolder.existing(at: URL(fileURLWithPath: path))
      let evaluation = try RunEvaluation(
        folder, overrides: overrides, from: place.dataSets(catalogues, reading), catalogues)
      if evaluation.isUnfinished {
        Terminal.note(
          "metalearn: \(path) is not finished; its best parameters so far are evaluated")
      }
      if let first = evaluations.first { try evaluation.expectSameTasks(as: first) }
      evaluations.append(evaluation)
    }
    for index in evaluations.indices {
      try evaluate(&evaluations[index], named: runs[index], runner)
    }
    show(evaluations)
  }

  private func evaluate(
    _ evaluation: inout RunEvaluation, named name: String, _ runner: Runner
  ) throws {
    var printer = TrainingPrinter(isQuiet: printing.quiet)
    defer { printer.end() }
    try evaluation.run(runner) { part, done, count in
      printer.show(.evaluating("\(name): \(part)", done: done, of: count))
    }
  }

  private func show(_ evaluations: [RunEvaluation]) {
    let printer = FigurePrinter(isJSON: printing.json)
    for (run, evaluation) in zip(runs, evaluations) {
      if evaluations.count > 1 { printer.line("\(run):") }
      if let figures = evaluation.figures { printer.show(figures, evaluation.prepared) }
    }
    if evaluations.count == 2, let difference = evaluations[0].difference(from: evaluations[1]),
      let result = evaluations[0].figures?.result
    {
      let verdict =
        difference.excludesZero
        ? "the interval excludes zero" : "the interval includes zero: no difference is shown"
      printer.line(
        "difference, \(runs[0]) minus \(runs[1]), over the same \(counted(difference.count, "task")): "
          + "\(result.mainMetric.text(difference)) (\(verdict))")
    }
    if printing.json { Terminal.result("\(RunEvaluation.json(evaluations))") }
  }
}
