public import Tensors

/// Tasks some of whose support examples stand in another class, as where labels were given by mistake.
///
/// Examples change places in pairs, so that every class keeps as many; queries keep their classes.
public struct NoisyLabels: TaskDistribution {
  private let base: any TaskDistribution
  private let part: Double

  /// Puts about this part of the support examples of other tasks in another class.
  public init(_ base: any TaskDistribution, part: Double) {
    self.base = base
    self.part = part
  }

  /// The base's name, and what is different.
  public var name: String { "\(base.name), label noise \(part)" }
  /// What the base's tasks are made of.
  public var signature: Signature { base.signature }

  /// Throws where the base would, and where classes do not stand together.
  public func validate(_ shape: EpisodeShape) throws(TaskError) {
    try base.expectClassesInOrder(for: "labelNoise")
    try base.validate(shape)
  }

  /// The base's episode with some support examples exchanged.
  public func episode(_ shape: EpisodeShape, key: RandomKey) -> EpisodeValues {
    var episode = base.episode(shape, key: key)
    let count = episode.support.count
    var numbers = RandomNumbers(key.folded("label noise"))
    var order = Array(0..<count)
    for example in 0..<count {
      // Each exchange puts two examples in another class.
      let isExchanged = Double(numbers.unit()) < part / 2
      let other = numbers.integer(below: count - shape.shots)
      guard isExchanged else { continue }
      let first = example / shape.shots * shape.shots
      order.swapAt(example, other < first ? other : other + shape.shots)
    }
    episode.support = episode.support.showing(order)
    return episode
  }
}
