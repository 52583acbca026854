import MetaLearning
import MetaTasks
import Runs

/// Shows figures: a table for people, on stdout or, beside JSON, on stderr.
struct FigurePrinter {
  let isJSON: Bool

  /// Shows the figures of an evaluation with the controls on the same tasks.
  func show(_ figures: RunFigures, _ prepared: PreparedRecipe) {
    let result = figures.result
    var rows: [(String, String)] = []
    let label = result.isClassification ? "accuracy" : "squared error"
    rows.append(
      (figures.leaks ? "\(label), transductive only" : label, Self.text(result.figure, of: result)))
    if let transductive = result.transductiveFigure {
      rows.append(
        (
          "  transductive (sees \(result.queryCount) queries)", Self.text(transductive, of: result)
        ))
    }
    for (steps, other) in figures.bySteps {
      rows.append(("  inner steps: \(steps)", Self.text(other.figure, of: other)))
    }
    if let chance = figures.chance { rows.append(("control: chance", Self.percent(chance))) }
    for control in figures.controls {
      let name =
        ["nearestCentroid": "nearest centroid, raw", "fromScratch": "same network from scratch"][
          control.name] ?? control.name
      rows.append(("control: \(name)", Self.text(control.result.figure, of: control.result)))
    }
    let count = result.perTask.count
    let novelty = result.isClassification ? " of new classes" : " of new curves"
    line(
      "\(TrainingPrinter.title(prepared)): \(count) test task\(count == 1 ? "" : "s")"
        + (figures.isOnOtherData ? "" : novelty))
    let width = rows.map(\.0.count).max() ?? 0
    for (name, figure) in rows {
      line("  \(name)\(String(repeating: " ", count: width - name.count + 2))\(figure)")
    }
    line("  \(leakText(figures))")
    for note in figures.notes(prepared) { line("  note: \(note)") }
  }

  /// Shows what may be done next.
  func show(next commands: [String]) {
    line("next:")
    for command in commands { line("  \(command)") }
  }

  /// Writes a line where tables belong.
  func line(_ text: String) { isJSON ? Terminal.note(text) : Terminal.result(text) }

  private func leakText(_ figures: RunFigures) -> String {
    switch figures.result.leak {
    case .independent?:
      "no query saw another: all together, one at a time and one class at a time agree on "
        + "\(figures.checkedTaskCount) tasks"
    case .leaks(let task, let reason)?:
      "answers depend on other queries (task \(task): \(reason)): the figure is transductive"
    case nil: "not checked for leaks from query to query"
    }
  }
}

extension FigurePrinter {
  /// A figure with its interval.
  static func text(_ figure: Figure, of result: EvaluationResult) -> String {
    let text = { result.isClassification ? percent($0) : decimals($0, 4) }
    return figure.interval == .infinity
      ? "\(text(figure.mean)) (no interval)" : "\(text(figure.mean)) ± \(text(figure.interval))"
  }

  /// A part of 1 in percent.
  static func percent(_ part: Double) -> String { "\(decimals(part * 100, 2))%" }

  /// A number with so many decimals.
  static func decimals(_ number: Double, _ count: Int) -> String {
    let scale = (0..<count).reduce(1.0) { factor, _ in factor * 10 }
    guard number.isFinite, abs(number) * scale < 1e15 else { return "\(number)" }
    let scaled = Int((abs(number) * scale).rounded())
    let digits = String(scaled)
    let padded = String(repeating: "0", count: max(0, count + 1 - digits.count)) + digits
    let sign = number < 0 && scaled != 0 ? "-" : ""
    return count == 0
      ? sign + padded : "\(sign)\(padded.dropLast(count)).\(padded.suffix(count))"
  }

  /// Seconds as people say them.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "?" }
    if seconds < 10 { return "\(decimals(seconds, 1)) s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return whole < 3600
      ? "\(whole / 60):\(two(whole % 60))"
      : "\(whole / 3600):\(two(whole % 3600 / 60)):\(two(whole % 60))"
  }
}
