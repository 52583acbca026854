internal import Files
public import Foundation
public import MetaTasks

/// What some system said of queries, each asked in one company or several, as it stands in a file.
///
/// A CSV file begins with a header; columns `query` and `company` say what was asked and together
/// with what, and all others are what was said. In a file of JSON lines each line is an object with
/// these members; a list of numbers counts as a number for each element.
public struct RecordedPredictions: Sendable {
  /// What was said of a query in one company.
  public struct Answer: Sendable, Hashable {
    /// The query, by name or number.
    public let query: String
    /// What it was asked with, by name or number.
    public let company: String
    /// What was said, by column.
    public let said: [Value]
    /// The line of the file.
    public let line: Int
  }

  /// One thing that was said.
  public struct Value: Sendable, Hashable {
    /// The name of its column.
    public let column: String
    /// What stands there: a number, or a text such as the name of a class.
    public let text: String

    /// The number, where it is one.
    public var number: Double? { Double(text) }
  }

  /// The answers, in the order of the file.
  public let answers: [Answer]

  private static let keys = ["query", "company"]

  /// Reads a file of JSON lines, where its first character is a brace, or else of CSV.
  public init(_ file: URL) throws {
    try self.init(try OpenFile.bytes(of: file.path), name: file.path)
  }

  /// The same from memory; `name` is what errors call the file.
  public init(_ bytes: [UInt8], name: String) throws(ReadError) {
    let first = bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    answers =
      first == UInt8(ascii: "{")
      ? try Self.objects(bytes, name) : try Self.records(bytes, name)
  }

  private static func records(_ bytes: [UInt8], _ name: String) throws(ReadError) -> [Answer] {
    let reader = try TableReader(bytes, name: name, ColumnNames(header: .first))
    let columns = reader.format.columns
    guard let query = columns.firstIndex(of: keys[0]),
      let company = columns.firstIndex(of: keys[1]),
      columns.count > 2
    else { throw lacking(name, line: 1, has: columns) }
    var answers: [Answer] = []
    while let row = try reader.next() {
      let said = columns.indices.filter { $0 != query && $0 != company }.map {
        Value(column: columns[$0], text: row.text($0).trimmingCharacters(in: .whitespaces))
      }
      answers.append(
        Answer(query: row.text(query), company: row.text(company), said: said, line: row.line))
    }
    return answers
  }

  private static func objects(_ bytes: [UInt8], _ name: String) throws(ReadError) -> [Answer] {
    var answers: [Answer] = []
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (number, line) in lines.enumerated()
    where line.contains(where: { ![0x20, 0x09, 0x0D].contains($0) }) {
      let object: JSONValue
      do throws(JSONError) {
        object = try JSONValue(parsing: line)
      } catch {
        throw ReadError(.damaged, file: name, "line \(number + 1): \(error)")
      }
      let members = object.object ?? []
      let said = members.filter { !keys.contains($0.key) }.flatMap(values)
      guard let query = object[keys[0]].flatMap(text), let company = object[keys[1]].flatMap(text),
        !said.isEmpty
      else { throw lacking(name, line: number + 1, has: members.map(\.key)) }
      answers.append(Answer(query: query, company: company, said: said, line: number + 1))
    }
    return answers
  }

  private static func values(_ member: JSONValue.Member) -> [Value] {
    guard let elements = member.value.array else {
      return text(member.value).map { [Value(column: member.key, text: $0)] } ?? []
    }
    return elements.enumerated().compactMap { position, element in
      text(element).map { Value(column: "\(member.key)[\(position)]", text: $0) }
    }
  }

  private static func text(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text): text
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    case .boolean(let truth): "\(truth)"
    case .null: "null"
    case .array, .object: nil
    }
  }

  private static func lacking(_ name: String, line: Int, has columns: [String]) -> ReadError {
    ReadError(
      .damaged, file: name,
      "line \(line): columns 'query' and 'company' are needed and one more for what was said, and "
        + "there are: \(columns.joined(separator: ", ")).")
  }
}
