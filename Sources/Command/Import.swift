import ArgumentParser
import Files
import Foundation
import MetaTasks
import Runs

/// `metalearn import WEIGHTS`.
struct Import: CatalogueCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take over Conv4 weights of another program and judge them like a run of this one.",
    discussion: """
      WEIGHTS is a safetensors file of learn2learn, torchmeta, easyfsl or a program like them. The
      recipe says what they are: learner, network and tasks. PyTorch's strided networks have the form
      paddedStrides, and their normalization learned biases beside it.

      EXAMPLES:
        metalearn import l2l.safetensors Recipes/omniglot-protonet.yaml --output runs/l2l \\
          --set network.form=maxPool --set network.width=64 --set network.convolutionBias=true
        metalearn import omniglot.safetensors omniglot-mamlpp.yaml --set network.form=paddedStrides
      """)

  @Argument(help: "The weights, a safetensors file.")
  var weights: String

  @Argument(help: "The recipe that says what they are, a YAML file.")
  var recipe: String

  @Option(help: ArgumentHelp("The run folder (default: runs/NAME-1, ...).", valueName: "folder"))
  var output: String?

  @OptionGroup var recipeOptions: RecipeOptions
  @OptionGroup var place: DataOptions
  @OptionGroup var readingOptions: ReadingOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var printing: OutputOptions

  func run(_ catalogues: Catalogues) throws {
    StopSignal(ending: "stopped before all test tasks were done")
    let runner = try threads.runner()
    let url = URL(fileURLWithPath: weights)
    let found = try ForeignWeights(url)
    let prepared = try place.prepared(
      recipe, recipeOptions.all(seed: nil, ""), catalogues,
      readingOptions.reading(isQuiet: printing.quiet))
    // What does not fit is told before a folder is made.
    _ = try found.parameters(of: prepared)
    let name = url.deletingPathExtension().lastPathComponent
    let claim =
      try output.map { try RunClaim(URL(fileURLWithPath: $0), resumption: .never) }
      ?? RunClaim(newIn: URL(fileURLWithPath: "runs"), named: name)
    let run = try ImportedRun(
      found, prepared, claim: claim, environment: prepared.environment(runner))
    var printer = TrainingPrinter(isQuiet: printing.quiet)
    let judged = try run.evaluate(runner) { part, done, count in
      printer.show(.evaluating(part, done: done, of: count))
    }
    printer.end()
    guard let judged else { return }
    let figures = FigurePrinter(isJSON: printing.json)
    figures.show(judged.figures, prepared)
    figures.line("run folder \(claim.folder.url.path)")
    if printing.json { Terminal.result("\(judged.result)") }
  }
}
