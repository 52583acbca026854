public import Files

/// Why a run cannot be started, continued or read.
public enum RunError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Another process writes to the run; its process id and machine, where they are known.
  case locked(folder: String, owner: String?)
  /// There is a run in the folder already, and it was not asked to go on.
  case alreadyARun(folder: String)
  /// The folder holds files that are no run's.
  case foreignFolder(folder: String, example: String)
  /// There is no run in the folder.
  case notARun(folder: String)
  /// None of the checkpoints can be read.
  case noSoundCheckpoint(folder: String, reasons: [String])
  /// A checkpoint is damaged or not one.
  case damagedCheckpoint(file: String, reason: String)
  /// A file of the run is damaged.
  case damagedFile(file: String, reason: String)
  /// The file system refuses.
  case file(FileError)

  /// The exit code of a command that ends by this error.
  public var exitStatus: ExitStatus {
    switch self {
    case .locked: .inputOutput
    case .alreadyARun, .foreignFolder: .usage
    case .notARun: .missingInput
    case .noSoundCheckpoint, .damagedCheckpoint, .damagedFile: .badData
    case .file(let error): error.exitStatus
    }
  }

  /// One line: what, where, what to do.
  public var description: String {
    switch self {
    case .locked(let folder, let owner):
      "\(folder) is being written by \(owner.map { "process \($0)" } ?? "another process"); "
        + "wait until it ends, or choose another folder with --output"
    case .alreadyARun(let folder):
      "\(folder) holds a run already; go on with it by --resume auto, or choose another folder "
        + "with --output"
    case .foreignFolder(let folder, let example):
      "\(folder) is not empty and not a run (it holds \(example)); choose another folder with "
        + "--output"
    case .notARun(let folder):
      "there is no run in \(folder); name a folder that metalearn train has written"
    case .noSoundCheckpoint(let folder, let reasons):
      "no checkpoint in \(folder) can be used: \(reasons.joined(separator: "; ")); remove them to "
        + "start again"
    case .damagedCheckpoint(let file, let reason):
      "the checkpoint \(file) is damaged: \(reason)"
    case .damagedFile(let file, let reason):
      "\(file) is damaged: \(reason)"
    case .file(let error): "\(error)"
    }
  }

  /// Does something with files, turning their errors into a run's.
  package static func naming<Result: ~Copyable>(
    _ body: () throws(FileError) -> Result
  ) throws(RunError) -> Result {
    do throws(FileError) {
      return try body()
    } catch {
      throw .file(error)
    }
  }
}
