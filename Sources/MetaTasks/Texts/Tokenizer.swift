/// Parts texts into words.
public enum Tokenizer {
  /// The words of a text: runs of the letters a to z and of digits, capitals made small.
  ///
  /// Everything else parts words, letters with accents and those of other alphabets too; a text of
  /// these alone has no words.
  public static func words(of text: String) -> [String] {
    text.utf8.split { lowered($0) == nil }
      .map { String(decoding: $0.compactMap(lowered), as: UTF8.self) }
  }

  /// Whether a text has any word.
  static func hasWords(_ text: String) -> Bool { text.utf8.contains { lowered($0) != nil } }

  /// What is wrong with a text that has none, and what words are.
  static let wordless = "a text without words, which are runs of the letters a to z and of digits."

  /// A byte as it stands in words; nil for one that parts them, as all bytes beyond ASCII do.
  private static func lowered(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
    default: nil
    }
  }
}
