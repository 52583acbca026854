import Settings
public import Tensors

/// Features brought to one length, which is learned: x / |x| times the exponential of `scale` [1],
/// which begins at 0.
///
/// Products of features so made are cosines; joined with others, `scale` says how much these count.
public struct UnitLength: SingleInputLayer {
  private static let least = 1e-12

  /// Makes the layer.
  public init() {}

  /// `scale` [1].
  public func parameterDefinitions(for inputShape: Shape) -> ParameterDefinitions {
    ParameterDefinitions(["scale": .init([1], .constant(0))])
  }

  /// The features at their new length; zeros stay zeros.
  public func callAsFunction(
    _ inputs: Tensor, _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    let axes = Array(1..<inputs.shape.rank)
    let squares = inputs.square().sum(along: axes, keepingAxes: true)
    let ones = [Int](repeating: 1, count: inputs.shape.rank)
    return inputs * (squares + Self.least).reciprocalSquareRoot()
      * parameters["scale"].exp().reshaped(Shape(ones))
  }
}

extension LayerEntry {
  /// Features of one length.
  public static let unitLength = LayerEntry(
    "unitLength", "Features of one length, which is learned."
  ) { (_, _) throws(SettingsError) in UnitLength() }
}
