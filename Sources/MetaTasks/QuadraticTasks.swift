import Settings
public import Tensors

/// Quadratic functions to be minimised, f(θ) = ‖W θ - y‖² with normal numbers in W and y, each task a
/// function of its own.
///
/// Andrychowicz and others 2016, arXiv 1606.04474, section 3.1.
///
/// A function is minimised by a linear network without bias, whose weights are θ. A row of W is an
/// input and its element of y the target, both times the root of the number of rows: so the mean
/// squared error is f. Unlike other tasks these are judged by what is minimised: the queries are
/// the support examples.
public struct QuadraticTasks: TaskDistribution {
  /// The extent of θ.
  public let dimensions: Int

  /// Makes functions of so many numbers.
  public init(dimensions: Int = 10) {
    if dimensions < 1 { fatalError("A function of \(dimensions) numbers is no task.") }
    self.dimensions = dimensions
  }

  /// What the tasks are.
  public var name: String { "quadratics" }

  /// A row of W, of which the element of y is to be told.
  public var signature: Signature {
    Signature(
      inputs: [InputDescription("row", shape: [dimensions])], target: .numbers(1), order: .none,
      metrics: [.logSquaredError, .squaredError])
  }

  /// Throws where ways are given, or where there are not as many queries as rows.
  public func validate(_ shape: EpisodeShape) throws(TaskError) {
    try shape.validate(for: signature.target, in: name)
    guard shape.queries == shape.shots else {
      throw TaskError(
        "\(name): \(shape.shots) shots and \(shape.queries) queries; a function is judged by itself, "
          + "so they must be as many")
    }
  }

  /// The function that a key names, of as many rows as there are shots.
  public func episode(_ shape: EpisodeShape, key: RandomKey) -> EpisodeValues {
    let scale = Float(shape.shots).squareRoot()
    func numbers(_ name: String, _ shape: Shape) -> TensorValue {
      TensorValue(
        key.folded(name).normal(count: shape.elementCount).map { $0 * scale }, shape: shape)
    }
    let examples = ExampleValues(
      inputs: NamedTree(["row": numbers("W", [shape.shots, dimensions])]),
      targets: numbers("y", [shape.shots, 1]), target: .numbers(1))
    return EpisodeValues(support: examples, query: examples)
  }
}

extension QuadraticTasks {
  /// The set as recipes name it.
  public static let entry = DataSetEntry(
    "quadratics", "built-in quadratic functions to be minimised", origin: .builtIn,
    divisions: ["by-key"]
  ) { (settings) throws(SettingsError) in
    let dimensions = try settings.integer(
      "dimensions", "How many numbers a function has.", default: 10, in: 1...10_000)
    let episodes = UsualEpisodes(ways: nil, shots: 10, queries: 10, evaluationQueries: 10)
    return DataSetPlan(target: .numbers(1), episodes: episodes, usualNetwork: "linear") { _ in
      let tasks = QuadraticTasks(dimensions: dimensions)
      return LoadedDataSet(
        name: tasks.name, classSplit: "by-key",
        tasks: [.train: tasks, .validation: tasks, .test: tasks])
    }
  }
}
