import ArgumentParser
import Foundation
import MetaTasks
import Runs
import Synchronization

/// The option that says what becomes of damaged files.
struct ReadingOptions: ParsableArguments {
  @Flag(help: "Leave damaged files out, and say how many, rather than stop at the first.")
  var skipDamaged = false

  /// The option as it is written behind a command, or nothing.
  var words: String { skipDamaged ? " --skip-damaged" : "" }

  /// The way of reading that is shown, until somebody asks to stop.
  func reading(
    isQuiet: Bool, _ columns: ColumnNames = ColumnNames(), until stop: StopSignal? = nil
  ) -> Reading {
    ReadingPrinter(isQuiet: isQuiet).reading(skipsDamaged: skipDamaged, columns, until: stop)
  }
}

/// Options that say what the columns of a table are for.
struct ColumnOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The column of texts in a table of your own.", valueName: "column"))
  var text: String?

  @Option(help: ArgumentHelp("The column of classes in a table of your own.", valueName: "column"))
  var label: String?

  /// The columns that are named.
  var names: ColumnNames {
    var names = ColumnNames()
    names.named[.text] = text
    names.named[.label] = label
    return names
  }

  /// Whether none is named.
  var isEmpty: Bool { names.named.isEmpty }

  /// The options as they are written behind a command, or nothing.
  var words: String {
    names.named.sorted { $0.key.rawValue < $1.key.rawValue }
      .map { " --\($0.key.rawValue) \(ShellWord.of($0.value))" }.joined()
  }
}

/// Shows the reading of files on stderr: after a second a bar, and what is passed over.
final class ReadingPrinter: Sendable {
  private let isQuiet: Bool
  private let bar = Mutex(ProgressBar())
  private let start = ContinuousClock.now

  init(isQuiet: Bool) { self.isQuiet = isQuiet }

  /// The way of reading that is shown here, until somebody asks to stop.
  func reading(
    skipsDamaged: Bool = false, _ columns: ColumnNames = ColumnNames(),
    until stop: StopSignal? = nil
  ) -> Reading {
    Reading(
      skipsDamaged: skipsDamaged, columns: columns,
      remark: { [self] text in
        bar.withLock { $0.clear() }
        Terminal.note("metalearn: \(text)")
      },
      report: { [self] progress in if !isQuiet { show(progress) } },
      isWanted: { stop?.exitCode == nil })
  }

  private func show(_ progress: Reading.Progress) {
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    guard seconds > 1 else { return }
    bar.withLock { bar in
      if progress.files == progress.fileCount { return bar.clear() }
      guard bar.isDue() else { return }
      let part = Double(progress.files) / Double(progress.fileCount)
      let left = seconds / part - seconds
      let size =
        progress.byteCount == 0
        ? ""
        : "\((Double(progress.bytes) / 1e6).withDecimals(0)) of "
          + "\((Double(progress.byteCount) / 1e6).withDecimals(0)) MB, "
      bar.show(
        "reading \(progress.files) of \(progress.fileCount) \(progress.noun), \(size)"
          + "\(FigurePrinter.duration(left)) left", part: part)
    }
  }
}
