public import Tensors

/// Tasks some of whose classes are mixtures of two: each example the same convex combination of an
/// example of either (interpolation of tasks; Yao, Zhang and Finn 2022, arXiv 2106.02695).
///
/// The first class has a share between a half and all. A mixture has the identity of its first
/// class.
public struct MixedClasses: TaskDistribution {
  private let base: any TaskDistribution
  private let part: Double

  /// Mixes about this part of the classes of other tasks.
  public init(_ base: any TaskDistribution, part: Double) {
    self.base = base
    self.part = part
  }

  /// The base's name, and what is different.
  public var name: String { "\(base.name), classes mixed" }
  /// What the base's tasks are made of.
  public var signature: Signature { base.signature }

  /// Throws where the base has no tasks of twice the classes, and where inputs are no numbers.
  public func validate(_ shape: EpisodeShape) throws(TaskError) {
    try base.expectClassesInOrder(for: "mixing")
    guard signature.inputs.allSatisfy({ $0.elementType == .float32 }) else {
      throw TaskError(
        "\(name): task.transforms.mixing needs inputs of numbers, and these are of words; leave it out."
      )
    }
    try base.validate(Self.doubled(shape))
  }

  private static func doubled(_ shape: EpisodeShape) -> EpisodeShape {
    EpisodeShape(ways: shape.ways.map { 2 * $0 }, shots: shape.shots, queries: shape.queries)
  }

  /// An episode of the base with twice the classes, mixed to half as many.
  public func episode(_ shape: EpisodeShape, key: RandomKey) -> EpisodeValues {
    let whole = base.episode(Self.doubled(shape), key: key)
    var numbers = RandomNumbers(key.folded("mixed classes"))
    let shares = (0..<(shape.ways ?? 0)).map { _ in
      let isMixed = Double(numbers.unit()) < part
      let share = numbers.uniform(0.5, 1)
      return isMixed ? share : 1
    }
    return EpisodeValues(
      support: Self.mixed(whole.support, shares), query: Self.mixed(whole.query, shares))
  }

  private static func mixed(_ examples: ExampleValues, _ shares: [Float]) -> ExampleValues {
    let count = examples.count / 2
    func half(_ value: TensorValue) -> TensorValue { .stacking((0..<count).map(value.slice)) }
    return ExampleValues(
      inputs: examples.inputs.map { value in
        let elements = value.floats
        let size = elements.count / examples.count
        var mixed = Array(elements.prefix(count * size))
        for index in mixed.indices {
          let share = shares[index / size * shares.count / count]
          mixed[index] = share * mixed[index] + (1 - share) * elements[count * size + index]
        }
        return TensorValue(mixed, shape: half(value).shape)
      }, targets: half(examples.targets), weights: examples.weights.map(half),
      identities: examples.identities.map(half), target: .classes(shares.count))
  }
}
