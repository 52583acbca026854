public import MetaLearning
public import MetaTasks

/// What a comparison found, a row for each contestant.
public struct ComparisonTable: Sendable {
  /// A contestant with the figures of its cells.
  public struct Row: Sendable {
    /// Its name.
    public let name: String
    /// The metric that counts.
    public let metric: MetricDescription
    /// What was found with each seed.
    public let cells: [CellFigures]
    /// Whether it was trained on tasks; what was not is a control.
    public let learnsFromTasks: Bool

    /// Puts a row together.
    package init(
      name: String, metric: MetricDescription, cells: [CellFigures], learnsFromTasks: Bool
    ) {
      self.name = name
      self.metric = metric
      self.cells = cells
      self.learnsFromTasks = learnsFromTasks
    }

    /// The mean over seeds of the metric on each test task.
    public var perTask: [Double] {
      cells[0].own.perTask.indices.map { task in
        Row.mean(cells.compactMap { task < $0.own.perTask.count ? $0.own.perTask[task] : nil })
      }
    }

    /// The figure over test tasks, of all seeds together.
    public var figure: Figure { Figure(perTask) }

    /// Whether its answers depend on other queries.
    public var leaks: Bool { cells.contains(where: \.leaks) }

    /// The mean over seeds of a number that some cells have; nil where none has it.
    func mean(_ number: (CellFigures) -> Double?) -> Double? {
      let found = cells.compactMap(number)
      return found.isEmpty ? nil : Row.mean(found)
    }

    private static func mean(_ numbers: [Double]) -> Double {
      numbers.reduce(0, +) / Double(max(1, numbers.count))
    }
  }

  /// The contestants in the order in which they were named.
  public let rows: [Row]
  /// Controls without training.
  let controls: [CellFigures.Judged]

  /// Puts a table together.
  public init(rows: [Row], controls: [CellFigures.Judged]) {
    self.rows = rows
    self.controls = controls
  }

  /// The rows, the best first; what looks at other queries after all that does not.
  package var ranking: [Row] {
    rows.sorted { first, second in
      if first.leaks != second.leaks { return second.leaks }
      return first.metric.score(of: first.figure.mean) > second.metric.score(of: second.figure.mean)
    }
  }

  /// By how much a row is better than what has other values on the same tasks.
  static func advantage(of row: Row, over perTask: [Double]) -> Figure {
    let own = row.perTask
    let difference = Figure.paired(own, perTask)
    return row.metric.direction == .larger ? difference : Figure.paired(perTask, own)
  }

  /// In sentences: which won, by how much, and whether a control does as well.
  public var verdict: [String] {
    let ranking = ranking
    guard let best = ranking.first else { return ["No cell is at its end yet."] }
    return [
      ranking.dropFirst().first.map { sentence(on: best, before: $0) }, controlSentence(best),
    ]
    .compactMap { $0 }
  }

  private func sentence(on best: Row, before second: Row) -> String {
    let advantage = Self.advantage(of: best, over: second.perTask)
    let tasks = counted(advantage.count, "test task")
    let margin = best.metric.text(advantage)
    return advantage.excludesZero
      ? "\(best.name) is the best: \(best.metric.title) \(best.metric.text(best.figure.mean)), by "
        + "\(margin) better than \(second.name) on the same \(tasks)."
      : "\(best.name) and \(second.name) are not told apart on the same \(tasks): the difference is "
        + "\(margin)."
  }

  /// What the best of all that was not trained on tasks says of the best that was.
  private func controlSentence(_ best: Row) -> String? {
    guard let learned = ranking.first(where: \.learnsFromTasks) else { return nil }
    let metric = learned.metric
    let trained = rows.filter { !$0.learnsFromTasks }.map { ($0.name, $0.perTask) }
    let all = trained + controls.map { ("the control '\($0.title)'", $0.perTask) }
    let strongest = all.max {
      metric.score(of: Figure($0.1).mean) < metric.score(of: Figure($1.1).mean)
    }
    guard let (name, perTask) = strongest else { return "No control was judged." }
    let advantage = Self.advantage(of: learned, over: perTask)
    let value = metric.text(Figure(perTask).mean)
    return advantage.excludesZero && advantage.mean > 0
      ? "Of what was not trained on tasks, \(name) comes nearest: \(value), "
        + "\(metric.text(advantage)) behind \(learned.name)."
      : "Do not meta-learn here: \(name), which was not trained on tasks, does as well as "
        + "\(learned.name) (\(value); the difference is \(metric.text(advantage)))."
  }
}
