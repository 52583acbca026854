import Files
import MetaTasks
import Runs
import Testing

@Suite struct `Published figures beside those of runs` {
  private static let result: JSONValue = [
    "accuracy": ["mean": 0.92, "ci95": 0.004],
    "accuracyTransductive": ["mean": 0.985, "ci95": 0.003], "inductive": true,
  ]

  private func reproduction(
    _ mean: Double, _ interval: Double, transductive: Bool, of result: JSONValue = Self.result
  ) -> Reproduction? {
    Reproduction(
      PublishedFigure(
        mean: mean, interval: interval, isTransductive: transductive, source: "Somebody 2017",
        caveats: ["a caveat"]), of: result, .accuracy)
  }

  @Test func `are compared with what was found in the same way`() throws {
    let together = try #require(reproduction(0.987, 0.004, transductive: true))
    #expect(together.agrees && together.mean == 0.985 && together.isTransductive)
    let text = together.lines.joined(separator: "\n")
    for part in ["98.70% ± 0.40% (transductive)", "Somebody 2017", "92.00%", "a caveat", "agree"] {
      #expect(text.contains(part), "\(part) in \(text)")
    }
    let alone = try #require(reproduction(0.987, 0.004, transductive: false))
    #expect(!alone.agrees && alone.mean == 0.92)
    #expect(alone.lines.last?.contains("worse by 6.70%") == true)
  }

  @Test func `disagree where the figure here is better, too`() throws {
    let better = try #require(reproduction(0.9, 0.01, transductive: false))
    #expect(!better.agrees && better.lines.last?.contains("better by 2.00%") == true)
    #expect(try #require(reproduction(0.9, 0.017, transductive: false)).agrees)
  }

  @Test func `take a figure that is transductive only for what it is`() throws {
    let leaking: JSONValue = [
      "accuracy": ["mean": 0.97, "ci95": 0.01],
      "accuracyTransductive": ["mean": 0.97, "ci95": 0.01],
      "inductive": false,
    ]
    let found = try #require(reproduction(0.97, 0.01, transductive: false, of: leaking))
    #expect(found.isTransductive)
    #expect(reproduction(0.97, 0.01, transductive: false, of: ["loss": 1]) == nil)
  }

  @Test func `are read from recipes`() throws {
    let yaml = """
      published:
        mean: 0.5
        interval: 0.01
        source: somewhere
        caveats: [one, two]

      """
    let recipe = try Recipe(yaml: yaml, file: "r.yaml")
    #expect(recipe.published?.mean == 0.5 && recipe.published?.caveats == ["one", "two"])
    #expect(try Recipe(yaml: recipe.yaml, file: "r.yaml").published == recipe.published)
    #expect(try Recipe(yaml: "task: {}\n", file: "r.yaml").published == nil)
  }
}
