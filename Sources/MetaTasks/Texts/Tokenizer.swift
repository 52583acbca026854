/// Parts texts into words.
public enum Tokenizer {
  /// The words of a text: runs of letters and digits of any alphabet, with their marks, in small
  /// letters.
  ///
  /// Everything else parts words; a text of these alone has no words.
  public static func words(of text: String) -> [String] {
    // Most texts are ASCII, for which no tables have to be asked.
    if text.utf8.allSatisfy({ $0 < 0x80 }) {
      return text.utf8.split { !isWordByte($0) }
        .map { String(decoding: $0.map(lowered), as: UTF8.self) }
    }
    return text.unicodeScalars.split { !isWordScalar($0) }.map { run in
      run.reduce(into: "") { $0 += $1.properties.lowercaseMapping }
    }
  }

  /// The trigrams of a text: each three letters that follow one another in a word, whose ends count
  /// as blanks.
  ///
  /// `balance` has ` ba`, `bal`, `ala`, `lan`, `anc`, `nce` and `ce `; a word of one letter has one.
  public static func trigrams(of text: String) -> [String] {
    words(of: text).flatMap { word in
      let letters = " \(word) ".unicodeScalars.map(Character.init)
      return (0..<max(1, letters.count - 2)).map { String(letters[$0...].prefix(3)) }
    }
  }

  /// Whether a text has any word.
  static func hasWords(_ text: String) -> Bool { text.unicodeScalars.contains(where: isWordScalar) }

  /// What is wrong with a text that has none, and what words are.
  static let wordless = "a text without words, which are runs of letters and digits."

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }

  private static func lowered(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }

  private static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return isWordByte(UInt8(truncatingIfNeeded: scalar.value)) }
    return switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .nonspacingMark, .spacingMark, .decimalNumber, .letterNumber, .otherNumber:
      true
    default: false
    }
  }
}
