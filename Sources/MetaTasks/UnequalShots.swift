public import Tensors

/// Tasks whose classes have different numbers of support examples.
///
/// Each class keeps K of the shots of the episode's shape, K uniform between the fewest and all;
/// the others weigh 0 and their inputs are 0, so that nothing can be learned from them.
public struct UnequalShots: TaskDistribution {
  private let base: any TaskDistribution
  private let fewest: Int

  /// Thins out the support sets of other tasks, to no fewer than `fewest` examples of a class.
  public init(_ base: any TaskDistribution, fewest: Int) {
    self.base = base
    self.fewest = fewest
  }

  /// The base's name, and what is different.
  public var name: String { "\(base.name), \(fewest) shots or more" }
  /// The shape of one example.
  public var inputShape: Shape { base.inputShape }
  /// Whether examples have a class.
  public var isClassification: Bool { base.isClassification }
  /// The numbers to predict for one example.
  public var outputCount: Int { base.outputCount }

  /// Throws where the base would, and where the fewest shots are not between 1 and the shape's.
  public func validate(_ shape: EpisodeShape) throws(TaskError) {
    try base.validate(shape)
    guard (1...shape.shots).contains(fewest) else {
      throw TaskError(
        "\(base.name): between \(fewest) and \(shape.shots) shots; the fewest must be 1 or more "
          + "and no more than the most.")
    }
  }

  /// The base's episode with support weights.
  public func episode(_ shape: EpisodeShape, key: RandomKey) -> EpisodeValues {
    var episode = base.episode(shape, key: key)
    var numbers = RandomNumbers(key.folded("unequal shots"))
    var inputs = episode.support.inputs.floats
    var weights = [Float](repeating: 1, count: episode.support.count)
    let size = inputShape.elementCount
    for first in stride(from: 0, to: weights.count, by: shape.shots) {
      let kept = fewest + numbers.integer(below: shape.shots - fewest + 1)
      for example in first + kept..<first + shape.shots {
        weights[example] = 0
        for index in example * size..<(example + 1) * size { inputs[index] = 0 }
      }
    }
    episode.support.inputs = TensorValue(inputs, shape: episode.support.inputs.shape)
    episode.support.weights = TensorValue(weights, shape: [weights.count])
    return episode
  }
}
