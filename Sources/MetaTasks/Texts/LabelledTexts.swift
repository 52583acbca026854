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

/// Texts in classes, as numbers of their words.
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

  /// Prepares the texts of classes.
  public init(_ classes: [TextClass], preparation: TextPreparation) {
    self.preparation = preparation
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

  /// The inputs of texts by their numbers: `tokens` int32 `[texts, length]`, `length` int32
  /// `[texts]`.
  public func values(numbers: [Int]) -> NamedTree<TensorValue> {
    rows.values(numbers: numbers, length: preparation.length)
  }
}

/// The numbers of the words of texts, each text a row of one length, filled up with zeros.
struct TextRows: Hashable, Sendable {
  private var tokens: [Int32] = []
  private var lengths: [Int32] = []
  /// How many texts were longer than a row.
  private(set) var cutCount = 0

  /// The number of texts.
  var count: Int { lengths.count }

  /// Adds a text, cut to the length of a row.
  mutating func append(_ text: String, _ preparation: TextPreparation) {
    let words = Tokenizer.words(of: text)
    let kept = words.prefix(preparation.length).map(preparation.vocabulary.number)
    if kept.count < words.count { cutCount += 1 }
    tokens += kept
    tokens += repeatElement(Vocabulary.padding, count: preparation.length - kept.count)
    lengths.append(Int32(kept.count))
  }

  /// The inputs of texts by their numbers, in rows of a length.
  func values(numbers: [Int], length: Int) -> NamedTree<TensorValue> {
    var chosen: [Int32] = []
    chosen.reserveCapacity(numbers.count * length)
    for number in numbers { chosen += tokens[number * length..<(number + 1) * length] }
    return NamedTree([
      TextPreparation.tokensName: TensorValue(chosen, shape: [numbers.count, length]),
      TextPreparation.lengthName: TensorValue(numbers.map { lengths[$0] }, shape: [numbers.count]),
    ])
  }
}
