import ArgumentParser
import Files
import Foundation
import MetaTasks
import Runs

extension Data {
  /// `metalearn data tasks RECIPE`.
  struct Tasks: CatalogueCommand {
    static let configuration = CommandConfiguration(
      abstract:
        "Look at the tasks of a recipe: whether they are good ones, and what spoils figures.",
      discussion: """
        Good tasks are alike enough that learning some helps with the next, differ enough that there is
        something to learn, show all classes, and more of them would tell more. Told besides:
        duplicates from split to split, single numbers that give the answer away, and tasks that a
        simple control solves already.

        EXAMPLES:
          metalearn data tasks Recipes/omniglot-protonet.yaml
          metalearn data tasks mine.yaml --svg tasks.svg --json
        """)

    @Argument(help: "The recipe, a YAML file.")
    var recipe: String

    @Option(help: "Tasks of each kind that are looked at.")
    var tasks = 200

    @Option(help: ArgumentHelp("Draw curves and a histogram into this file.", valueName: "file"))
    var svg: String?

    @OptionGroup var setting: OverrideOptions

    @OptionGroup var place: DataOptions
    @OptionGroup var readingOptions: ReadingOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var printing: OutputOptions

    func validate() throws {
      guard (2...10_000).contains(tasks) else {
        throw ValidationError("--tasks must be between 2 and 10000, not \(tasks)")
      }
    }

    func run(_ catalogues: Catalogues) throws {
      StopSignal(ending: "stopped before all tasks were looked at")
      let runner = try threads.runner()
      let prepared = try place.prepared(
        recipe, setting.overrides, catalogues, readingOptions.reading(isQuiet: printing.quiet))
      let survey = try prepared.taskSurvey(tasks: tasks, runner)
      let printer = FigurePrinter(isJSON: printing.json)
      printer.line("\(survey.title); \(survey.qualityTitle)")
      printer.table(survey.rows)
      for warning in survey.warnings { printer.line("  to be minded: \(warning)") }
      if let svg {
        try AtomicFile.write(TaskSurveyDrawing(survey).svg, to: URL(fileURLWithPath: svg))
        printer.line("drawn: \(svg)")
      }
      if printing.json { Terminal.result("\(survey.json)") }
    }
  }
}
