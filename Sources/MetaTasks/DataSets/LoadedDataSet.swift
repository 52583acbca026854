public import Tensors

/// A data set that is ready to draw tasks from.
public struct LoadedDataSet: Sendable {
  /// How much a split holds.
  public struct Count: Sendable, Hashable {
    /// The classes, turned ones included.
    public var classes: Int
    /// The pictures in storage.
    public var pictures: Int
  }

  /// The name that it was asked for by.
  public let name: String
  /// The name of its division into splits, such as `vinyals`.
  public let classSplit: String
  /// SHA-256 of the sources and of the lists of classes, by what they are of.
  public let checksums: [String: String]
  /// What must be said beside figures, such as that the set is reduced.
  public let notes: [String]
  /// How a user's own pictures become inputs of the same kind; nil where there are no pictures.
  public let preparation: PicturePreparation?
  private let distributions: [Split: any TaskDistribution]

  /// Puts a data set together from the tasks of its splits.
  public init(
    name: String, classSplit: String, checksums: [String: String] = [:], notes: [String] = [],
    preparation: PicturePreparation? = nil, tasks: [Split: any TaskDistribution]
  ) {
    for split in Split.allCases where tasks[split] == nil {
      fatalError("\(name) has no tasks for \(split.rawValue).")
    }
    self.name = name
    self.classSplit = classSplit
    self.checksums = checksums
    self.notes = notes
    self.preparation = preparation
    self.distributions = tasks
  }

  /// The tasks of a split.
  public func tasks(_ split: Split) -> any TaskDistribution {
    guard let tasks = distributions[split] else { fatalError("\(name) has no \(split.rawValue).") }
    return tasks
  }

  /// The tasks of a split where they are of pictures in classes.
  public func pictureTasks(_ split: Split) -> ClassificationTasks? {
    tasks(split) as? ClassificationTasks
  }

  /// The shape of one example.
  public var inputShape: Shape { tasks(.train).inputShape }

  /// How much a split holds; nil where tasks are made of formulas.
  public func count(_ split: Split) -> Count? {
    pictureTasks(split).map {
      Count(classes: $0.classCount, pictures: $0.pictures.pictureCount)
    }
  }
}

extension Split {
  /// Names the checksum of the list of a split's classes among those of a data set.
  package var classesKey: String { "\(rawValue) classes" }
}

/// What to make of a data set.
public struct DataSetOptions: Sendable, Hashable {
  /// The division of classes into splits; nil for the set's own default.
  public var classSplit: String?
  /// What random divisions and built-in sets are drawn from.
  public var seed: UInt64
  /// Whether turns by 90 degrees are new classes in training, where the set is of that kind.
  public var rotations: Bool
  /// How pictures are varied in training; nil for not at all.
  public var augmentation: PictureAugmentation?
  /// The rows and columns that pictures are scaled to; nil for the set's own default.
  public var size: Int?
  /// 1 for grey or 3 for colour; nil for the set's own default.
  public var channels: Int?
  /// Whether pictures are of dark ink on bright paper, which becomes 1 on 0.
  public var darkInk: Bool
  /// The number of different training tasks, where tasks are made of formulas; nil for no end.
  public var taskCount: Int?

  /// Makes options; what is not named is as the set has it.
  public init(
    classSplit: String? = nil, seed: UInt64 = 0, rotations: Bool = true,
    augmentation: PictureAugmentation? = nil, size: Int? = nil, channels: Int? = nil,
    darkInk: Bool = false, taskCount: Int? = nil
  ) {
    self.classSplit = classSplit
    self.seed = seed
    self.rotations = rotations
    self.augmentation = augmentation
    self.size = size
    self.channels = channels
    self.darkInk = darkInk
    self.taskCount = taskCount
  }

  /// Throws where a number is out of range.
  public func validate() throws(TaskError) {
    try augmentation?.validate()
    if let size, !(4...1024).contains(size) {
      throw TaskError("data: pictures of \(size) pixels; the size must lie in 4...1024.")
    }
    if let channels, channels != 1 && channels != 3 {
      throw TaskError("data: \(channels) channels; give 1 for grey or 3 for colour.")
    }
    if let taskCount, taskCount < 1 {
      throw TaskError("data: \(taskCount) training tasks; give at least 1.")
    }
  }
}
