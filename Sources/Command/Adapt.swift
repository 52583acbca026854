import ArgumentParser
import Files
import Foundation
import MetaTasks
import Runs
import TensorPrograms

/// `metalearn adapt RUN --support PATH --output MODEL`.
struct Adapt: CatalogueCommand {
  static let configuration = CommandConfiguration(
    abstract: "Adapt a trained run to your own classes: one small model file comes out.",
    discussion: """
      A folder of pictures holds a folder for each class, with one picture or more:
      FOLDER/<class>/*.png or *.jpg. Texts stand in a table with a column of texts and one of classes,
      or in FOLDER/<class>.txt.

      EXAMPLES:
        metalearn adapt runs/characters-protonet-1 --support signs/ \\
          --output signs.safetensors
        metalearn adapt runs/omniglot --support letters/ --output m.safetensors --json
      """)

  @Argument(help: ArgumentHelp("The run folder, or its model.safetensors.", valueName: "run"))
  var source: String

  @Option(help: ArgumentHelp("Your classes: a folder, or a table of texts.", valueName: "path"))
  var support: String

  @Option(help: ArgumentHelp("The model file to write.", valueName: "model"))
  var output: String

  @OptionGroup var columns: ColumnOptions
  @OptionGroup var readingOptions: ReadingOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var printing: OutputOptions

  func run(_ catalogues: Catalogues) throws {
    StopSignal(ending: "stopped; no model was written")
    let runner = try threads.runner()
    let file = try modelFile()
    let target = URL(fileURLWithPath: output)
    guard target.resolvingSymlinksInPath() != file.resolvingSymlinksInPath() else {
      throw CommandFailure(
        .usage, "--output \(output) is the model that is adapted; choose another file")
    }
    let model = try MetaTrainedModel.read(file, catalogues)
    guard let preparation = model.preparation else {
      throw CommandFailure(
        .badData,
        "\(source) learned from what no files hold, so \(support) cannot be learned; name a run that "
          + "learned from pictures or texts")
    }
    let reading = readingOptions.reading(isQuiet: printing.quiet, columns.names)
    let inputs = try preparation.classes(at: URL(fileURLWithPath: support), reading)
    let clock = ContinuousClock()
    let start = clock.now
    let adapted = try AdaptedModel(
      adapting: model, to: inputs, named: support, runner: runner)
    let seconds = (clock.now - start) / .seconds(1)
    try adapted.write(to: target)
    let item = type(of: preparation).itemName
    let printer = FigurePrinter(isJSON: printing.json)
    printer.line(
      "adapted to \(counted(adapted.classes.count, "class")), \(counted(inputs.count, item)), in "
        + "\(seconds.withDecimals(3)) s: \(output)")
    for category in inputs.classes { printer.line("  \(category.name): \(category.count)") }
    printer.show(next: ["metalearn predict \(ShellWord.of(output)) \(item.uppercased())..."])
    if printing.json {
      let object: JSONValue = [
        "schema": 1, "command": "adapt", "run": .string(source), "model": .string(output),
        "classes": .array(adapted.classes.map(JSONValue.string)),
        "examples": .integer(inputs.count), "seconds": .number(seconds),
      ]
      Terminal.result("\(object)")
    }
  }

  private func modelFile() throws -> URL {
    let url = URL(fileURLWithPath: source)
    if source.hasSuffix(".safetensors") { return url }
    let folder = try RunFolder.existing(at: url)
    guard FileManager.default.fileExists(atPath: folder.model.path) else {
      throw CommandFailure(
        .missingInput,
        "\(source) has no model yet; go on with: metalearn train --output "
          + "\(ShellWord.of(source)) --resume auto")
    }
    if !folder.isFinished {
      Terminal.note("metalearn: \(source) is not finished; its best parameters so far are adapted")
    }
    return folder.model
  }
}
