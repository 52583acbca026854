public import Tensors

/// Tasks of telling classes of pictures apart.
public struct PictureTasks: ClassPool {
  /// What the tasks are.
  public let name: String
  /// The pictures that tasks are made of.
  public let pictures: LabelledPictures
  /// How bytes become numbers.
  public let normalization: PictureNormalization
  /// Whether each class stands for four, one for each rotation by 90 degrees.
  public let rotationsAsClasses: Bool
  /// How pictures are varied as tasks are made.
  public let augmentation: PictureAugmentation?
  private let gathering: PictureGathering
  private let episodes: ClassEpisodes

  /// The name of the input.
  public static let inputName = "picture"

  /// Makes tasks of pictures; stops where rotations are asked of pictures that are not square.
  public init(
    name: String, pictures: LabelledPictures, normalization: PictureNormalization = .unit,
    rotationsAsClasses: Bool = false, augmentation: PictureAugmentation? = nil
  ) {
    guard !rotationsAsClasses || pictures.height == pictures.width else {
      fatalError(
        "Only square pictures can be rotated, not \(pictures.height)x\(pictures.width).")
    }
    self.name = name
    self.pictures = pictures
    self.normalization = normalization
    self.rotationsAsClasses = rotationsAsClasses
    self.augmentation = augmentation
    gathering = PictureGathering(
      pictures: pictures, normalization: normalization, augmentation: augmentation)
    let rotations = rotationsAsClasses ? 4 : 1
    episodes = ClassEpisodes(
      name: name, noun: "pictures",
      categories: pictures.categories.flatMap { category in
        [ClassEpisodes.Category](
          repeating: .init(name: category.name, count: category.pictures.count), count: rotations)
      })
  }

  /// The same tasks with pictures varied in another way, or not at all.
  public func augmented(by augmentation: PictureAugmentation?) -> PictureTasks {
    PictureTasks(
      name: name, pictures: pictures, normalization: normalization,
      rotationsAsClasses: rotationsAsClasses, augmentation: augmentation)
  }

  /// Pictures, of which the class is to be told.
  public var signature: Signature {
    Signature(
      inputs: [
        InputDescription(
          Self.inputName, shape: [pictures.height, pictures.width, pictures.channels])
      ], target: .classes, order: .byClass, metrics: MetricDescription.ofClasses)
  }

  /// The number of classes, rotated ones included.
  public var classCount: Int { episodes.categories.count }
  /// The number of pictures in storage.
  public var exampleCount: Int { pictures.pictureCount }

  /// Throws where there are fewer classes than ways, or a class has too few pictures.
  public func validate(_ shape: EpisodeShape) throws(TaskError) { try episodes.validate(shape) }

  /// The pictures of the episode that a key names: those of the support set, then the queries.
  func drawing(
    _ shape: EpisodeShape, key: RandomKey
  ) -> (support: [DrawnPicture], query: [DrawnPicture]) {
    let drawn = episodes.drawing(shape, key: key)
    return (drawn.support.map(picture), drawn.query.map(picture))
  }

  /// The episode that a key names.
  public func episode(_ shape: EpisodeShape, key: RandomKey) -> EpisodeValues {
    let drawn = episodes.drawing(shape, key: key)
    let ways = shape.ways ?? 0
    return EpisodeSet(
      support: examples(drawn.support, classCount: ways, key: key, part: "support"),
      query: examples(drawn.query, classCount: ways, key: key, part: "query"))
  }

  /// So many pictures of any classes; their targets are identities.
  public func examples(count: Int, key: RandomKey) -> ExampleValues {
    examples(
      episodes.drawing(count: count, key: key), classCount: classCount, key: key, part: "joint")
  }

  private func picture(_ drawn: ClassEpisodes.Drawn) -> DrawnPicture {
    let rotations = rotationsAsClasses ? 4 : 1
    let category = pictures.categories[drawn.identity / rotations]
    return DrawnPicture(
      number: category.pictures.lowerBound + drawn.member,
      quarterRotations: drawn.identity % rotations, category: drawn.place)
  }

  private func examples(
    _ drawn: [ClassEpisodes.Drawn], classCount: Int, key: RandomKey, part: String
  ) -> ExampleValues {
    let values = gathering.values(
      of: drawn.map(picture), key: key.folded(part), classKey: key.folded("classes"))
    return ExampleSet(
      drawn, inputs: NamedTree([Self.inputName: values]), classCount: classCount)
  }
}
