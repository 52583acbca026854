public import Files

/// Where in a recipe, or in the words that override it, something is written.
public enum RecipePlace: Hashable, Sendable, CustomStringConvertible {
  /// A line of a file, counted from 1, or the file as a whole.
  case file(String, line: Int?)
  /// An override as it was given, such as `training.iterations=60`.
  case override(String)

  /// The place as it begins an error.
  public var description: String {
    switch self {
    case .file(let file, let line): line.map { "\(file):\($0)" } ?? file
    case .override(let text): "--set \(text)"
    }
  }

  /// Whether it is an override.
  var isOverride: Bool {
    if case .override = self { true } else { false }
  }
}

/// Why a recipe cannot be followed.
public struct RecipeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Kind: Hashable, Sendable {
    /// The file cannot be opened or read.
    case file(FileError)
    /// The text is not YAML, or more than a recipe may hold.
    case syntax
    /// A key means nothing here.
    case unknownKey
    /// A needed key is not there.
    case missing
    /// A value is of another type than its key asks for.
    case wrongType
    /// A value is of the right type, but out of bounds.
    case outOfBounds
  }

  /// What is wrong.
  public let kind: Kind
  /// Where it is written.
  public let place: RecipePlace
  /// What it is, and what would be right.
  public let detail: String

  /// Makes an error; a recipe's own checks across keys throw it too.
  public init(_ kind: Kind, _ place: RecipePlace, _ detail: String) {
    self.kind = kind
    self.place = place
    self.detail = detail
  }

  /// The exit code of a command that ends by this error.
  public var exitStatus: ExitStatus {
    if case .file(let error) = kind { return error.exitStatus }
    return place.isOverride ? .usage : .badData
  }

  /// One line: the place, what is wrong, what would be right.
  public var description: String {
    if case .file = kind { return detail }
    return "\(place): \(detail)"
  }
}
