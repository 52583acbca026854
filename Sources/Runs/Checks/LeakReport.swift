public import Files
internal import MetaLearning
public import MetaTasks

/// Whether predictions for a query depend on what it was asked with: the house protocol, clause H5,
/// for any system's predictions.
public struct LeakReport: Sendable {
  /// Two answers to one query that differ.
  public struct Leak: Sendable, Hashable {
    /// The query.
    public let query: String
    /// The two companies in which it was asked.
    public let companies: [String]
    /// The lines of the file.
    public let lines: [Int]
    /// The column in which the answers differ most.
    public let column: String
    /// What stands there.
    public let values: [String]
    /// The difference, by the size of the first number or 1; infinite for texts that differ.
    public let difference: Double
  }

  /// Queries that were asked in more than one company.
  public let queryCount: Int
  /// Companies that are named.
  public let companyCount: Int
  /// The difference that is taken for rounding.
  public let tolerance: Double
  /// The largest difference, by the size of the first number or 1.
  public let largestDifference: Double
  /// For each query that is answered otherwise, where that shows most, in the order of the file.
  public let leaks: [Leak]

  /// What differences are taken for rounding, where nobody says.
  public static let usualTolerance = LeakCheck.tolerance

  /// Compares all answers to each query with the first of them.
  ///
  /// Throws where nothing can be judged: no query is asked in two companies, one is asked twice in
  /// the same, or two answers have other columns.
  public init(
    _ predictions: RecordedPredictions, tolerance: Double = usualTolerance, named name: String
  ) throws(ReadError) {
    var first: [String: RecordedPredictions.Answer] = [:]
    var asked: [String: Set<String>] = [:]
    var worst: [String: Leak] = [:]
    var order: [String] = []
    var largest = 0.0
    for answer in predictions.answers {
      guard asked[answer.query, default: []].insert(answer.company).inserted else {
        throw ReadError(
          .damaged, file: name,
          "line \(answer.line): query \(answer.query) is there twice in company \(answer.company); "
            + "give each company in which it was asked a name of its own.")
      }
      guard let other = first[answer.query] else {
        first[answer.query] = answer
        order.append(answer.query)
        continue
      }
      let found = try Self.comparison(other, answer, named: name)
      largest = max(largest, found.difference)
      if found.difference > max(tolerance, worst[answer.query]?.difference ?? 0) {
        worst[answer.query] = found
      }
    }
    queryCount = asked.values.count { $0.count > 1 }
    guard queryCount > 0 else {
      throw ReadError(
        .damaged, file: name,
        "no query is there in two companies, so nothing can be judged; ask the same queries alone "
          + "and together, and name the company in column 'company'.")
    }
    companyCount = Set(predictions.answers.map(\.company)).count
    self.tolerance = tolerance
    largestDifference = largest
    leaks = order.compactMap { worst[$0] }
  }

  /// Where two answers to one query differ most.
  private static func comparison(
    _ one: RecordedPredictions.Answer, _ other: RecordedPredictions.Answer, named name: String
  ) throws(ReadError) -> Leak {
    guard one.said.map(\.column) == other.said.map(\.column) else {
      throw ReadError(
        .damaged, file: name,
        "line \(other.line): query \(other.query) is answered with other columns than in line "
          + "\(one.line).")
    }
    let differences = zip(one.said, other.said).map { difference($0, $1) }
    let most = differences.indices.reduce(0) { differences[$1] > differences[$0] ? $1 : $0 }
    return Leak(
      query: one.query, companies: [one.company, other.company], lines: [one.line, other.line],
      column: one.said[most].column, values: [one.said[most].text, other.said[most].text],
      difference: differences[most])
  }

  private static func difference(
    _ one: RecordedPredictions.Value, _ other: RecordedPredictions.Value
  ) -> Double {
    guard one.text != other.text else { return 0 }
    guard let number = one.number, let otherNumber = other.number else { return .infinity }
    let difference = LeakCheck.difference([number], [otherNumber])
    return difference.isNaN ? .infinity : difference
  }

  /// What it comes to, in a line.
  public var verdict: String {
    leaks.isEmpty
      ? "no leak: each query gets the same answer in all companies (queries compared: \(queryCount))"
      : "leaks: the answer depends on the company for \(leaks.count) of \(queryCount) queries"
  }

  /// The report as one JSON object.
  public var json: JSONValue {
    [
      "schema": 1, "command": "check-leaks", "leaks": .boolean(!leaks.isEmpty),
      "queries": .integer(queryCount), "companies": .integer(companyCount),
      "tolerance": .number(tolerance), "largestDifference": .number(largestDifference),
      "leakingQueries": .integer(leaks.count), "first": leaks.first.map(Self.json) ?? .null,
    ]
  }

  private static func json(_ leak: Leak) -> JSONValue {
    [
      "query": .string(leak.query), "companies": .array(leak.companies.map(JSONValue.string)),
      "lines": .array(leak.lines.map(JSONValue.integer)), "column": .string(leak.column),
      "values": .array(leak.values.map(JSONValue.string)), "difference": .number(leak.difference),
    ]
  }
}
