import Files
import Foundation

/// A file that cannot be read as what it should be: where, what, and what to do, in one line.
public struct ReadError: Error, Hashable, CustomStringConvertible {
  /// What kind of trouble it is: what a command's exit code tells apart.
  public enum Kind: Sendable, Hashable {
    /// There is no such file.
    case missing
    /// The file is there, and is not what it should be.
    case damaged
    /// The system does not let it be read or written.
    case inaccessible
    /// What is to be read does not fit in memory.
    case tooLarge
    /// Nobody wants the result any more.
    case stopped
  }

  /// What kind of trouble it is.
  public let kind: Kind
  /// The file or folder.
  public let file: String
  /// The member of an archive, where the file is one.
  public let member: String?
  /// What is wrong with it, and what to do where that is not plain.
  public let problem: String

  /// Makes an error about a file or the member of an archive.
  public init(_ kind: Kind, file: String, member: String? = nil, _ problem: String) {
    self.kind = kind
    self.file = file
    self.member = member
    self.problem = problem
  }

  /// The line to show.
  public var description: String {
    let place = member.map { "\(file), member \($0.debugDescription)" } ?? file
    return "\(place): \(problem)"
  }
}

extension ReadError {
  /// Takes up what the file system refuses, or a file that is not what it should be.
  init(_ error: FileError) {
    let kind: Kind =
      switch error.code {
      case nil: .damaged
      case ENOENT, ENOTDIR: .missing
      default: .inaccessible
      }
    self.init(
      kind, file: error.path, kind == .missing ? "there is no such file." : "\(error.reason).")
  }

  /// Does something with files, turning their errors into those of reading.
  static func naming<Result: ~Copyable>(
    _ body: () throws(FileError) -> Result
  ) throws(ReadError) -> Result {
    do throws(FileError) {
      return try body()
    } catch {
      throw ReadError(error)
    }
  }
}
