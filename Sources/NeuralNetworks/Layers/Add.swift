import Settings
public import Tensors

/// The sum of values of one shape.
public struct Add: Layer {
  /// Makes the sum.
  public init() {}

  /// The shape of each of the values, which must agree.
  public func outputShape(for inputs: [InputDescription]) throws(NetworkError) -> Shape {
    guard let first = inputs.first?.shape,
      inputs.allSatisfy({ $0.elementType == .float32 && $0.shape == first })
    else { throw NetworkError("adds float32 values of one shape, not \(inputs.inWords)") }
    return first
  }

  /// The sum, from the first on.
  public func callAsFunction(
    _ inputs: [Tensor], _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor { inputs.dropFirst().reduce(inputs[0], +) }
}

extension LayerEntry {
  /// A sum of values.
  public static let add = LayerEntry(
    "add", "The sum of the values that it reads."
  ) { (_, _) throws(SettingsError) in Add() }
}
