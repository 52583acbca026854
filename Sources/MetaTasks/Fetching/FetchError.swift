import Files

/// A file that cannot be fetched: where from, what happened, and what to do, in one line.
public struct FetchError: Error, Hashable, CustomStringConvertible {
  /// What kind of trouble it is: what a command's exit code tells apart.
  public enum Kind: Sendable, Hashable {
    /// The network or the server does not give it; what was received is kept.
    case unavailable
    /// What came is not what it should be.
    case damaged
    /// The file cannot be written.
    case inaccessible
    /// Another process is fetching it.
    case busy
  }

  /// What kind of trouble it is.
  public let kind: Kind
  /// The line to show.
  public let description: String

  init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }

  /// Does something with files, turning their errors into those of fetching.
  static func naming<Result: ~Copyable>(
    _ body: () throws(FileError) -> Result
  ) throws(FetchError) -> Result {
    do throws(FileError) {
      return try body()
    } catch {
      throw FetchError(.inaccessible, "\(error).")
    }
  }
}
