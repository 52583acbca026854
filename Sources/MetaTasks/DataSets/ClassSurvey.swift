/// The classes of a user's own data, and how many examples each has: enough to choose what tasks to
/// make of them.
public struct ClassSurvey: Sendable {
  /// A class and how many examples it has.
  public struct ClassCount: Hashable, Sendable {
    /// Its name.
    public let name: String
    /// Its examples.
    public let examples: Int
  }

  /// What the set is called.
  public let name: String
  /// What one example is, for people: `picture`.
  public let noun: String
  /// Whether the data divide the classes into splits themselves.
  public let isDivided: Bool
  /// The classes of each split; all of the first where nothing divides them.
  public let counts: [Split: [ClassCount]]

  /// The classes of a split, by the division that their names give where the data do not; without
  /// validation its classes are for training too.
  public func classCount(_ split: Split, hasValidation: Bool = true) -> Int {
    guard !isDivided else { return counts[split, default: []].count }
    let share = ClassDivision.share(of: classCount)
    return switch split {
    case .test: share
    case .validation: hasValidation ? share : 0
    case .train: max(0, classCount - (hasValidation ? 2 : 1) * share)
    }
  }

  /// All classes.
  public var classCount: Int { counts.values.reduce(0) { $0 + $1.count } }
  /// All examples.
  public var exampleCount: Int { counts.values.joined().reduce(0) { $0 + $1.examples } }
  /// The class with the fewest examples, the first by its name; nil where there is no class.
  public var smallestClass: ClassCount? {
    counts.values.joined().min { ($0.examples, $0.name) < ($1.examples, $1.name) }
  }

  /// How many rotations hold each class out at least once, where their names divide them.
  public var rotationCount: Int {
    let share = ClassDivision.share(of: classCount)
    return isDivided ? 1 : (classCount + share - 1) / share
  }
}
