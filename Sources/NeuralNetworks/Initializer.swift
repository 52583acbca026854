public import Tensors

/// How the numbers of a new parameter are drawn: a function of shape and key alone.
///
/// Fans are those of weights [..., in, out]: `in` and `out` times the extents before them.
public enum Initializer: Hashable, Sendable {
  /// The same number everywhere.
  case constant(Double)
  /// Uniform with variance 2 / (fan in + fan out) (Glorot and Bengio 2010).
  case glorotUniform
  /// Normal with variance 2 / (fan in + fan out).
  case glorotNormal
  /// Uniform with variance 2 / fan in (He et al. 2015).
  case heUniform
  /// Normal with variance 2 / fan in.
  case heNormal
  /// Normal with a deviation.
  case normal(deviation: Double)
  /// Normal with a deviation, drawn again beyond two deviations.
  case truncatedNormal(deviation: Double)

  /// Numbers for a shape.
  public func values(_ shape: Shape, key: RandomKey) -> TensorValue {
    let (fanIn, fanOut) = Initializer.fans(of: shape)
    let count = shape.elementCount
    let elements: [Float]
    switch self {
    case .constant(let value): elements = [Float](repeating: Float(value), count: count)
    case .glorotUniform: elements = Self.uniform(count, variance: 2 / (fanIn + fanOut), key)
    case .glorotNormal: elements = Self.normal(count, variance: 2 / (fanIn + fanOut), key)
    case .heUniform: elements = Self.uniform(count, variance: 2 / fanIn, key)
    case .heNormal: elements = Self.normal(count, variance: 2 / fanIn, key)
    case .normal(let deviation):
      elements = Self.normal(count, variance: deviation * deviation, key)
    case .truncatedNormal(let deviation):
      elements = Self.truncatedNormal(count, key).map { Float(Double($0) * deviation) }
    }
    return TensorValue(elements, shape: shape)
  }

  private static func fans(of shape: Shape) -> (Double, Double) {
    guard shape.rank >= 2 else {
      let count = Double(max(1, shape.elementCount))
      return (count, count)
    }
    let window = shape.dimensions.dropLast(2).reduce(1, *)
    return (Double(max(1, window * shape[-2])), Double(max(1, window * shape[-1])))
  }

  private static func uniform(_ count: Int, variance: Double, _ key: RandomKey) -> [Float] {
    let limit = (3 * variance).squareRoot()
    return key.uniform(count: count).map { Float((2 * Double($0) - 1) * limit) }
  }

  private static func normal(_ count: Int, variance: Double, _ key: RandomKey) -> [Float] {
    let deviation = variance.squareRoot()
    return key.normal(count: count).map { Float(Double($0) * deviation) }
  }

  /// Draws rounds of normal numbers and keeps those within two deviations until there are enough.
  private static func truncatedNormal(_ count: Int, _ key: RandomKey) -> [Float] {
    var kept: [Float] = []
    var round = 0
    while kept.count < count {
      let missing = count - kept.count
      kept += key.folded(round).normal(count: missing).filter { $0.magnitude <= 2 }
      round += 1
    }
    return kept
  }
}
