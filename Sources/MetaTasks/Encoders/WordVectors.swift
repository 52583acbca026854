import Files
import Foundation
import TensorFiles
import Tensors

/// Vectors of words that were learned elsewhere: a text is the mean of its words' vectors, each
/// weighed by how rare the word is.
///
/// Read are the text form of word2vec (a line with two numbers first) and of GloVe (without it), plain
/// or .gz, the binary form of word2vec, and an array of NumPy with a row for each line of a list of
/// words beside it (`vectors.npy` and `vectors.txt`).
public struct WordVectors: TextEncoder {
  /// What it is, for people.
  public let words: String
  /// SHA-256 of its files.
  public let digest: String
  /// The extent of a vector.
  public let width: Int
  private let rows: [String: Int]
  private let numbers: [Float]

  private static let widths = 1...8192

  /// Reads a file; throws where it is damaged or of another kind.
  init(_ url: URL) throws(ReadError) {
    var table = Table()
    let name = url.lastPathComponent.lowercased()
    if name.hasSuffix(".npy") {
      table = try Self.array(url)
    } else if name.hasSuffix(".bin") {
      table = try Self.binary(url)
    } else {
      table = try Self.text(url)
    }
    guard table.width > 0, !table.rows.isEmpty else {
      throw ReadError(.damaged, file: url.path, "it has no vectors of words.")
    }
    width = table.width
    rows = table.rows
    numbers = table.numbers
    digest = try DataCache.digest(of: url)
    words = "\(url.lastPathComponent), \(table.rows.count) words, \(table.width) numbers a word"
  }

  /// The weighted means of texts.
  public func vectors(
    of texts: [String], rarity: (String) -> Float, _ reading: Reading
  ) throws(ReadError) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(texts.count * width)
    for (number, text) in texts.enumerated() {
      if number % 4096 == 0 { try reading.goOn(encoded: number, of: texts.count) }
      var sum = [Float](repeating: 0, count: width)
      var total: Float = 0
      for word in Tokenizer.words(of: text) {
        guard let row = rows[word] else { continue }
        let weight = rarity(word)
        total += weight
        for column in 0..<width { sum[column] += weight * numbers[row * width + column] }
      }
      result += total > 0 ? sum.map { $0 / total } : sum
    }
    try reading.goOn(encoded: texts.count, of: texts.count)
    return result
  }
}

// MARK: Files

/// Vectors as they come in; of a word that is there twice the first counts.
private struct Table {
  var width = 0
  var rows: [String: Int] = [:]
  var numbers: [Float] = []

  mutating func add(_ word: String, _ vector: some Collection<Float>) {
    guard rows[word] == nil else { return }
    rows[word] = rows.count
    numbers.append(contentsOf: vector)
  }
}

extension WordVectors {
  /// The text forms, told apart by the first line.
  private static func text(_ url: URL) throws(ReadError) -> Table {
    let lines = try LineReader(url)
    var table = Table()
    var line = 0
    while let bytes = try lines.next() {
      line += 1
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw ReadError(.damaged, file: url.path, "line \(line): it is not UTF-8.")
      }
      let parts = text.split(separator: " ")
      if line == 1, parts.count == 2, parts.allSatisfy({ Int($0) != nil }) { continue }
      guard parts.count > 1 else { continue }
      if table.width == 0 { table.width = parts.count - 1 }
      // A few words of GloVe have blanks in them.
      let vector = parts.suffix(table.width).compactMap { Float($0) }
      guard parts.count > table.width, vector.count == table.width, widths.contains(table.width)
      else {
        throw ReadError(
          .damaged, file: url.path,
          "line \(line): not a word and \(table.width) numbers; word vectors as GloVe or word2vec "
            + "write them are wanted.")
      }
      table.add(parts.dropLast(table.width).joined(separator: " "), vector)
    }
    return table
  }

  /// The binary form of word2vec: a line with two numbers; then each word, a blank and its numbers.
  private static func binary(_ url: URL) throws(ReadError) -> Table {
    let bytes = try bytes(of: url)
    let head = bytes.prefix(64).prefix { $0 != UInt8(ascii: "\n") }
    let sizes = String(decoding: head, as: UTF8.self).split(separator: " ").compactMap { Int($0) }
    var table = Table()
    guard sizes.count == 2, widths.contains(sizes[1]) else {
      throw ReadError(
        .damaged, file: url.path,
        "not word vectors of word2vec in binary form; fastText's .bin is not read, its .vec is.")
    }
    table.width = sizes[1]
    var position = head.count + 1
    for number in 0..<sizes[0] {
      while position < bytes.count, bytes[position] == UInt8(ascii: "\n") { position += 1 }
      let word = bytes[min(position, bytes.count)...].prefix { $0 != UInt8(ascii: " ") }
      let start = position + word.count + 1
      guard start + 4 * table.width <= bytes.count else {
        throw ReadError(
          .damaged, file: url.path, "it is cut short after \(number) of \(sizes[0]) words.")
      }
      let vector = (0..<table.width).map { column in
        let place = start + 4 * column
        let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[place + $1]) << (8 * UInt32($1)) }
        return Float(bitPattern: bits)
      }
      table.add(String(decoding: word, as: UTF8.self), vector)
      position = start + 4 * table.width
    }
    return table
  }

  /// An array with a row for each line of the list beside it.
  private static func array(_ url: URL) throws(ReadError) -> Table {
    let bytes = try bytes(of: url)
    let value: TensorValue
    do throws(NumPyFile.Fault) { value = try NumPyFile(bytes).value() } catch {
      throw ReadError(.damaged, file: url.path, error.description)
    }
    guard value.shape.rank == 2, value.elementType == .float32, widths.contains(value.shape[1])
    else {
      throw ReadError(
        .damaged, file: url.path, "an array of two axes of numbers is wanted, a row for each word.")
    }
    let list = url.deletingPathExtension().appendingPathExtension("txt")
    let lines = try LineReader(list)
    var table = Table()
    table.width = value.shape[1]
    let numbers = value.floats
    var row = 0
    while let line = try lines.next() {
      guard row < value.shape[0] else { break }
      table.add(
        String(decoding: line, as: UTF8.self),
        numbers[row * table.width..<(row + 1) * table.width])
      row += 1
    }
    guard row == value.shape[0] else {
      throw ReadError(
        .damaged, file: list.path,
        "\(row) words, and the array beside it has \(value.shape[0]) rows.")
    }
    return table
  }

  private static func bytes(of url: URL) throws(ReadError) -> [UInt8] {
    try ReadError.naming { () throws(FileError) in
      try OpenFile.bytes(of: url.path, limit: 1 << 34)
    }
  }
}
