import MetaTasks
import Runs
import Testing

/// A file of predictions that cannot be judged.
private struct WrongPredictions: CustomTestStringConvertible, Sendable {
  let text: String
  let says: String

  var testDescription: String { says }

  static let all = [
    Self(text: "", says: "it is empty"),
    Self(text: "query,a,b\n1,0.5,0.5\n", says: "line 1: columns 'query' and 'company'"),
    Self(text: "query,company\n1,x\n", says: "one more for what was said"),
    Self(text: "query,company,a\n1,x\n", says: "line 2: 2 fields, and the header has 3"),
    Self(text: "query,company,a\n1,x,0.5\n2,x,0.5\n", says: "no query is there in two companies"),
    Self(
      text: "query,company,a\n1,x,0.5\n1,x,0.5\n",
      says: "line 3: query 1 is there twice in company x"),
    Self(text: "{\"query\": 1, \"company\": \"x\"}\n", says: "line 1: columns"),
    Self(text: "{\"query\": 1, \"company\":\n", says: "line 1:"),
    Self(
      text: """
        {"query": 1, "company": "x", "scores": [1, 2]}
        {"query": 1, "company": "y", "scores": [1]}
        """, says: "line 2: query 1 is answered with other columns than in line 1"),
  ]
}

@Suite struct `A report of leaks` {
  private func report(_ text: String, tolerance: Double = 1e-5) throws -> LeakReport {
    try LeakReport(
      try RecordedPredictions(Array(text.utf8), name: "p"), tolerance: tolerance, named: "p")
  }

  private static let differing = """
    query;company;cat;dog
    q1;alone;0.25;0.75
    q2;alone;-3;9
    q3;alone;1;0
    q1;all;0.2500001;0.75
    q2;all;-3;9.9
    q2;pairs;-6;9

    """

  @Test func `tells rounding from a leak`() throws {
    let report = try report(Self.differing)
    #expect(report.queryCount == 2 && report.companyCount == 3)
    let leak = try #require(report.leaks.first)
    #expect(report.leaks.count == 1)
    #expect(leak.query == "q2" && leak.companies == ["alone", "pairs"] && leak.lines == [3, 7])
    #expect(leak.column == "cat" && leak.values == ["-3", "-6"] && leak.difference == 1)
    #expect(report.largestDifference == 1)
  }

  @Test(arguments: [(1e-9, 2), (0.5, 1), (1, 0)])
  func `takes for rounding what it is told to`(_ tolerance: Double, _ count: Int) throws {
    #expect(try report(Self.differing, tolerance: tolerance).leaks.count == count)
  }

  @Test func `reads JSON lines, with names of classes too`() throws {
    let lines = """
      {"query": 7, "company": 1, "class": "cat", "scores": [0.5, 1e-9]}

      {"query": 7, "company": 2, "class": "cat", "scores": [0.5, 2e-9]}
      {"query": 8, "company": 1, "class": "cat", "scores": [0.5, 0]}
      {"query": 8, "company": 2, "class": "dog", "scores": [0.5, 0]}
      """
    let report = try report(lines)
    #expect(report.leaks.map(\.query) == ["8"])
    #expect(report.leaks.first?.column == "class" && report.leaks.first?.difference == .infinity)
  }

  @Test(arguments: ["nan", "inf", "cat"])
  func `finds no leak where something that is no number stays the same`(_ text: String) throws {
    #expect(try report("query,company,a\n1,x,\(text)\n1,y,\(text)\n").leaks.isEmpty)
    #expect(try report("query,company,a\n1,x,\(text)\n1,y,0.5\n").leaks.count == 1)
  }

  @Test(arguments: WrongPredictions.all)
  private func `says why a file cannot be judged`(_ row: WrongPredictions) {
    let error = #expect(throws: ReadError.self) { try report(row.text) }
    #expect(error?.kind == .damaged)
    #expect(error?.description.contains(row.says) == true, "\(error?.description ?? "")")
  }
}
