/// A data set that is ready to draw tasks from.
public struct LoadedDataSet: Sendable {
  /// How much a split holds.
  public struct Count: Sendable, Hashable {
    /// The classes, turned ones included.
    public var classes: Int
    /// The examples in storage.
    public var examples: Int
  }

  /// The name that it was asked for by.
  public let name: String
  /// What tells it from other sets: its name, but for a user's own, which may be renamed.
  public let identity: String
  /// The name of its division into splits, such as `vinyals`.
  public let classSplit: String
  /// SHA-256 of the sources and of the lists of classes, by what they are of.
  public let checksums: [String: String]
  /// What must be said beside figures, such as that the set is reduced.
  public let notes: [String]
  /// How a user's own input becomes inputs of the same kind; nil where users have none to bring.
  public let preparation: (any Preparation)?
  private let distributions: [Split: any TaskFamily]

  /// Puts a data set together from the tasks of its splits.
  public init(
    name: String, identity: String? = nil, classSplit: String, checksums: [String: String] = [:],
    notes: [String] = [],
    preparation: (any Preparation)? = nil, tasks: [Split: any TaskFamily]
  ) {
    for split in Split.allCases where tasks[split] == nil {
      fatalError("\(name) has no tasks for \(split.rawValue).")
    }
    self.name = name
    self.identity = identity ?? name
    self.classSplit = classSplit
    self.checksums = checksums
    self.notes = notes
    self.preparation = preparation
    self.distributions = tasks
  }

  /// The tasks of a split.
  public func tasks(_ split: Split) -> any TaskFamily {
    guard let tasks = distributions[split] else { fatalError("\(name) has no \(split.rawValue).") }
    return tasks
  }

  /// What the tasks are made of.
  public var signature: Signature { tasks(.train).signature }

  /// How much a split holds; nil where tasks have no classes beyond them.
  public func count(_ split: Split) -> Count? {
    (tasks(split) as? any ClassPool).map {
      Count(classes: $0.classCount, examples: $0.exampleCount)
    }
  }
}

extension Split {
  /// Names the checksum of the list of a split's classes among those of a data set.
  package var classesKey: String { "\(rawValue) classes" }
}
