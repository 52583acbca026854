import Settings
public import Tensors

/// Each example's elements brought to mean 0 and variance 1 by themselves, times `scale` [c], plus
/// `offset` [c].
///
/// Ba, Kiros and Hinton, Layer Normalization, 2016.
public struct LayerNorm: SingleInputLayer {
  /// What mean and variance are taken over.
  public enum Extent: String, Hashable, Sendable, CaseIterable {
    /// The last axis.
    case features
    /// All axes of an example.
    case example
  }

  /// What mean and variance are taken over.
  public let extent: Extent
  /// What is added to the variance.
  public let epsilon: Double

  /// Makes a layer normalization.
  public init(over extent: Extent = .features, epsilon: Double = 1e-5) {
    self.extent = extent
    self.epsilon = epsilon
  }

  /// Yes.
  public var carriesLeadingAxis: Bool { true }

  /// The shape of the inputs.
  public func outputShape(for inputShape: Shape) throws(NetworkError) -> Shape {
    guard inputShape.rank >= 1 else { throw NetworkError("needs an axis of features") }
    return inputShape
  }

  /// `scale` of ones and `offset` of zeros, both [c].
  public func parameterDefinitions(for inputShape: Shape) -> ParameterDefinitions {
    .scaleAndOffset([inputShape[-1]])
  }

  /// The normalised inputs.
  public func callAsFunction(
    _ inputs: Tensor, _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    let rank = inputs.shape.rank
    let leading = parameters["scale"].shape.rank - 1
    let axes = extent == .features ? [rank - 1] : Array(leading + 1..<rank)
    let centered = inputs - inputs.mean(along: axes, keepingAxes: true)
    let variance = centered.square().mean(along: axes, keepingAxes: true)
    let normalised = centered * (variance + epsilon).reciprocalSquareRoot()
    return normalised * parameters["scale"].aligned(toRank: rank)
      + parameters["offset"].aligned(toRank: rank)
  }
}

extension LayerEntry {
  /// A layer normalization.
  public static let layerNorm = LayerEntry(
    "layerNorm", "Each example brought to mean 0 and variance 1 by itself."
  ) { (settings, _) throws(SettingsError) in
    LayerNorm(
      over: try settings.choice(
        "over", "What mean and variance are taken over.", default: LayerNorm.Extent.features),
      epsilon: try settings.number(
        "epsilon", "What is added to the variance.", default: 1e-5, .positive))
  }
}
