import ArgumentParser
import Foundation
import Runs

/// `metalearn check-leaks PREDICTIONS`.
struct CheckLeaks: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-leaks",
    abstract: "Tell from a file of any system's predictions whether it looks at other queries.",
    discussion: """
      Ask the same queries in different company: alone, class by class, all together. PREDICTIONS has a
      row for each answer, as CSV with a header or as JSON lines: 'query', 'company', and what was said,
      a number for each class or one prediction. The exit code is 1 where an answer depends on the
      company.

      EXAMPLES:
        metalearn check-leaks predictions.csv
        metalearn check-leaks predictions.jsonl --tolerance 1e-3 --json
      """)

  @Argument(help: "The file of predictions.")
  var predictions: String

  @Option(help: "Differences that rounding explains, by the size of a number or 1.")
  var tolerance = LeakReport.usualTolerance

  @OptionGroup var printing: OutputOptions

  /// The leaks that are shown.
  private static let shownCount = 5

  func validate() throws {
    guard tolerance >= 0, tolerance.isFinite else {
      throw ValidationError("--tolerance must be 0 or more, not \(tolerance)")
    }
  }

  func run() throws {
    let report = try LeakReport(
      try RecordedPredictions(URL(fileURLWithPath: predictions)), tolerance: tolerance,
      named: predictions)
    let printer = FigurePrinter(isJSON: printing.json)
    printer.line("\(report.verdict), within \(report.tolerance)")
    for leak in report.leaks.prefix(Self.shownCount) {
      printer.line(
        "  query \(leak.query), \(leak.column): \(leak.values[0]) in company \(leak.companies[0]) "
          + "(line \(leak.lines[0])), \(leak.values[1]) in \(leak.companies[1]) (line "
          + "\(leak.lines[1]))"
          + (leak.difference.isFinite
            ? ", a difference of \(leak.difference.withDigits(3))" : ""))
    }
    if report.leaks.count > Self.shownCount {
      printer.line("  and \(report.leaks.count - Self.shownCount) more")
    }
    if printing.json { Terminal.result("\(report.json)") }
    if !report.leaks.isEmpty { throw CommandExit(code: ExitStatus.disagreement.rawValue) }
  }
}
