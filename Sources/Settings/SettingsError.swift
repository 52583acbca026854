/// Where a setting is written: in a file, or in the words that override it.
public enum SettingsPlace: Hashable, Sendable, CustomStringConvertible {
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
  public var isOverride: Bool {
    if case .override = self { true } else { false }
  }
}

/// Why settings cannot be followed: one line that says where, what, and what would be right.
public struct SettingsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Kind: Hashable, Sendable {
    /// The file that holds them is not there.
    case missingFile
    /// The file that holds them cannot be read.
    case unreadableFile
    /// The text is not YAML, or more than a recipe may hold.
    case syntax
    /// A key means nothing here.
    case unknownKey
    /// A needed key is not there.
    case missing
    /// A value is of another type than its key asks for.
    case wrongType
    /// A value is of the right type, but out of bounds, or does not go with another.
    case outOfBounds
  }

  /// What is wrong.
  public let kind: Kind
  /// Where it is written.
  public let place: SettingsPlace
  /// What it is, and what would be right.
  public let detail: String

  /// Makes an error; checks across several settings throw it too.
  public init(_ kind: Kind, _ place: SettingsPlace, _ detail: String) {
    self.kind = kind
    self.place = place
    self.detail = detail
  }

  /// One line: the place, what is wrong, what would be right.
  public var description: String {
    switch kind {
    case .missingFile, .unreadableFile: detail
    default: "\(place): \(detail)"
    }
  }
}
