import Files
import Foundation
import MetaTasks
import Runs
import Settings
import TensorFiles

/// An error as the command tells it: one line and an exit code.
struct CommandFailure: Error, CustomStringConvertible {
  let status: ExitStatus
  let description: String

  init(_ status: ExitStatus, _ description: String) {
    self.status = status
    self.description = description
  }

  /// Takes up an error of the rooms below; nil for one that the parser of words knows.
  init?(_ error: any Error) {
    switch error {
    case let error as CommandFailure: self = error
    case let error as SettingsError: self.init(error.exitStatus, error.description)
    case let error as RunError: self.init(error.exitStatus, error.description)
    case let error as FileError: self.init(error.exitStatus, error.description)
    case let error as ModelError: self.init(error.exitStatus, error.description)
    case let error as SafetensorsError: self.init(error.exitStatus, error.description)
    case let error as ResumeError: self.init(.usage, error.description)
    case let error as ExplanationError: self.init(.usage, error.description)
    case let error as TrainingDivergence: self.init(.badData, error.description)
    case let error as TaskError: self.init(.badData, error.description)
    case let error as JSONError: self.init(.badData, "\(error)")
    case let error as ReadError: self.init(error)
    case let error as PreparationError: self.init(.badData, error.description)
    case let error as FetchError:
      self.init(error.kind == .damaged ? .badData : .inputOutput, error.description)
    default: return nil
    }
  }

  /// Takes up an error of a file that was read.
  init(_ error: ReadError) {
    switch error.kind {
    case .missing: self.init(.missingInput, error.description)
    case .damaged: self.init(.badData, error.description)
    case .inaccessible: self.init(.inputOutput, error.description)
    case .tooLarge: self.init(.memory, error.description)
    case .stopped: self.init(.interrupted, error.description)
    }
  }
}
