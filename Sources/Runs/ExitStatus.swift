public import Files
public import Settings
public import TensorFiles

/// How a command ends, as the number that the shell sees.
public enum ExitStatus: Int32, Sendable, Hashable, CaseIterable {
  /// Done.
  case success = 0
  /// What was checked does not hold: a figure or a gradient differs, or predictions leak.
  case disagreement = 1
  /// The command line is wrong: a flag, a value, a combination.
  case usage = 64
  /// A file that the user gave is damaged, of the wrong kind, or says something impossible.
  case badData = 65
  /// A file or folder that the user named is not there.
  case missingInput = 66
  /// A mistake in this program.
  case internalError = 70
  /// The machine, or a limit that is set for the process, has too little memory.
  case memory = 71
  /// Reading or writing failed, or another process is writing there.
  case inputOutput = 74
  /// The user stopped it.
  case interrupted = 130
}

extension FileError {
  /// The exit code of a command that ends by this error.
  public var exitStatus: ExitStatus { isMissing ? .missingInput : .inputOutput }
}

extension SettingsError {
  /// The exit code of a command that ends by this error.
  public var exitStatus: ExitStatus {
    switch kind {
    case .missingFile: .missingInput
    case .unreadableFile: .inputOutput
    default: place.isOverride ? .usage : .badData
    }
  }
}

extension SafetensorsError {
  /// The exit code of a command that ends by this error.
  public var exitStatus: ExitStatus {
    switch kind {
    case .file(let error): error.exitStatus
    case .invalidTensorName: .internalError
    default: .badData
    }
  }
}
