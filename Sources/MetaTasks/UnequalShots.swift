public import Tensors

/// Tasks whose classes have different numbers of support examples.
///
/// Each class keeps K of the shots of the episode's shape, K uniform between the fewest and all,
/// and these weigh so much that all classes count the same; the others weigh 0 and their inputs are
/// 0, so that nothing can be learned from them.
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
  /// What the base's tasks are made of.
  public var signature: Signature { base.signature }

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
    var weights = [Float](repeating: 0, count: episode.support.count)
    for first in stride(from: 0, to: weights.count, by: shape.shots) {
      let kept = fewest + numbers.integer(below: shape.shots - fewest + 1)
      for example in first..<first + kept { weights[example] = Float(shape.shots) / Float(kept) }
    }
    episode.support.inputs = episode.support.inputs.map { $0.keepingRows(where: weights) }
    episode.support.weights = TensorValue(weights, shape: [weights.count])
    return episode
  }
}

extension TensorValue {
  /// The same numbers with zeros in the rows whose weight is 0.
  fileprivate func keepingRows(where weights: [Float]) -> TensorValue {
    let size = shape.elementCount / max(1, weights.count)
    func kept<Element: Numeric>(_ elements: [Element]) -> [Element] {
      elements.enumerated().map { weights[$0 / max(1, size)] == 0 ? 0 : $1 }
    }
    return switch storage {
    case .float32(let elements): TensorValue(kept(elements), shape: shape)
    case .int32(let elements): TensorValue(kept(elements), shape: shape)
    case .uint32(let elements): TensorValue(kept(elements), shape: shape)
    case .uint8(let elements): TensorValue(kept(elements), shape: shape)
    }
  }
}
