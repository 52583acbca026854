/// A model file, or a folder of classes for one, that cannot be used: what, where and what to do.
public struct ModelError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What kind of trouble it is.
  public enum Kind: Hashable, Sendable {
    /// There is no model.
    case missing
    /// It is there, but not such a model, or no classes that suit it.
    case damaged
  }

  /// What kind of trouble it is.
  public let kind: Kind
  /// The file or folder.
  public let file: String
  /// What is wrong, and what to do.
  public let problem: String

  init(_ kind: Kind, file: String, _ problem: String) {
    self.kind = kind
    self.file = file
    self.problem = problem
  }

  /// The exit code of a command that ends by this error.
  public var exitStatus: ExitStatus { kind == .missing ? .missingInput : .badData }

  /// One line: what, where, what to do.
  public var description: String { "\(file): \(problem)" }
}
