import Settings
public import Tensors

/// All axes of an example as one, in row-major order: [n, h, w, c] becomes [n, h·w·c].
public struct Flatten: SingleInputLayer {
  /// Makes the flattening.
  public init() {}

  /// The number of elements as the only extent.
  public func outputShape(for inputShape: Shape) -> Shape { [inputShape.elementCount] }

  /// The same numbers as [n, features].
  public func callAsFunction(
    _ inputs: Tensor, _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    inputs.reshaped([inputs.shape[0], inputs.shape.dimensions.dropFirst().reduce(1, *)])
  }
}

extension LayerEntry {
  /// All axes as one.
  public static let flatten = LayerEntry(
    "flatten", "All axes of an example as one."
  ) { (_, _) throws(SettingsError) in Flatten() }
}
