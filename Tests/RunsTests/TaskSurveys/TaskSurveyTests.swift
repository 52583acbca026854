import Files
import Foundation
import MetaLearning
import MetaTasks
import Runs
import TensorPrograms
import Tensors
import Testing

@Suite struct `A survey of tasks` {
  private let runner = Runner(.init(threads: 1))

  private func survey(_ yaml: String, _ dataSet: LoadedDataSet? = nil) throws -> TaskSurvey {
    let recipe = try Recipe(yaml: yaml, file: "tasks.yaml")
    let prepared = try dataSet.map { try PreparedRecipe(recipe, $0) }
    return try
      (prepared
      ?? PreparedRecipe(
        recipe, from: DataSets(folders: [], cache: nil, catalogue: Catalogues.standard.dataSets)))
      .taskSurvey(tasks: 30, runner)
  }

  @Test func `of built-in characters measures the four demands and warns of nothing`() throws {
    let survey = try survey("evaluation:\n  queries: 5\n")
    #expect(survey.warnings.isEmpty, "\(survey.warnings)")
    #expect(survey.perTask.count == 30 && survey.chance == 0.2)
    #expect(survey.quality.mean > 0.3 && survey.quality.mean < 0.9)
    #expect(abs(survey.withOtherSupport.mean - 0.2) < 0.1)
    let shots = survey.shotCurve
    #expect(shots.count >= 3)
    #expect((shots.last?.quality.mean ?? 0) > (shots.first?.quality.mean ?? 1) + 0.05)
    #expect((survey.testCoverage?.part ?? 0) > 0.5 && survey.duplicates?.acrossSplits == 0)
    #expect(Set(survey.rows.map(\.count)) == [3])
    #expect(survey.json["perTask"]?.array?.count == 30)
  }

  @Test func `of sine curves says what makes sense for numbers`() throws {
    let survey = try survey("task:\n  data: sinusoid\nlearner:\n  kind: maml\n")
    #expect(survey.duplicates == nil && survey.giveaways.isEmpty)
    #expect(survey.trainingCoverage == nil && survey.chance == 0)
    #expect(survey.perTask.allSatisfy { (0...1).contains($0) })
    #expect(survey.variance.map { $0.betweenTasks < 0.2 && $0.betweenClasses == 0 } == true)
  }

  @Test func `finds tasks that are the same each time, easy, and seen before`() throws {
    let survey = try survey(Self.sameTasks, sameSet("same"))
    #expect(survey.solvedPart == 1 && survey.withOtherSupport.mean == 1)
    #expect(survey.warnings.contains { $0.contains("too easy") })
    #expect(survey.warnings.contains { $0.contains("the same in all tasks") })
    #expect(survey.warnings.contains { $0.contains("brightness") })
  }

  @Test func `refuses tasks that act back`() {
    let error = #expect(throws: TaskError.self) {
      try survey("task:\n  data: bernoulli-bandit\nlearner:\n  kind: lstmPolicy\n")
    }
    #expect(error.map { "\($0)".contains("act back") } == true)
  }

  @Test func `is drawn with a mark for each point, and text that is no mark`() throws {
    let survey = try survey(Self.sameTasks, sameSet("a<b&c"))
    let svg = TaskSurveyDrawing(survey).svg
    func count(_ mark: String) -> Int { svg.components(separatedBy: mark).count - 1 }
    #expect(count("<circle") == survey.shotCurve.count)
    #expect(count("<polyline") == 1 && count("<svg") == 1 && svg.hasSuffix("</svg>\n"))
    #expect(count("<g ") == count("</g>") && count("<text") == count("</text>"))
    #expect(svg.contains("a&lt;b&amp;c, 3-way") && !svg.contains("a<b"))
  }

  private static let sameTasks =
    "task:\n  ways: 3\n  queries: 2\nevaluation:\n  queries: 5\nnetwork:\n  kind: mlp\n"

  private func sameSet(_ name: String) -> LoadedDataSet {
    LoadedDataSet(
      name: name, classSplit: "none",
      tasks: Dictionary(uniqueKeysWithValues: Split.allCases.map { ($0, SameTasks()) }))
  }
}

/// Tasks of three classes that have the same numbers each time and are as bright as their numbers.
private struct SameTasks: TaskDistribution {
  let name = "same"

  var signature: Signature {
    Signature(
      inputs: [InputDescription("x", shape: [8])], target: .classes, order: .byClass,
      metrics: [.accuracy])
  }

  func validate(_ shape: EpisodeShape) throws(TaskError) {}

  func episode(_ shape: EpisodeShape, key: RandomKey) -> EpisodeValues {
    func part(_ each: Int, _ name: String) -> ExampleValues {
      let labels = (0..<(shape.ways ?? 0) * each).map { $0 / each }
      let rows = labels.enumerated().flatMap { index, label in
        key.folded(name).folded(index).normal(count: 8).map { Float(label) + 0.02 * $0 }
      }
      return ExampleValues(
        inputs: NamedTree(["x": TensorValue(rows, shape: [labels.count, 8])]),
        targets: TensorValue(labels.map(Int32.init), shape: [labels.count]),
        target: .classes(shape.ways ?? 0))
    }
    return EpisodeValues(support: part(shape.shots, "support"), query: part(shape.queries, "query"))
  }
}
