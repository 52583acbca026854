import ArgumentParser
import Files
import Foundation
import MetaTasks
public import Runs
import Settings

/// A command that knows what recipes can name.
protocol CatalogueCommand: ParsableCommand {
  /// Does what the words ask for.
  func run(_ catalogues: Catalogues) throws
}

/// From words to exit code: the one place where errors become lines.
public enum CommandLineSession {
  /// Runs the command that the words ask for, with what recipes can name.
  public static func run(_ words: [String], _ catalogues: Catalogues) -> Int32 {
    Terminal.openStreams()
    // A reader that goes away, such as `head`, ends the output and not the program.
    _ = signal(SIGPIPE, SIG_IGN)
    // A limit on the size of files is an error like a full disk, and not the end of the program.
    _ = signal(SIGXFSZ, SIG_IGN)
    let isJSON = words.contains("--json")
    do {
      if let mistake = unknownSubcommand(words) ?? NamesInUnicode.mistake(in: words) {
        throw mistake
      }
      var command = try Metalearn.parseAsRoot(words)
      if let command = command as? any CatalogueCommand {
        try command.run(catalogues)
      } else {
        try command.run()
      }
      return ExitStatus.success.rawValue
    } catch let exit as CommandExit {
      if isJSON, let message = exit.message { showAsJSON(exit.code, message) }
      return exit.code
    } catch {
      return report(error, isJSON: isJSON)
    }
  }

  /// Ends the process by a failure at a place that cannot throw it.
  static func end(_ failure: CommandFailure) -> Never {
    exit(report(failure, isJSON: CommandLine.arguments.contains("--json")))
  }

  /// Shows an error as JSON where the words ask for that.
  static func showError(_ code: Int32, _ message: String) {
    if CommandLine.arguments.contains("--json") { showAsJSON(code, message) }
  }

  private static func report(_ error: any Error, isJSON: Bool) -> Int32 {
    let failure: CommandFailure
    if let known = CommandFailure(error) {
      failure = known
    } else {
      let code = Metalearn.exitCode(for: error)
      if code == .success {
        Terminal.result(Metalearn.fullMessage(for: error))
        return code.rawValue
      }
      let message = oneLine(Metalearn.message(for: error))
      let clause = message.last == "." ? String(message.dropLast()) : message
      failure =
        code == .validationFailure
        ? CommandFailure(.usage, "\(clause); see --help") : CommandFailure(.internalError, message)
    }
    Terminal.note("metalearn: \(oneLine(failure.description))")
    if isJSON { showAsJSON(failure.status.rawValue, oneLine(failure.description)) }
    return failure.status.rawValue
  }

  private static func showAsJSON(_ code: Int32, _ message: String) {
    let object: JSONValue = ["error": ["code": .integer(Int(code)), "message": .string(message)]]
    Terminal.result("\(object)")
  }

  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
      .joined(separator: " ")
  }

  /// The mistake of a word that is no subcommand where one belongs, with the nearest that is.
  private static func unknownSubcommand(_ words: [String]) -> CommandFailure? {
    var command: any ParsableCommand.Type = Metalearn.self
    for (index, word) in words.enumerated() {
      if index == 0, word == "help" { continue }
      let subcommands = command.configuration.subcommands
      guard !subcommands.isEmpty, !word.hasPrefix("-") else { return nil }
      if let next = subcommands.first(where: { $0._commandName == word }) {
        command = next
        continue
      }
      let names = subcommands.map { $0._commandName } + (index == 0 ? ["help"] : [])
      let question = NearestName.question(for: word, among: names, orElse: ".")
      let written = words[...index].joined(separator: " ")
      return CommandFailure(
        .usage,
        "there is no command '\(written)'\(question) There are: \(names.joined(separator: ", "))")
    }
    return nil
  }
}

/// A command that has said everything and ends with a code of its own.
struct CommandExit: Error {
  let code: Int32
  /// What the object of `--json` says, where no other was printed.
  var message: String?
}
