import ArgumentParser
import Foundation
import MetaTasks
import Runs

/// From words to exit code: the one place where errors become lines.
enum CommandLineSession {
  /// Runs the command that the words ask for.
  static func run(_ words: [String]) -> Int32 {
    Terminal.openStreams()
    // A reader that goes away, such as `head`, ends the output and not the program.
    _ = signal(SIGPIPE, SIG_IGN)
    // A limit on the size of files is an error like a full disk, and not the end of the program.
    _ = signal(SIGXFSZ, SIG_IGN)
    let isJSON = words.contains("--json")
    do {
      if let mistake = unknownSubcommand(words) { throw mistake }
      var command = try Metalearn.parseAsRoot(words)
      try command.run()
      return ExitStatus.success.rawValue
    } catch let exit as CommandExit {
      if isJSON, let message = exit.message { showAsJSON(exit.code, message) }
      return exit.code
    } catch {
      return report(error, isJSON: isJSON)
    }
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
      let help = Metalearn.fullMessage(for: error).contains("metalearn ") ? "see --help" : ""
      failure = CommandFailure(
        .usage, "\(oneLine(Metalearn.message(for: error))); \(help)")
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

  /// The mistake of a first word that is no subcommand, with the nearest that is.
  private static func unknownSubcommand(_ words: [String]) -> CommandFailure? {
    let names = Metalearn.configuration.subcommands.map { $0._commandName } + ["help"]
    guard let word = words.first, !word.hasPrefix("-"), !names.contains(word) else { return nil }
    let question = NearestName.question(for: word, among: names, orElse: ".")
    return CommandFailure(
      .usage, "there is no command '\(word)'\(question) There are: \(names.joined(separator: ", "))"
    )
  }
}

/// A command that has said everything and ends with a code of its own.
struct CommandExit: Error {
  let code: Int32
  /// What the object of `--json` says, where no other was printed.
  var message: String?
}
