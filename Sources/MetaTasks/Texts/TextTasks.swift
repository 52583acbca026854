public import Tensors

/// Tasks of telling classes of texts apart.
public struct TextTasks: ClassPool {
  /// What the tasks are.
  public let name: String
  /// The texts that tasks are made of.
  public let texts: LabelledTexts
  private let episodes: ClassEpisodes

  /// Makes tasks of texts; queries are drawn from texts of their own where classes have such.
  public init(name: String, texts: LabelledTexts) {
    self.name = name
    self.texts = texts
    episodes = ClassEpisodes(
      name: name, noun: "texts",
      categories: texts.categories.map {
        .init(name: $0.name, count: $0.texts.count, queryCount: $0.queries?.count)
      })
  }

  /// Texts as numbers of words, of which the class is to be told.
  public var signature: Signature {
    Signature(
      inputs: texts.preparation.inputs, target: .classes, order: .byClass,
      metrics: MetricDescription.ofClasses)
  }

  /// The number of classes.
  public var classCount: Int { texts.categories.count }
  /// The number of texts, those kept for queries included.
  public var exampleCount: Int { texts.textCount }

  /// Throws where there are fewer classes than ways, or a class has too few texts.
  public func validate(_ shape: EpisodeShape) throws(TaskError) { try episodes.validate(shape) }

  /// The episode that a key names.
  public func episode(_ shape: EpisodeShape, key: RandomKey) -> EpisodeValues {
    episodes.episode(shape, key: key) { examples($0, classCount: $1) }
  }

  /// So many texts of any classes, none that is kept for queries; their targets are identities.
  public func examples(count: Int, key: RandomKey) -> ExampleValues {
    examples(episodes.drawing(count: count, key: key), classCount: classCount)
  }

  private func examples(_ drawn: [ClassEpisodes.Drawn], classCount: Int) -> ExampleValues {
    let numbers = drawn.map { texts.categories[$0.identity].texts.lowerBound + $0.member }
    return ExampleSet(drawn, inputs: texts.values(numbers: numbers), classCount: classCount)
  }
}
