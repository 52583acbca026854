import Foundation

/// A refusal of the file system: what was tried, where, why, and what to do about it.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was tried, as a word that follows "cannot".
  public enum Attempt: String, Hashable, Sendable {
    case read, write, create, rename, remove, list, lock
  }

  /// What was tried.
  public let attempt: Attempt
  /// The path, as the user would write it.
  public let path: String
  /// The system's number of the reason (`errno`), or nil where the file is not what it should be.
  public let code: Int32?
  /// Why, in the system's words where it has some.
  package let reason: String

  /// Makes an error of the system's number, by default that of the last call that failed.
  package init(_ attempt: Attempt, _ path: String, code: Int32 = errno) {
    self.attempt = attempt
    self.path = path
    self.code = code
    self.reason = unsafe String(cString: strerror(code))
  }

  /// Makes an error of a reason that the system has no number for.
  package init(_ attempt: Attempt, _ path: String, reason: String) {
    self.attempt = attempt
    self.path = path
    self.code = nil
    self.reason = reason
  }

  /// Whether what was to be read is not there.
  public var isMissing: Bool { (attempt == .read || attempt == .list) && code == ENOENT }

  /// One line: what, where, why, what to do.
  public var description: String {
    let advice = advice.map { "; \($0)" } ?? ""
    return "cannot \(attempt.rawValue) \(path): \(reason)\(advice)"
  }

  private var advice: String? {
    switch code {
    case ENOSPC, EDQUOT, EFBIG: "free some space there, or choose another place"
    case EACCES, EPERM, EROFS: "check its permissions, or choose another place"
    case ENOENT, ENOTDIR: "check the path"
    default: nil
    }
  }
}
