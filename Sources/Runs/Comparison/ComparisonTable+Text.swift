public import Files
internal import MetaLearning
internal import MetaTasks

extension ComparisonTable {
  private static let heads = [
    "contestant", "seeds", "inductive", "transductive", "to the first", "calibration error",
    "steps",
    "tasks seen", "tasks/s", "training", "one adaptation", "peak memory", "parameters",
  ]

  /// The table as Markdown, the best first, with the sentences behind it.
  public var markdown: String {
    let cells = [Self.heads] + ranking.map(texts) + controlTexts
    let widths = Self.heads.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    func line(_ texts: [String]) -> String {
      let padded = zip(texts, widths).map { text, width in
        text + String(repeating: " ", count: width - text.count)
      }
      return "| \(padded.joined(separator: " | ")) |\n"
    }
    let rule =
      "|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|") + "|\n"
    let table = line(Self.heads) + rule + cells.dropFirst().map(line).joined()
    return table + "\n" + verdict.map { $0 + "\n" }.joined()
  }

  private func texts(_ row: Row) -> [String] {
    let (metric, cost) = (row.metric, row.cells[0].cost)
    func number(_ value: Double?, _ decimals: Int, _ unit: String) -> String {
      value.map { $0.withDecimals(decimals) + unit } ?? ""
    }
    let seconds = row.mean(\.cost.trainingSeconds) ?? 0
    let tasks = row.mean { Double($0.cost.tasksSeen) } ?? 0
    let figure = metric.text(row.figure)
    return [
      row.name, "\(row.cells.count)", row.leaks ? "" : figure,
      row.leaks ? figure : row.mean(\.transductive).map { metric.text($0) } ?? "the same",
      row.name == rows[0].name
        ? "" : metric.text(Figure.paired(row.perTask, rows[0].perTask)),
      number(row.mean { $0.calibrationError.map { $0 * 100 } }, 2, "%"),
      number(row.mean { Double($0.cost.steps) }, 0, ""), number(tasks, 0, ""),
      number(tasks / max(seconds, 1e-9), 0, ""), number(seconds, 0, " s"),
      number(row.mean(\.cost.adaptationMilliseconds), 1, " ms"),
      number(row.mean(\.cost.peakMegabytes), 0, " MB"), "\(cost.learnedParameters)",
    ]
  }

  private var controlTexts: [[String]] {
    guard let first = rows.first else { return [] }
    let metric = first.metric
    var lines = controls.map { control in
      ("control: \(control.title)", metric.text(Figure(control.perTask)))
    }
    if let chance = first.cells[0].chance { lines.append(("control: chance", metric.text(chance))) }
    return lines.map { title, figure in
      [title, "", figure] + [String](repeating: "", count: Self.heads.count - 3)
    }
  }

  /// The table as one JSON object, contestants in the order in which they were named.
  public var json: JSONValue {
    [
      "schema": 1, "command": "compare", "contestants": .array(rows.map(Self.json)),
      "controls": .array(
        controls.map { ["title": .string($0.title), "figure": Figure($0.perTask).json] }),
      "verdict": .array(verdict.map(JSONValue.string)),
    ]
  }

  private static func json(_ row: Row) -> JSONValue {
    func optional(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }
    return [
      "name": .string(row.name), "metric": .string(row.metric.name), "figure": row.figure.json,
      "inductive": .boolean(!row.leaks), "transductive": optional(row.mean(\.transductive)),
      "learnsFromTasks": .boolean(row.learnsFromTasks),
      "bySeed": .array(row.cells.map { Figure($0.own.perTask).json }),
      "calibrationError": optional(row.mean(\.calibrationError)),
      "tasksSeen": optional(row.mean { Double($0.cost.tasksSeen) }),
      "trainingSeconds": optional(row.mean(\.cost.trainingSeconds)),
      "adaptationMilliseconds": optional(row.mean(\.cost.adaptationMilliseconds)),
      "peakMegabytes": optional(row.mean(\.cost.peakMegabytes)),
      "learnedParameters": .integer(row.cells[0].cost.learnedParameters),
    ]
  }
}
