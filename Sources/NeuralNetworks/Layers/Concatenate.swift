import Settings
public import Tensors

/// Values joined along the last axis: [n, ..., a] and [n, ..., b] become [n, ..., a + b].
public struct Concatenate: Layer {
  /// Makes the joining.
  public init() {}

  /// The shape with the sum of the last extents; the others must agree.
  public func outputShape(for inputs: [InputDescription]) throws(NetworkError) -> Shape {
    guard let first = inputs.first?.shape, first.rank >= 1,
      inputs.allSatisfy({
        $0.elementType == .float32 && $0.shape.rank == first.rank
          && $0.shape.dimensions.dropLast() == first.dimensions.dropLast()
      })
    else {
      throw NetworkError(
        "joins float32 values that differ in their last extent alone, not \(inputs.inWords)")
    }
    return first.replacing(axis: -1, with: inputs.reduce(0) { $0 + $1.shape[-1] })
  }

  /// The values side by side.
  public func callAsFunction(
    _ inputs: [Tensor], _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor { Tensor.concatenating(inputs, along: -1) }
}

extension LayerEntry {
  /// Values side by side.
  public static let concatenate = LayerEntry(
    "concatenate", "The values that it reads, joined along the last axis."
  ) { (_, _) throws(SettingsError) in Concatenate() }
}
