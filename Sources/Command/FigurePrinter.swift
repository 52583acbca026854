import Runs

/// Shows figures: a table for people, on stdout or, beside JSON, on stderr.
struct FigurePrinter {
  let isJSON: Bool

  /// Shows the figures of an evaluation with the controls on the same tasks.
  func show(_ figures: RunFigures, _ prepared: PreparedRecipe) {
    let table = FigureTable(figures, prepared)
    line(table.title)
    let width = table.rows.map(\.label.count).max() ?? 0
    for row in table.rows {
      let space = String(repeating: " ", count: width - row.label.count + 2)
      line("  \(row.label)\(space)\(row.text)")
    }
    if let leakLine = table.leakLine { line("  \(leakLine)") }
    if let noveltyLine = table.noveltyLine { line("  \(noveltyLine)") }
    for note in table.notes { line("  note: \(note)") }
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
