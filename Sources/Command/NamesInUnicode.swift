import Foundation
import Runs

/// Names that are not UTF-8, by which no file can be told here: what came of them stands for
/// another file, and would be made beside it.
enum NamesInUnicode {
  /// The mistake of a word, or of the working folder, whose name is not UTF-8; nil where all are.
  static func mistake(in words: [String]) -> CommandFailure? {
    if let word = words.first(where: isBroken) {
      return CommandFailure(
        .usage, "'\(word)' is not UTF-8; rename the file or folder that it is to mean")
    }
    let folder = FileManager.default.currentDirectoryPath
    guard isBroken(folder) else { return nil }
    return CommandFailure(
      .missingInput,
      "the name of the working folder is not UTF-8 (\(folder)); rename it, or work in another")
  }

  /// Whether letters of a name were lost: there is nothing that has the name that is left.
  private static func isBroken(_ name: String) -> Bool {
    name.unicodeScalars.contains("\u{FFFD}") && !FileManager.default.fileExists(atPath: name)
  }
}
