import Settings
public import Tensors

/// The mean over all positions of pictures [n, h, w, c]: [n, c].
public struct GlobalAveragePool: SingleInputLayer {
  /// Makes the mean over positions.
  public init() {}

  /// [h, w, c] becomes [c].
  public func outputShape(for inputShape: Shape) throws(NetworkError) -> Shape {
    try inputShape.expectPicture()
    return [inputShape[2]]
  }

  /// The means.
  public func callAsFunction(
    _ inputs: Tensor, _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor { inputs.mean(along: [-3, -2]) }
}

extension LayerEntry {
  /// The mean over positions.
  public static let globalAveragePool = LayerEntry(
    "globalAveragePool", "The mean over all positions of pictures [h, w, c]."
  ) { (_, _) throws(SettingsError) in GlobalAveragePool() }
}
