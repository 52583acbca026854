import Settings
public import Tensors

/// The mean over the positions of a sequence: [n, time, ...] becomes [n, ...].
///
/// Where it also reads a length, int32 [n], only the first `length` positions of each example
/// count; a sequence of length 0 has zeros as its mean.
public struct SequenceMean: Layer {
  /// Makes the mean.
  public init() {}

  /// [time, ...] becomes [...].
  public func outputShape(for inputs: [InputDescription]) throws(NetworkError) -> Shape {
    guard (1...2).contains(inputs.count), inputs[0].elementType == .float32,
      inputs[0].shape.rank >= 1, inputs[0].shape[0] >= 1,
      inputs.dropFirst().allSatisfy({ $0.elementType == .int32 && $0.shape == .scalar })
    else {
      throw NetworkError(
        "takes a sequence (float32 [time, ...]) and, where wanted, its length (int32 []), not "
          + inputs.inWords)
    }
    return Shape(Array(inputs[0].shape.dimensions.dropFirst()))
  }

  /// The means.
  public func callAsFunction(
    _ inputs: [Tensor], _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    let sequence = inputs[0]
    guard inputs.count == 2 else { return sequence.mean(along: [1]) }
    let length = inputs[1]
    let ones = [Int](repeating: 1, count: sequence.shape.rank - 2)
    let counts = Shape([length.shape[0], 1] + ones)
    let mask = length.positionMask(sequence.shape[1]).reshaped([length.shape[0], -1] + ones)
    let counted = select(mask, sequence, Tensor.fill(0, shape: sequence.shape))
    let divisor = maximum(length.converted(to: .float32), Tensor.fill(1)).reshaped(counts)
    return (counted / divisor).sum(along: [1])
  }
}

extension Tensor {
  /// For lengths int32 [n]: a mask [n, time] that is 1 at the first positions of each, up to its
  /// length.
  func positionMask(_ time: Int) -> Tensor {
    let shape: Shape = [self.shape[0], time]
    return Tensor.positions(along: 1, shape: shape)
      .isLess(than: reshaped([self.shape[0], 1]).broadcast(to: shape))
  }
}

extension LayerEntry {
  /// The mean of a sequence.
  public static let sequenceMean = LayerEntry(
    "sequenceMean",
    "The mean over the positions of a sequence, up to its length where it reads one."
  ) { (_, _) throws(SettingsError) in SequenceMean() }
}
