/// Words of commands that a user may copy to a shell.
enum ShellWord {
  /// A word as a shell reads it back, in quotes where it has other signs than plain ones.
  static func of(_ word: String) -> String {
    if !word.isEmpty, word.unicodeScalars.allSatisfy(isPlain) { return word }
    return "'\(word.replacing("'", with: "'\\''"))'"
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "/", ".", "_", "-", "+", ",", ":", "=", "@", "%": true
    default: scalar.value > 127
    }
  }
}
