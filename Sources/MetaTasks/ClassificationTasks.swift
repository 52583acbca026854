public import Tensors

/// Tasks of telling classes of pictures apart.
public struct ClassificationTasks: TaskDistribution {
  /// What the tasks are.
  public let name: String
  /// The pictures that tasks are made of.
  public let pictures: LabelledPictures
  /// How bytes become numbers.
  public let normalization: PictureNormalization
  /// Whether each class stands for four, one for each turn by 90 degrees.
  public let rotationsAsClasses: Bool
  /// How pictures are varied as tasks are made.
  public let augmentation: PictureAugmentation?
  private let gathering: PictureGathering
  private let smallest: LabelledPictures.Category?

  /// Makes tasks of pictures; stops where rotations are asked of pictures that are not square.
  public init(
    name: String, pictures: LabelledPictures, normalization: PictureNormalization = .unit,
    rotationsAsClasses: Bool = false, augmentation: PictureAugmentation? = nil
  ) {
    guard !rotationsAsClasses || pictures.height == pictures.width else {
      fatalError("Only square pictures can be turned, not \(pictures.height)x\(pictures.width).")
    }
    self.name = name
    self.pictures = pictures
    self.normalization = normalization
    self.rotationsAsClasses = rotationsAsClasses
    self.augmentation = augmentation
    self.smallest = pictures.smallestCategory
    self.gathering = PictureGathering(
      pictures: pictures, normalization: normalization, augmentation: augmentation)
  }

  /// The same tasks with pictures varied in another way, or not at all.
  public func augmented(by augmentation: PictureAugmentation?) -> ClassificationTasks {
    ClassificationTasks(
      name: name, pictures: pictures, normalization: normalization,
      rotationsAsClasses: rotationsAsClasses, augmentation: augmentation)
  }

  /// The number of classes, turned ones included.
  public var classCount: Int { pictures.categories.count * turns }
  /// Rows, columns and channels.
  public var inputShape: Shape { [pictures.height, pictures.width, pictures.channels] }
  /// Classification.
  public var isClassification: Bool { true }
  /// No numbers to predict.
  public var outputCount: Int { 0 }

  private var turns: Int { rotationsAsClasses ? 4 : 1 }

  /// Throws where there are fewer classes than ways, or a class has too few pictures.
  public func validate(_ shape: EpisodeShape) throws(TaskError) {
    try shape.validate(classification: true, in: name)
    let ways = shape.ways ?? 0
    guard ways <= classCount else {
      throw TaskError(
        "\(name): tasks of \(ways) classes need at least \(ways) classes, and there are "
          + "\(classCount); lower the ways or add classes.")
    }
    let needed = shape.shots + shape.queries
    if let smallest, smallest.pictures.count < needed {
      throw TaskError(
        "\(name): class '\(smallest.name)' has \(smallest.pictures.count) pictures, and "
          + "\(shape.shots) shots and \(shape.queries) queries need \(needed); lower either or "
          + "add pictures.")
    }
  }

  /// The pictures of the episode that a key names: those of the support set, then the queries.
  func drawing(
    _ shape: EpisodeShape, key: RandomKey
  ) -> (support: [DrawnPicture], query: [DrawnPicture]) {
    do { try validate(shape) } catch { fatalError(error.description) }
    var numbers = RandomNumbers(key.folded("draw"))
    var support: [DrawnPicture] = []
    var query: [DrawnPicture] = []
    support.reserveCapacity(shape.supportCount)
    query.reserveCapacity(shape.queryCount)
    for (place, chosen) in numbers.distinct(shape.ways ?? 0, below: classCount).enumerated() {
      let category = pictures.categories[chosen / turns].pictures
      let examples = numbers.distinct(shape.shots + shape.queries, below: category.count)
      for (position, example) in examples.enumerated() {
        let picture = DrawnPicture(
          number: category.lowerBound + example, quarterTurns: chosen % turns, category: place)
        if position < shape.shots { support.append(picture) } else { query.append(picture) }
      }
    }
    return (support, query)
  }

  /// The episode that a key names.
  public func episode(_ shape: EpisodeShape, key: RandomKey) -> EpisodeValues {
    let drawn = drawing(shape, key: key)
    return EpisodeSet(
      support: examples(drawn.support, each: shape.shots, key: key, part: "support"),
      query: examples(drawn.query, each: shape.queries, key: key, part: "query"))
  }

  private func examples(
    _ drawn: [DrawnPicture], each count: Int, key: RandomKey, part: String
  ) -> ExampleValues {
    ExampleSet(
      inputs: gathering.values(
        of: drawn, key: key.folded(part), classKey: key.folded("classes")),
      targets: TensorValue(drawn.indices.map { Int32($0 / count) }, shape: [drawn.count]),
      classCount: drawn.count / count)
  }
}
