public import Tensors

/// A layer of sequences [n, time, features] that can go on where a sequence ends: its result at a
/// position depends on that position and those before it alone.
public protocol CausalLayer: Layer {
  /// The results [n, width] at the position after a sequence [time, features], for each of n
  /// features [n, features] that might stand there.
  func next(_ inputs: Tensor, after past: Tensor, _ parameters: Parameters) -> Tensor
}
