public import Files
public import Foundation
public import Tensors

/// How texts become numbers of their words and of their trigrams, as a network was trained on them.
///
/// It belongs into every model file, so that new texts are treated as those of the training.
public struct TextPreparation: Preparation, Hashable {
  /// The name of the input of words, int32 `[length]`, filled up with zeros.
  public static let tokensName = "tokens"
  /// The name of the input of how many words there are, int32 `[]`.
  public static let lengthName = "length"
  /// The name of the input of how rare each word is, float32 `[length]`, 0 behind the end.
  public static let tokenWeightsName = "tokenWeights"
  /// The name of the input of trigrams, int32 `[trigramLength]`, filled up with zeros.
  public static let trigramsName = "trigrams"
  /// The name of the input of how rare each trigram is, float32 `[trigramLength]`.
  public static let trigramWeightsName = "trigramWeights"
  /// The name of the input of what an encoder makes of a text, float32 `[width]`.
  public static let encodingName = "encoding"
  /// The lengths that can be asked for.
  static let lengths = 1...1024
  /// How many trigrams are read for each word that is.
  private static let trigramsOfWord = 6

  /// Which word has which number.
  public let vocabulary: Vocabulary
  /// Which trigram has which number.
  public let trigrams: Vocabulary
  /// The most words of a text that are read; longer ones are cut.
  public let length: Int
  /// The encoder that texts are shown to; nil for none.
  public let encoding: TextEncoding?

  /// Describes a preparation.
  public init(
    vocabulary: Vocabulary, trigrams: Vocabulary, length: Int, encoding: TextEncoding? = nil
  ) {
    self.encoding = encoding
    self.vocabulary = vocabulary
    self.trigrams = trigrams
    self.length = length
  }

  /// Words and trigrams as training texts have them.
  public init(of texts: some Sequence<String>, length: Int, encoding: TextEncoding? = nil) {
    self.init(
      vocabulary: Vocabulary(of: texts), trigrams: Vocabulary(of: texts, unit: .trigram),
      length: length, encoding: encoding)
  }

  /// The most trigrams of a text that are read.
  public var trigramLength: Int { length * Self.trigramsOfWord }

  /// The words of a text, how many there are and how rare, the same of its trigrams, and what an
  /// encoder makes of it where there is one.
  public var inputs: [InputDescription] {
    [
      InputDescription(Self.tokensName, shape: [length], valueCount: vocabulary.valueCount),
      InputDescription(Self.lengthName, shape: .scalar, valueCount: length + 1),
      InputDescription(Self.tokenWeightsName, shape: [length]),
      InputDescription(
        Self.trigramsName, shape: [trigramLength], valueCount: trigrams.valueCount),
      InputDescription(Self.trigramWeightsName, shape: [trigramLength]),
    ] + (encoding.map { [InputDescription(Self.encodingName, shape: [$0.width])] } ?? [])
  }

  /// What the encoder makes of texts, one after the other; nothing where there is none.
  ///
  /// Throws where it cannot be opened, and where reading is stopped.
  func encodings(of texts: [String], _ reading: Reading) throws(ReadError) -> [Float] {
    guard let encoding else { return [] }
    return try encodings(of: texts, by: try encoding.encoder(), reading)
  }

  /// The same by the encoder, which is open.
  func encodings(
    of texts: [String], by encoder: any TextEncoder, _ reading: Reading
  ) throws(ReadError) -> [Float] {
    try encoder.vectors(
      of: texts,
      rarity: { vocabulary.inverseDocumentFrequency(of: vocabulary.number(of: $0)) }, reading)
  }

  /// The inputs of texts, each `[texts, ...]`.
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
    return rows.values(
      numbers: Array(items.indices), self, try encodings(of: items, reading))
  }

  /// The texts of a user's classes, in order of their names: from a table, or from a folder.
  ///
  /// A table (CSV or a relative, or JSON lines, plain or .gz) has a column of texts and one of
  /// classes, which are found by their names or by what repeats itself. A folder has `<class>.txt`
  /// for each class, a text on each line. Throws, with file and line, where there is nothing of the
  /// kind, or a text has no words.
  public func classes(at url: URL, _ reading: Reading) throws(ReadError) -> LabelledInputs {
    let classes = try TextClassFiles.classes(at: url, reading.columns, reading)
    let texts = LabelledTexts(
      classes, preparation: self,
      encodings: try encodings(of: classes.flatMap(\.texts), reading))
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

  /// The length, and the words and trigrams with how many training texts have them.
  public var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("length", .integer(length)), .init("unknown", .integer(Vocabulary.unknownCount)),
      .init("texts", .integer(vocabulary.textCount)), .init("word", vocabulary.json),
      .init("trigram", trigrams.json),
    ]
    if let encoding {
      members.append(
        .init(
          "encoder",
          [
            "path": .string(encoding.path), "digest": .string(encoding.digest),
            "width": .integer(encoding.width),
          ]))
    }
    return .object(members)
  }

  /// Reads what `json` wrote.
  public init(json: JSONValue) throws(PreparationError) {
    guard let length = json["length"]?.integer, Self.lengths.contains(length) else {
      throw PreparationError("its length is missing or out of bounds")
    }
    guard json["unknown"]?.integer == Vocabulary.unknownCount else {
      throw PreparationError("its numbers of unknown words are not \(Vocabulary.unknownCount)")
    }
    guard let texts = json["texts"]?.integer, (0..<(1 << 32)).contains(texts) else {
      throw PreparationError("its number of texts is missing or out of bounds")
    }
    self.init(
      vocabulary: try Vocabulary(json: json["word"], textCount: texts, unit: .word),
      trigrams: try Vocabulary(json: json["trigram"], textCount: texts, unit: .trigram),
      length: length, encoding: try json["encoder"].map(TextEncoding.init))
  }
}

extension TextEncoding {
  /// Reads what a preparation wrote.
  fileprivate init(json: JSONValue) throws(PreparationError) {
    guard let path = json["path"]?.string, let digest = json["digest"]?.string,
      let width = json["width"]?.integer, (1...65_536).contains(width)
    else { throw PreparationError("its encoder has no path, digest or width") }
    self.init(path: path, digest: digest, width: width)
  }
}

extension Vocabulary {
  /// The words, and the number of texts that have each.
  var json: JSONValue {
    [
      "words": .array(words.map { .string($0) }),
      "counts": .array(textCounts.map { .integer($0) }),
    ]
  }

  /// Reads what `json` wrote.
  fileprivate init(
    json: JSONValue?, textCount: Int, unit: TextUnit
  ) throws(PreparationError) {
    let kind = unit.rawValue
    guard let words = json?["words"]?.elements(\.string), words.count <= 1 << 23,
      Set(words).count == words.count, words.allSatisfy(unit.isUnit)
    else { throw PreparationError("its \(kind)s are missing, or are not \(kind)s that differ") }
    guard let counts = json?["counts"]?.elements(\.integer), counts.count == words.count,
      counts.allSatisfy({ 1 <= $0 && $0 <= textCount })
    else { throw PreparationError("its counts of \(kind)s are missing or do not go together") }
    self.init(words: words, textCounts: counts, textCount: textCount, unit: unit)
  }
}
