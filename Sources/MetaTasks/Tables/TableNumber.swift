/// Numbers as tables write them.
enum TableNumber {
  /// What stands where a number is missing, in small letters.
  static let missing: Set<String> = [
    "", "na", "n/a", "nan", "null", "none", "-", "?", ".",
  ]

  /// The number of a text, where it is a finite one in decimal digits.
  static func value(of text: some StringProtocol) -> Double? {
    guard text.utf8.allSatisfy({ Self.belongs($0) }), let number = Double(text), number.isFinite
    else { return nil }
    return number
  }

  /// Whether a byte may be of a decimal number; Swift reads hexadecimal ones and words too.
  private static func belongs(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
      UInt8(ascii: "+"), UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }
}
