import Runs

/// Shows figures: a table for people, on stdout or, beside JSON, on stderr.
struct FigurePrinter {
  let isJSON: Bool

  /// Shows the figures of an evaluation with the controls on the same tasks.
  func show(_ figures: RunFigures, _ prepared: PreparedRecipe) {
    let table = FigureTable(figures, prepared)
    line(table.title)
    self.table(table.rows.map { [$0.label, $0.text] })
    if let leakLine = table.leakLine { line("  \(leakLine)") }
    if let noveltyLine = table.noveltyLine { line("  \(noveltyLine)") }
    for note in table.notes { line("  note: \(note)") }
  }

  /// Shows rows of texts, each column as wide as its longest text.
  func table(_ rows: [[String]]) {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    for row in rows {
      let cells = row.enumerated().map { column, text in
        column == row.count - 1
          ? text : text + String(repeating: " ", count: widths[column] - text.count + 2)
      }
      line("  \(cells.joined())")
    }
  }

  /// Shows what may be done next.
  func show(next commands: [String]) {
    line("next:")
    for command in commands { line("  \(command)") }
  }

  /// Writes a line where tables belong.
  func line(_ text: String) { isJSON ? Terminal.note(text) : Terminal.result(text) }

  /// Seconds as people say them.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "?" }
    if seconds < 10 { return "\(seconds.withDecimals(1)) s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return whole < 3600
      ? "\(whole / 60):\(two(whole % 60))"
      : "\(whole / 3600):\(two(whole % 3600 / 60)):\(two(whole % 60))"
  }
}
