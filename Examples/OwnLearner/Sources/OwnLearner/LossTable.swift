import Files
import Foundation
import MetaLearning
import Runs
import Settings

/// A run writer that keeps a table of losses, `losses.csv`, for a spreadsheet.
struct LossTable: RunWriter {
  private let url: URL
  private var lines: [String]

  let warning: String? = nil

  mutating func write(_ event: MetaTrainer.Event) throws(FileError) {
    if case .step(let report) = event { lines.append("\(report.step),\(report.figures.loss)") }
  }

  mutating func mark() throws(FileError) -> Int {
    try AtomicFile.write(lines.map { $0 + "\n" }.joined(), to: url)
    return lines.count
  }

  /// The writer as recipes name it.
  static let entry = RunWriterEntry("losses", "a table of losses, losses.csv") {
    (_) throws(SettingsError) in
    RunWriterPlan { (folder, mark) throws(FileError) in
      let url = folder.url.appending(path: "losses.csv")
      let kept = (try? String(contentsOf: url, encoding: .utf8))?.split(separator: "\n") ?? []
      return LossTable(url: url, lines: kept.prefix(mark).map(String.init))
    }
  }
}
