import Settings
public import Tensors

/// Zero for a random part of the elements, the others scaled up so that the mean stays; everything
/// passes where the context has no key, as in the inner loops of gradient-based learners.
public struct Dropout: SingleInputLayer {
  /// The probability that an element becomes 0.
  public let rate: Double

  /// Makes a dropout of a rate in [0, 1).
  public init(rate: Double) {
    guard (0..<1).contains(rate) else { fatalError("A dropout rate is in [0, 1), not \(rate).") }
    self.rate = rate
  }

  /// The elements that are kept, divided by the probability to be kept.
  public func callAsFunction(
    _ inputs: Tensor, _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    guard rate > 0, let key = context.nextKey() else { return inputs }
    let isDropped = key.uniform(inputs.shape)
      .isLess(than: Tensor.fill(rate, shape: inputs.shape))
    return select(isDropped, Tensor.fill(0, shape: inputs.shape), inputs / (1 - rate))
  }
}

extension LayerEntry {
  /// A dropout.
  public static let dropout = LayerEntry(
    "dropout", "Zero for a random part of the elements, where the learner draws at random."
  ) { (settings, _) throws(SettingsError) in
    Dropout(
      rate: try settings.number(
        "rate", "The probability that an element becomes 0.", default: 0.5, .within(0...0.999)))
  }
}
