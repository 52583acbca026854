public import Tensors

/// A class with its texts as they were read.
public struct TextClass: Hashable, Sendable {
  /// The name of the class.
  public let name: String
  /// Its texts.
  public var texts: [String]
  /// Texts that are kept for queries; nil where support and queries are drawn from the same.
  public var queries: [String]?

  /// Makes a class.
  public init(name: String, texts: [String], queries: [String]? = nil) {
    self.name = name
    self.texts = texts
    self.queries = queries
  }
}

/// Texts in classes, as numbers of their words and trigrams.
public struct LabelledTexts: Hashable, Sendable {
  /// A class, and which of the texts are its own.
  public struct Category: Hashable, Sendable {
    /// The name of the class.
    public let name: String
    /// The numbers of its texts.
    public let texts: Range<Int>
    /// The numbers of the texts kept for queries, right after the others; nil where there are none.
    public let queries: Range<Int>?
  }

  /// The classes, in the order given.
  public let categories: [Category]
  /// How texts became numbers.
  public let preparation: TextPreparation
  /// How many texts were longer than is read.
  public let cutCount: Int
  private let rows: TextRows
  private let encodings: [Float]

  /// Prepares the texts of classes; `encodings` are what the preparation's encoder makes of them,
  /// class after class, the texts kept for queries after the others.
  public init(_ classes: [TextClass], preparation: TextPreparation, encodings: [Float] = []) {
    self.preparation = preparation
    self.encodings = encodings
    var rows = TextRows()
    var categories: [Category] = []
    for category in classes {
      let first = rows.count
      for text in category.texts { rows.append(text, preparation) }
      let middle = rows.count
      for text in category.queries ?? [] { rows.append(text, preparation) }
      categories.append(
        Category(
          name: category.name, texts: first..<middle,
          queries: category.queries.map { _ in middle..<rows.count }))
    }
    self.categories = categories
    self.rows = rows
    cutCount = rows.cutCount
  }

  /// The number of texts.
  public var textCount: Int { rows.count }

  /// The inputs of texts by their numbers, as their preparation describes them.
  public func values(numbers: [Int]) -> NamedTree<TensorValue> {
    rows.values(numbers: numbers, preparation, encodings)
  }
}

/// Texts as numbers of their words and trigrams.
struct TextRows: Hashable, Sendable {
  private var tokens = NumberRows()
  private var trigrams = NumberRows()
  /// How many texts were longer than a row.
  private(set) var cutCount = 0

  /// The number of texts.
  var count: Int { tokens.lengths.count }

  /// Adds a text, cut to the length of a row.
  mutating func append(_ text: String, _ preparation: TextPreparation) {
    let isCut = tokens.append(text, preparation.vocabulary, length: preparation.length)
    let isCutWithin = trigrams.append(
      text, preparation.trigrams, length: preparation.trigramLength)
    if isCut || isCutWithin { cutCount += 1 }
  }

  /// The inputs of texts by their numbers, with what an encoder made of all texts.
  func values(
    numbers: [Int], _ preparation: TextPreparation, _ encodings: [Float]
  ) -> NamedTree<TensorValue> {
    let words = tokens.values(numbers, preparation.vocabulary, length: preparation.length)
    let parts = trigrams.values(numbers, preparation.trigrams, length: preparation.trigramLength)
    var values: NamedTree<TensorValue> = NamedTree([
      TextPreparation.tokensName: words.numbers,
      TextPreparation.lengthName: TensorValue(
        numbers.map { tokens.lengths[$0] }, shape: [numbers.count]),
      TextPreparation.tokenWeightsName: words.weights,
      TextPreparation.trigramsName: parts.numbers,
      TextPreparation.trigramWeightsName: parts.weights,
    ])
    if let width = preparation.encoding?.width {
      let chosen = numbers.flatMap { encodings[$0 * width..<($0 + 1) * width] }
      values.append(
        .init(
          name: TextPreparation.encodingName,
          leaf: TensorValue(chosen, shape: [numbers.count, width])))
    }
    return values
  }
}

/// Rows of numbers of one vocabulary, each filled up with zeros to one length.
private struct NumberRows: Hashable, Sendable {
  private var all: [Int32] = []
  /// How many numbers of each row count.
  private(set) var lengths: [Int32] = []

  /// Adds the units of a text; whether some are beyond the length.
  mutating func append(_ text: String, _ vocabulary: Vocabulary, length: Int) -> Bool {
    let units = vocabulary.unit.units(of: text)
    let kept = units.prefix(length).map(vocabulary.number)
    all += kept
    all += repeatElement(Vocabulary.padding, count: length - kept.count)
    lengths.append(Int32(kept.count))
    return kept.count < units.count
  }

  /// Some rows, and how rare what each number names is.
  func values(
    _ rows: [Int], _ vocabulary: Vocabulary, length: Int
  ) -> (numbers: TensorValue, weights: TensorValue) {
    var chosen: [Int32] = []
    chosen.reserveCapacity(rows.count * length)
    for row in rows { chosen += all[row * length..<(row + 1) * length] }
    let shape: Shape = [rows.count, length]
    return (
      TensorValue(chosen, shape: shape),
      TensorValue(chosen.map(vocabulary.inverseDocumentFrequency), shape: shape)
    )
  }
}
