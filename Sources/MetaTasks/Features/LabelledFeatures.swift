public import Tensors

/// Features in classes, rows of numbers that were made elsewhere.
public struct LabelledFeatures: Hashable, Sendable {
  /// A class, and which of the rows are its own.
  public struct Category: Hashable, Sendable {
    /// The name of the class.
    public let name: String
    /// The numbers of its rows.
    public let rows: Range<Int>
  }

  /// The classes, in the order of the bytes of their names.
  public let categories: [Category]
  /// The shape of one example.
  public let shape: Shape
  private let numbers: [Float]

  /// Puts classes together; `numbers` are their rows one after the other.
  init(categories: [Category], shape: Shape, numbers: [Float]) {
    self.categories = categories
    self.shape = shape
    self.numbers = numbers
  }

  /// Sorts features `[n, ...]` by the class of each; classes without a name are left out.
  init(_ features: TensorValue, labels: [String]) {
    var members: [[UInt8]: (name: String, rows: [Int])] = [:]
    for (row, label) in labels.enumerated() where !label.isEmpty {
      members[Array(label.utf8), default: (label, [])].rows.append(row)
    }
    let sorted = members.values.sorted { precedesInBytes($0.name, $1.name) }
    let shape = Shape(Array(features.shape.dimensions.dropFirst()))
    let (width, floats) = (shape.elementCount, features.floats)
    var numbers: [Float] = []
    numbers.reserveCapacity(floats.count)
    var categories: [Category] = []
    var first = 0
    for (name, rows) in sorted {
      for row in rows { numbers += floats[row * width..<(row + 1) * width] }
      categories.append(Category(name: name, rows: first..<first + rows.count))
      first += rows.count
    }
    self.init(categories: categories, shape: shape, numbers: numbers)
  }

  /// The number of examples.
  public var exampleCount: Int { categories.last?.rows.upperBound ?? 0 }

  /// Rows by their numbers: float32 `[rows, ...]`.
  public func values(numbers rows: [Int]) -> NamedTree<TensorValue> {
    let width = shape.elementCount
    var chosen: [Float] = []
    chosen.reserveCapacity(rows.count * width)
    for row in rows { chosen += numbers[row * width..<(row + 1) * width] }
    return NamedTree([
      FeaturePreparation.inputName: TensorValue(chosen, shape: [rows.count] + shape)
    ])
  }

  /// Some of the classes.
  func selecting(_ positions: [Int]) -> LabelledFeatures {
    let width = shape.elementCount
    var chosen: [Float] = []
    var kept: [Category] = []
    var first = 0
    for category in positions.map({ categories[$0] }) {
      chosen += numbers[category.rows.lowerBound * width..<category.rows.upperBound * width]
      kept.append(Category(name: category.name, rows: first..<first + category.rows.count))
      first += category.rows.count
    }
    return LabelledFeatures(categories: kept, shape: shape, numbers: chosen)
  }

  /// What the rows of all classes are, as bytes.
  var bytes: [UInt8] {
    unsafe numbers.withUnsafeBytes { unsafe Array($0) }
  }
}

/// Tasks of telling classes of features apart.
public struct FeatureTasks: ClassPool {
  /// What the tasks are.
  public let name: String
  /// The features that tasks are made of.
  public let features: LabelledFeatures
  private let episodes: ClassEpisodes

  /// Makes tasks of features.
  public init(name: String, features: LabelledFeatures) {
    self.name = name
    self.features = features
    episodes = ClassEpisodes(
      name: name, noun: "examples",
      categories: features.categories.map { .init(name: $0.name, count: $0.rows.count) })
  }

  /// Numbers, of which the class is to be told.
  public var signature: Signature {
    Signature(
      inputs: [InputDescription(FeaturePreparation.inputName, shape: features.shape)],
      target: .classes, order: .byClass, metrics: MetricDescription.ofClasses)
  }

  /// The number of classes.
  public var classCount: Int { features.categories.count }
  /// The number of examples.
  public var exampleCount: Int { features.exampleCount }

  /// Throws where there are fewer classes than ways, or a class has too few examples.
  public func validate(_ shape: EpisodeShape) throws(TaskError) { try episodes.validate(shape) }

  /// The episode that a key names.
  public func episode(_ shape: EpisodeShape, key: RandomKey) -> EpisodeValues {
    episodes.episode(shape, key: key) { examples($0, classCount: $1) }
  }

  /// So many examples of any classes; their targets are identities.
  public func examples(count: Int, key: RandomKey) -> ExampleValues {
    examples(episodes.drawing(count: count, key: key), classCount: classCount)
  }

  private func examples(_ drawn: [ClassEpisodes.Drawn], classCount: Int) -> ExampleValues {
    let rows = drawn.map { features.categories[$0.identity].rows.lowerBound + $0.member }
    return ExampleSet(drawn, inputs: features.values(numbers: rows), classCount: classCount)
  }
}
