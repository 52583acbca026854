import Files
import Foundation

/// Parts texts into the pieces of words that BERT knows (Devlin and others 2018, arXiv 1810.04805).
///
/// Words and punctuation are told apart, accents and capitals taken away where the model does so;
/// then each word is the longest known pieces in turn, those within a word with `##` before them.
struct WordPiece: Sendable {
  private let numbers: [String: Int32]
  private let lowersCase: Bool
  private let unknown: Int32
  private let begin: Int32
  private let end: Int32
  private static let longestWord = 100

  /// The pieces of a folder's `tokenizer.json`, or of its `vocab.txt`, a piece on each line.
  ///
  /// Throws where there is neither, or the tokenizer is of another kind.
  init(folder: URL) throws(ReadError) {
    let file = folder.appendingPathComponent("tokenizer.json")
    if Folder.kind(at: file) != .absent {
      try self.init(tokenizer: try Self.json(file), file: file.path)
      return
    }
    let list = folder.appendingPathComponent("vocab.txt")
    let bytes = try Self.bytes(list)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ReadError(.damaged, file: list.path, "it is not UTF-8.")
    }
    let settings = try? Self.json(folder.appendingPathComponent("tokenizer_config.json"))
    let pieces = text.split(separator: "\n", omittingEmptySubsequences: true)
      .map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
    try self.init(
      Dictionary(
        zip(pieces, 0...).map { ($0, Int32($1)) }, uniquingKeysWith: { first, _ in first }),
      lowersCase: settings?["do_lower_case"] != .boolean(false), file: list.path)
  }

  private init(tokenizer: JSONValue, file: String) throws(ReadError) {
    let kind = tokenizer["model"]?["type"]?.string ?? "of no kind"
    guard kind == "WordPiece", let members = tokenizer["model"]?["vocab"]?.object else {
      throw ReadError(
        .damaged, file: file, "a tokenizer \(kind), and WordPiece, that of BERT, is read.")
    }
    var numbers: [String: Int32] = [:]
    for member in members {
      guard let number = member.value.integer.flatMap(Int32.init(exactly:)) else {
        throw ReadError(.damaged, file: file, "the piece '\(member.key)' has no number.")
      }
      numbers[member.key] = number
    }
    try self.init(
      numbers, lowersCase: tokenizer["normalizer"]?["lowercase"] != .boolean(false), file: file)
  }

  /// Knows pieces by their numbers; `file` is what errors call it.
  init(_ numbers: [String: Int32], lowersCase: Bool, file: String) throws(ReadError) {
    guard let unknown = numbers["[UNK]"], let begin = numbers["[CLS]"], let end = numbers["[SEP]"]
    else {
      throw ReadError(.damaged, file: file, "it lacks one of the pieces [UNK], [CLS] and [SEP].")
    }
    self.numbers = numbers
    self.lowersCase = lowersCase
    self.unknown = unknown
    self.begin = begin
    self.end = end
  }

  /// The largest number of a piece.
  var largestNumber: Int32 { numbers.values.max() ?? 0 }

  /// The numbers of a text's pieces, at most `limit`, between those of the beginning and the end.
  func pieces(of text: String, limit: Int) -> [Int32] {
    let within = words(of: text).lazy.flatMap(pieces).prefix(max(0, limit - 2))
    return [begin] + within + [end]
  }

  private func pieces(_ word: String) -> [Int32] {
    let letters = Array(word.unicodeScalars)
    guard letters.count <= Self.longestWord else { return [unknown] }
    var found: [Int32] = []
    var start = 0
    while start < letters.count {
      var end = letters.count
      var number: Int32?
      while end > start {
        var piece = String.UnicodeScalarView()
        if start > 0 { piece.append(contentsOf: "##".unicodeScalars) }
        piece.append(contentsOf: letters[start..<end])
        number = numbers[String(piece)]
        if number != nil { break }
        end -= 1
      }
      guard let number else { return [unknown] }
      found.append(number)
      start = end
    }
    return found
  }

  /// The words and the marks of punctuation of a text.
  private func words(of text: String) -> [String] {
    var words: [String] = []
    var word = String.UnicodeScalarView()
    func endWord() {
      if !word.isEmpty { words.append(String(word)) }
      word = String.UnicodeScalarView()
    }
    for scalar in normalized(text).unicodeScalars {
      switch Self.role(of: scalar) {
      case .letter: word.append(scalar)
      case .blank: endWord()
      case .alone:
        endWord()
        words.append(String(scalar))
      case .nothing: continue
      }
    }
    endWord()
    return words
  }

  private func normalized(_ text: String) -> String {
    guard lowersCase else { return text }
    // Capitals are made small after accents are taken away, as the reference does.
    let plain = text.decomposedStringWithCanonicalMapping.unicodeScalars.filter {
      $0.properties.generalCategory != .nonspacingMark
    }
    return String(String.UnicodeScalarView(plain)).lowercased()
  }

  private enum Role { case letter, blank, alone, nothing }

  private static func role(of scalar: Unicode.Scalar) -> Role {
    if scalar.isASCII, let role = asciiRole(of: UInt8(truncatingIfNeeded: scalar.value)) {
      return role
    }
    if isChinese(scalar.value) { return .alone }
    return switch scalar.properties.generalCategory {
    case .spaceSeparator, .lineSeparator, .paragraphSeparator: .blank
    case .control, .format, .privateUse, .surrogate, .unassigned: .nothing
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      .alone
    default: scalar.value == 0xFFFD ? .nothing : .letter
    }
  }

  /// Of ASCII all that is neither letter nor digit counts as punctuation.
  private static func asciiRole(of byte: UInt8) -> Role? {
    switch byte {
    case 0x20, 0x09, 0x0A, 0x0D: .blank
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: .alone
    case 0..<0x20, 0x7F: .nothing
    default: .letter
    }
  }

  private static func isChinese(_ value: UInt32) -> Bool {
    switch value {
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F,
      0x2B740...0x2B81F, 0x2B820...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }

  private static func bytes(_ file: URL) throws(ReadError) -> [UInt8] {
    try ReadError.naming { () throws(FileError) in
      try OpenFile.bytes(of: file.path, limit: 1 << 28)
    }
  }

  /// The JSON of a file.
  static func json(_ file: URL) throws(ReadError) -> JSONValue {
    let bytes = try bytes(file)
    do throws(JSONError) {
      return try JSONValue(parsing: bytes)
    } catch { throw ReadError(.damaged, file: file.path, "not JSON: \(error).") }
  }
}
