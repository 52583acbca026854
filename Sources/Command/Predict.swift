import ArgumentParser
import Files
import Foundation
import MetaTasks
import Runs

/// `metalearn predict MODEL FILE...`.
struct Predict: CatalogueCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say for each picture or text which class it belongs to, and how likely that is.",
    discussion: """
      The answer for one does not depend on which others are asked with it.

      EXAMPLES:
        metalearn predict signs.safetensors photos/*.jpg
        metalearn predict signs.safetensors photos/ --unknown --json
      """)

  @Argument(help: "The model file that `metalearn adapt` wrote.")
  var model: String

  @Argument(help: "Pictures, folders of pictures, or texts, as the model was trained on.")
  var files: [String]

  @Flag(help: "Say 'unknown' of what seems to be of none of the classes.")
  var unknown = false

  @OptionGroup var threads: ThreadOptions

  @Flag(help: "Print one JSON object a line, one for each picture.")
  var json = false

  func run(_ catalogues: Catalogues) throws {
    StopSignal(ending: "stopped before all was answered")
    let runner = try threads.runner()
    try refuseRun()
    let model = try AdaptedModel.read(URL(fileURLWithPath: model), catalogues)
    if unknown, model.unknown == nil {
      throw CommandFailure(
        .badData,
        "\(self.model) does not know what is of none of its classes: its run was trained without "
          + "validation classes, with evaluation.unknownTasks=0, or by an older version; train and "
          + "adapt it again")
    }
    let reading = ReadingPrinter(isQuiet: json).reading()
    let files = try model.preparation.items(meantBy: files, reading)
    let answers = try model.answers(forItems: files, runner: runner, reading)
    let names = model.classes + (unknown ? [Self.unknownName] : [])
    let widths = (files.map(\.count).max() ?? 0, names.map(\.count).max() ?? 0)
    var failure: CommandFailure?
    for (file, answer) in zip(files, answers) {
      switch answer {
      case .success(let answer): show(file, answer, model.classes, widths)
      case .failure(let error):
        let found = CommandFailure(error)
        Terminal.note("metalearn: \(found)")
        if json {
          Terminal.result(
            "\(["file": .string(file), "error": .string(found.description)] as JSONValue)")
        }
        failure = failure ?? found
      }
    }
    // What can be read is answered; the first picture that cannot decides how the command ends.
    if let failure { throw CommandExit(code: failure.status.rawValue) }
  }

  /// What is said of an item that is of none of the classes.
  private static let unknownName = "unknown"

  /// Refuses the folder of a run, whose model tells no classes of the user's apart yet.
  private func refuseRun() throws {
    guard RunFolder(URL(fileURLWithPath: model)).isRun else { return }
    throw CommandFailure(
      .usage,
      "\(model) is a run, and a model is wanted that knows your classes; make it from the one inside, "
        + "\(model)/model.safetensors, by: metalearn adapt \(ShellWord.of(model)) --support FOLDER "
        + "--output MODEL")
  }

  private func show(
    _ file: String, _ answer: AdaptedModel.Answer, _ classes: [String], _ widths: (Int, Int)
  ) {
    let isUnknown = unknown && answer.isUnknown == true
    if json {
      let probabilities = zip(classes, answer.probabilities).map {
        JSONValue.Member($0, .number($1))
      }
      let object: JSONValue = [
        "file": .string(file), "class": isUnknown ? .null : .string(answer.category),
        "probability": .number(answer.probability), "probabilities": .object(probabilities),
      ]
      return Terminal.result("\(object)")
    }
    Terminal.result(
      padded(file, widths.0) + padded(isUnknown ? Self.unknownName : answer.category, widths.1)
        + answer.probability.withDecimals(4))
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: width - text.count + 2)
  }
}
