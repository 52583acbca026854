import Tensors

/// What texts are taken apart into.
public enum TextUnit: String, CaseIterable, Hashable, Sendable {
  /// Words.
  case word
  /// Three letters in a row.
  case trigram

  /// The units of a text, in order.
  func units(of text: String) -> [String] {
    switch self {
    case .word: Tokenizer.words(of: text)
    case .trigram: Tokenizer.trigrams(of: text)
    }
  }

  /// Whether a text is one unit.
  func isUnit(_ text: String) -> Bool {
    switch self {
    case .word: Tokenizer.words(of: text) == [text]
    case .trigram: text.unicodeScalars.count == 3
    }
  }
}

/// The words of training texts as numbers, with numbers kept for words that training did not see; or
/// the same of trigrams.
///
/// 0 fills up short texts. From 1 on come the words that at least two training texts have, those of
/// more texts first, equals in the order of their bytes. The last 4,096 numbers, from
/// ``firstUnknown`` on, are for all other words; the letters of a word choose among them. So
/// unknown words are told apart within a task, two of them alike in one case of 4,096, and a
/// learner may still treat all numbers from ``firstUnknown`` on as one. Words of a single training
/// text are among them, from which a learner can learn what an unknown word is worth.
public struct Vocabulary: Hashable, Sendable {
  /// What fills up short texts.
  public static let padding: Int32 = 0
  /// The numbers kept for unknown words.
  public static let unknownCount = 4096
  private static let leastTextCount = 2

  /// Whether its words are words or trigrams.
  public let unit: TextUnit
  /// The words that have numbers of their own, from 1 on.
  public let words: [String]
  /// The number of training texts that have each word.
  public let textCounts: [Int]
  /// The number of training texts.
  public let textCount: Int
  private let numbers: [String: Int32]
  /// The weights of padding, of each word, and of all that are unknown.
  private let frequencies: [Float]

  /// The vocabulary of training texts.
  public init(of texts: some Sequence<String>, unit: TextUnit = .word) {
    var textCount = 0
    var counts: [String: Int] = [:]
    for text in texts {
      textCount += 1
      for word in Set(unit.units(of: text)) { counts[word, default: 0] += 1 }
    }
    let kept = counts.filter { $0.value >= Self.leastTextCount }.sorted { left, right in
      left.value == right.value ? precedesInBytes(left.key, right.key) : left.value > right.value
    }
    self.init(
      words: kept.map(\.key), textCounts: kept.map(\.value), textCount: textCount, unit: unit)
  }

  /// The same from its parts, as model files hold them; the words must differ.
  init(words: [String], textCounts: [Int], textCount: Int, unit: TextUnit) {
    self.unit = unit
    self.words = words
    self.textCounts = textCounts
    self.textCount = textCount
    numbers = Dictionary(uniqueKeysWithValues: zip(words, 1...))
    frequencies =
      [0]
      + (textCounts + [0]).map { count in
        Float(RandomKey.logarithm(Double(1 + textCount) / Double(1 + count)) + 1)
      }
  }

  /// The first number of unknown words.
  public var firstUnknown: Int { 1 + words.count }
  /// How many numbers there are: all are below it.
  public var valueCount: Int { firstUnknown + Self.unknownCount }

  /// The number of a word.
  public func number(of word: String) -> Int32 {
    if let number = numbers[word] { return number }
    let bucket = RandomKey(seed: 0).folded(word).integer(below: Self.unknownCount)
    return Int32(firstUnknown + bucket)
  }

  /// The weight of a number by how few training texts have its word, as TF-IDF uses it.
  ///
  /// log((1 + texts) / (1 + texts with the word)) + 1; the largest for unknown words, 0 for
  /// padding.
  public func inverseDocumentFrequency(of number: Int32) -> Float {
    frequencies[min(Int(number), frequencies.count - 1)]
  }
}
