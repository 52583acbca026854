public import Tensors

/// Tasks whose class numbers are exchanged at random.
///
/// A task set that calls a class by the same number in every task can be learned by heart; with
/// other numbers each time a learner must look at the support set (Yin et al. 2020, arXiv
/// 1912.03820).
public struct PermutedLabels: TaskDistribution {
  private let base: any TaskDistribution

  /// Exchanges the class numbers of other tasks.
  public init(_ base: any TaskDistribution) { self.base = base }

  /// The base's name, and what is different.
  public var name: String { "\(base.name), labels permuted" }
  /// What the base's tasks are made of.
  public var signature: Signature { base.signature }

  /// Throws where the base would, and where classes do not stand together.
  public func validate(_ shape: EpisodeShape) throws(TaskError) {
    try base.expectClassesInOrder(for: "permutesLabels")
    try base.validate(shape)
  }

  /// The base's episode with its classes in another order.
  public func episode(_ shape: EpisodeShape, key: RandomKey) -> EpisodeValues {
    let episode = base.episode(shape, key: key)
    let order = key.folded("permuted labels").permutation(of: shape.ways ?? 0)
    func permuted(_ examples: ExampleValues, each: Int) -> ExampleValues {
      examples.showing(order.flatMap { $0 * each..<($0 + 1) * each })
    }
    return EpisodeValues(
      support: permuted(episode.support, each: shape.shots),
      query: permuted(episode.query, each: shape.queries))
  }
}

extension ExampleSet where Value == TensorValue {
  /// The same targets with the inputs and identities of other examples.
  func showing(_ numbers: [Int]) -> ExampleValues {
    var examples = self
    func taken(_ value: TensorValue) -> TensorValue { .stacking(numbers.map(value.slice)) }
    examples.inputs = inputs.map(taken)
    examples.identities = identities.map(taken)
    examples.weights = weights.map(taken)
    return examples
  }
}
