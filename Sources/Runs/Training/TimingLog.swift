internal import Files

/// How long a training took, in a file of its own, so that all other files of a run depend on
/// recipe, seed and data alone.
struct TimingLog {
  private let file: JSONLinesFile

  init(_ folder: RunFolder, startsAnew: Bool) throws(FileError) {
    file = try JSONLinesFile(url: folder.timing, keepingFirst: startsAnew ? 0 : nil)
  }

  /// Writes the seconds spent up to a step, and of these on its phase.
  func append(step: Int, _ seconds: (total: Double, phase: Double)) throws(FileError) {
    try file.append([
      .init("step", .integer(step)), .init("seconds", .number(seconds.total)),
      .init("phaseSeconds", .number(seconds.phase)),
    ])
  }

  /// The seconds that were spent up to a step; 0 where nothing is known.
  ///
  /// Times decide nothing but a limit of time: without them a training goes on from 0 seconds.
  static func seconds(upTo step: Int, in folder: RunFolder) -> (total: Double, phase: Double) {
    let lines = (try? JSONLinesFile.read(folder.timing)) ?? []
    let last = lines.last { line in line["step"]?.integer.map { $0 <= step } ?? false }
    return (last?["seconds"]?.number ?? 0, last?["phaseSeconds"]?.number ?? 0)
  }
}
