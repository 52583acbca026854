import Files
import Foundation
import MetaLearning
import MetaTasks
import Runs
import TensorPrograms
import TestMaterial
import Testing

/// Comparisons of tiny trainings on curves.
@Suite struct `Comparisons` {
  private static let yaml = """
    task:
      data: sinusoid
      queries: 4
    learner:
      kind: maml
    network:
      kind: mlp
      hidden: [4]
    training:
      iterations: 12
      validateEvery: 6
      validationTasks: 4
    evaluation:
      queries: 4
      episodes: 6
      checkedTasks: 1

    """

  private let place: TemporaryFolder

  init() throws { place = try TemporaryFolder() }

  private func recipe(_ name: String, _ yaml: String = Self.yaml) throws -> URL {
    let url = place.url.appending(path: "\(name).yaml")
    try Data(yaml.utf8).write(to: url)
    return url
  }

  private func comparison(
    _ recipes: [URL], variations: [String] = [], seeds: [Int] = [0], seconds: Double? = nil,
    overrides: [String] = []
  ) throws -> Comparison {
    try Comparison(
      of: recipes, variations: variations, seeds: seeds, seconds: seconds, overrides: overrides,
      in: place.url.appending(path: "out"), .standard)
  }

  private let runner = Runner(Runner.Configuration(threads: 1))
  private let sets = DataSets(explicit: nil, catalogue: Catalogues.standard.dataSets)

  /// Goes on with a cell; nil where it came to its end.
  @discardableResult
  private func go(
    _ comparison: Comparison, _ cell: Comparison.Cell, events last: Int = .max
  ) throws -> Int? {
    var events = 0
    return try comparison.run(
      cell, try comparison.prepared(cell, from: sets, runner), environment: ["test": true], runner,
      wish: {
        events += 1
        return events > last ? .stop : .goOn
      }, report: { _ in })
  }

  @Test func `train each recipe with each seed and pair them on the same tasks`() throws {
    let comparison = try comparison(
      [try recipe("one"), try recipe("two")], seeds: [0, 3], overrides: ["network.hidden=[5]"])
    try comparison.check(sets)
    #expect(
      comparison.cells.map(\.run.url.lastPathComponent) == [
        "one-seed-0", "two-seed-0", "one-seed-3", "two-seed-3",
      ])
    for cell in comparison.cells { try go(comparison, cell) }
    let table = comparison.table()
    #expect(table.rows.map(\.name) == ["one", "two"])
    #expect(table.rows.map(\.cells.count) == [2, 2])
    // The same recipe with the same seeds: no difference on any task.
    #expect(table.rows[0].perTask == table.rows[1].perTask)
    #expect(table.rows[0].cells[0].own.perTask != table.rows[0].cells[1].own.perTask)
    #expect(table.verdict[0].contains("are not told apart on the same 6 test tasks"))
    #expect(!table.rows[0].cells[0].controls.isEmpty && table.rows[1].cells[0].controls.isEmpty)
  }

  @Test func `go on where they were stopped`() throws {
    let straight = try comparison([try recipe("straight")])
    try go(straight, straight.cells[0])
    let other = try comparison([try recipe("stopped")])
    #expect(try go(other, other.cells[0], events: 5) == 6)
    #expect(other.cells[0].figures == nil && other.table().rows.isEmpty)
    #expect(try go(other, other.cells[0]) == nil)
    let (own, expected) = (other.cells[0].figures, straight.cells[0].figures)
    #expect(own?.own == expected?.own && own?.cost.steps == expected?.cost.steps && own != nil)
  }

  @Test func `count out steps that fit into the time and keep to them`() throws {
    let comparison = try comparison([try recipe("one")], seconds: 1)
    let first = try comparison.prepared(comparison.cells[0], from: sets, runner).recipe
    #expect(first.training.iterations > 12)
    let phase = first.training.phases[0]
    #expect(phase.validateEvery.map { phase.iterations / $0 } == 2)
    let cell = comparison.cells[0]
    #expect(try go(comparison, cell, events: 3) != nil)
    let again = try comparison.prepared(cell, from: sets, runner).recipe
    #expect(again.yaml == (try Recipe(url: cell.run.recipe)).yaml)
    let changed = try self.comparison(
      [place.url.appending(path: "one.yaml")], seconds: 1, overrides: ["network.hidden=[6]"])
    #expect(throws: ResumeError.self) {
      try changed.prepared(changed.cells[0], from: sets, runner)
    }
  }

  @Test func `make a contestant of each combination of values`() throws {
    let comparison = try comparison(
      [try recipe("one")], variations: ["learner.kind=maml,fomaml", "network.hidden=[4]"])
    #expect(
      comparison.contestants.map(\.name) == [
        "one learner.kind=maml network.hidden=[4]", "one learner.kind=fomaml network.hidden=[4]",
      ])
    #expect(throws: ResumeError.self) {
      try self.comparison([try recipe("one")], variations: ["learner.kind"])
    }
  }

  @Test func `refuse two recipes of one name and other test tasks`() throws {
    let one = try recipe("one")
    #expect(throws: ResumeError.self) { try comparison([one, one]) }
    let other = try recipe("other", Self.yaml.replacing("episodes: 6", with: "episodes: 7"))
    let error = #expect(throws: ResumeError.self) {
      try comparison([one, other]).check(sets)
    }
    #expect(error?.description.contains("evaluation.seed or .episodes") == true)
  }
}

@Suite struct `Budgets of trainings` {
  private static let phase = TrainingBudget.Phase(
    section: "training", iterations: 1000, secondsPerStep: 0.5, validateEvery: 250,
    validationTasks: 100, secondsPerValidatedTask: 0.025)

  @Test func `fill the time with steps beside as many validations`() {
    // Four validations take 10 of 60 seconds.
    let budget = TrainingBudget(phases: [Self.phase])
    #expect(
      budget.overrides(seconds: 60) == ["training.iterations=100", "training.validateEvery=25"])
  }

  @Test func `shorten validations that would take too much of it`() {
    // A fifth of 20 seconds is left for 10 of validation.
    let budget = TrainingBudget(phases: [Self.phase])
    #expect(
      budget.overrides(seconds: 20) == [
        "training.iterations=32", "training.validateEvery=8", "training.validationTasks=40",
      ])
  }

  @Test func `keep the proportion of phases`() {
    let phases = ["training.phases.0", "training.phases.1"].enumerated().map { number, section in
      TrainingBudget.Phase(
        section: section, iterations: 100 * (number + 1), secondsPerStep: 0.1, validateEvery: nil,
        validationTasks: 100, secondsPerValidatedTask: 0)
    }
    #expect(
      TrainingBudget(phases: phases).overrides(seconds: 15) == [
        "training.phases.0.iterations=50", "training.phases.1.iterations=100",
      ])
  }
}

@Suite struct `Sentences about comparisons` {
  private static func row(
    _ name: String, _ perTask: [Double], learnsFromTasks: Bool = true, leaks: Bool = false
  ) -> ComparisonTable.Row {
    ComparisonTable.Row(
      name: name, metric: .accuracy,
      cells: [
        CellFigures(
          metric: "accuracy", own: .init(title: name, perTask: perTask), transductive: nil,
          leaks: leaks, calibrationError: nil, chance: 0.2, controls: [],
          cost: .init(
            steps: 1, tasksSeen: 1, trainingSeconds: 1, learnedParameters: 1,
            adaptationMilliseconds: nil, peakMegabytes: nil))
      ], learnsFromTasks: learnsFromTasks)
  }

  private static let weak = CellFigures.Judged(title: "centroid", perTask: [0.4, 0.5, 0.4, 0.5])

  private static func verdict(_ rows: [ComparisonTable.Row]) -> String {
    ComparisonTable(rows: rows, controls: [weak]).verdict.joined(separator: " ")
  }

  private static let good = row("good", [0.9, 0.95, 0.9, 0.95])
  private static let middling = row("middling", [0.7, 0.74, 0.71, 0.75])

  @Test func `tell the best and its margin`() {
    let verdict = Self.verdict([Self.middling, Self.good])
    #expect(verdict.contains("good is the best: accuracy 92.50%, by 20.00%"))
    #expect(verdict.contains("better than middling on the same 4 test tasks"))
    #expect(verdict.contains("the control 'centroid' comes nearest: 45.00%"))
  }

  @Test func `tell what does as well without tasks`() {
    let joint = Self.row("joint", [0.9, 0.95, 0.91, 0.95], learnsFromTasks: false)
    let verdict = Self.verdict([Self.good, joint])
    #expect(verdict.contains("joint and good are not told apart"))
    #expect(verdict.contains("Do not meta-learn here: joint"))
  }

  @Test func `rank what looks at other queries behind all others`() {
    let leaking = Self.row("leaking", [1, 1, 1, 1], leaks: true)
    let table = ComparisonTable(rows: [leaking, Self.middling], controls: [])
    #expect(table.ranking.map(\.name) == ["middling", "leaking"])
    #expect(table.markdown.contains("transductive"))
  }
}
