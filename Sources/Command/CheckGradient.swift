public import ArgumentParser
import Foundation
public import MetaLearning
import MetaTasks
import Runs

/// `metalearn check-gradient RECIPE`.
struct CheckGradient: CatalogueCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-gradient",
    abstract: "Compare a learner's meta-gradient with finite differences on the recipe's tasks.",
    discussion: """
      Each line is a leaf of the parameters, along the direction in which gradient and differences agree
      least. What a gradient leaves out by design, as first-order MAML does, is said and held constant
      for the differences. The exit code is 1 where a gradient differs.

      EXAMPLES:
        metalearn check-gradient Recipes/sinusoid-maml.yaml
        metalearn check-gradient mine.yaml --set learner.steps=2 --tasks 2 --json
      """)

  @Argument(help: "The recipe, a YAML file.")
  var recipe: String

  @Option(help: "Tasks whose mean objective is checked.")
  var tasks = 1

  @Option(help: "Directions at random in which all parameters are moved together.")
  var directions = 3

  @Option(
    help: ArgumentHelp(
      "double, by the definition of each operation, or single, by the programs of training (default: "
        + "double where that takes a minute at most)."))
  var precision: GradientCheck.Precision?

  @OptionGroup var setting: OverrideOptions

  @OptionGroup var place: DataOptions
  @OptionGroup var readingOptions: ReadingOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var printing: OutputOptions

  func validate() throws {
    for (name, value) in [("tasks", tasks), ("directions", directions)]
    where !(1...100).contains(value) {
      throw ValidationError("--\(name) must be between 1 and 100, not \(value)")
    }
  }

  func run(_ catalogues: Catalogues) throws {
    StopSignal(ending: "stopped before the gradient was checked")
    let runner = try threads.runner()
    let prepared = try place.prepared(
      recipe, setting.overrides, catalogues, readingOptions.reading(isQuiet: printing.quiet))
    let report = try prepared.gradientReport(
      tasks: tasks, directions: directions, precision: precision, runner)
    show(report)
    if printing.json { Terminal.result("\(report.json)") }
    if !report.agrees { throw CommandExit(code: ExitStatus.disagreement.rawValue) }
  }

  private func show(_ report: GradientReport) {
    let printer = FigurePrinter(isJSON: printing.json)
    printer.line(report.title)
    for (step, result) in report.moments {
      printer.line("  step \(step), in \(result.precision.rawValue) precision")
      if let approximation = result.approximation {
        printer.line("  by design not the derivative of the objective: \(approximation)")
      }
      printer.table(
        [["", "slope", "by differences", "relative error", ""]]
          + result.findings.map { finding in
            [
              finding.leaf ?? "all together", finding.expected.withDigits(3),
              finding.measured.withDigits(3), finding.relativeError.withDigits(2),
              finding.verdict.words,
            ]
          })
    }
    printer.line(report.verdict)
  }
}

extension GradientCheck.Verdict {
  fileprivate var words: String {
    switch self {
    case .agrees: "agrees"
    case .unmeasured: "cannot be measured"
    case .differs: "DIFFERS"
    }
  }
}

extension GradientCheck.Precision: ExpressibleByArgument {}
