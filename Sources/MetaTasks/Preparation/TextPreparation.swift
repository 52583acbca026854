public import Files
public import Foundation
public import Tensors

/// How texts become numbers of their words, as a network was trained on them.
///
/// It belongs into every model file, so that new texts are treated as those of the training.
public struct TextPreparation: Preparation, Hashable {
  /// The name of the input of words, int32 `[length]`, filled up with zeros.
  public static let tokensName = "tokens"
  /// The name of the input of how many words there are, int32 `[]`.
  public static let lengthName = "length"
  /// The lengths that can be asked for.
  static let lengths = 1...1024

  /// Which word has which number.
  public let vocabulary: Vocabulary
  /// The most words of a text that are read; longer ones are cut.
  public let length: Int

  /// Describes a preparation.
  public init(vocabulary: Vocabulary, length: Int) {
    self.vocabulary = vocabulary
    self.length = length
  }

  /// The words of a text, and how many there are.
  public var inputs: [InputDescription] {
    [
      InputDescription(Self.tokensName, shape: [length], valueCount: vocabulary.valueCount),
      InputDescription(Self.lengthName, shape: .scalar, valueCount: length + 1),
    ]
  }

  /// The numbers of the words of texts: `tokens` int32 `[texts, length]`, `length` int32 `[texts]`.
  ///
  /// Throws at the first text without words.
  public func values(
    of items: [String], _ reading: Reading
  ) throws(ReadError) -> NamedTree<TensorValue> {
    var rows = TextRows()
    for text in items {
      guard Tokenizer.hasWords(text) else {
        let shown = String(text.prefix(40)).debugDescription
        throw ReadError(.damaged, file: shown, Tokenizer.wordless)
      }
      rows.append(text, self)
    }
    return rows.values(numbers: Array(items.indices), length: length)
  }

  /// The texts of a user's classes, in order of their names: from a table, or from a folder.
  ///
  /// A table (CSV or TSV, plain or .gz) has a header that names a column of texts (`text`, `query`,
  /// `utterance` or `sentence`) and one of classes (`label`, `intent`, `category` or `class`), else
  /// the first two columns are these. A folder has `<class>.txt` for each class, a text on each
  /// line. Throws, with file and line, where there is nothing of the kind, or a text has no words
  /// or class.
  public func classes(at url: URL, _ reading: Reading) throws(ReadError) -> LabelledInputs {
    let classes = try TextClassFiles.classes(at: url)
    let texts = LabelledTexts(classes, preparation: self)
    return LabelledInputs(
      classes: classes.map { ($0.name, $0.texts.count) },
      inputs: texts.values(numbers: Array(0..<texts.textCount)))
  }
}

// MARK: In model files

extension TextPreparation {
  /// The name in model files.
  public static var kind: String { "text" }
  /// What one item is.
  public static var itemName: String { "text" }
  /// A table of texts and their classes, or a file of texts for each class.
  public static var supportForm: String { "TABLE.csv, or FOLDER/<class>.txt" }

  /// The length, and the words with how many training texts have them.
  public var json: JSONValue {
    [
      "length": .integer(length), "unknown": .integer(Vocabulary.unknownCount),
      "texts": .integer(vocabulary.textCount),
      "words": .array(vocabulary.words.map { .string($0) }),
      "counts": .array(vocabulary.textCounts.map { .integer($0) }),
    ]
  }

  /// Reads what `json` wrote.
  public init(json: JSONValue) throws(PreparationError) {
    guard let length = json["length"]?.integer, Self.lengths.contains(length) else {
      throw PreparationError("its length is missing or out of bounds")
    }
    guard json["unknown"]?.integer == Vocabulary.unknownCount else {
      throw PreparationError("its numbers of unknown words are not \(Vocabulary.unknownCount)")
    }
    guard let words = json["words"]?.elements(\.string), words.count <= 1 << 23,
      Set(words).count == words.count, words.allSatisfy({ Tokenizer.words(of: $0) == [$0] })
    else { throw PreparationError("its words are missing, or are not words that differ") }
    guard let texts = json["texts"]?.integer, let counts = json["counts"]?.elements(\.integer),
      texts < 1 << 32, counts.count == words.count,
      counts.allSatisfy({ 1 <= $0 && $0 <= texts }), texts >= 0
    else { throw PreparationError("its numbers of texts are missing or do not go together") }
    self.init(
      vocabulary: Vocabulary(words: words, textCounts: counts, textCount: texts), length: length)
  }
}
