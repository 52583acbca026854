public import Tensors

/// Everything that a run needs to go on to the same bits, at the end of a step.
public struct Checkpoint: Equatable, Sendable {
  /// The number of steps done.
  public var step: Int
  /// What a trainer carries as tensors, by a name without a slash.
  ///
  /// Such as parameters, optimizer state, best parameters and statistics.
  public var trees: [String: ParameterValues]
  /// Named numbers, kept to the bit, such as the best validation loss.
  public var numbers: [String: Double]
  /// Named whole numbers, such as the steps since the best.
  public var counters: [String: Int]
  /// Named texts, such as the digest of the data.
  public var texts: [String: String]
  /// What each run writer had written when the checkpoint was made, for it to be cut to on resume.
  public var marks: [String: Int]

  /// Makes a checkpoint.
  public init(
    step: Int, trees: [String: ParameterValues], numbers: [String: Double] = [:],
    counters: [String: Int] = [:], texts: [String: String] = [:], marks: [String: Int] = [:]
  ) {
    self.step = step
    self.trees = trees
    self.numbers = numbers
    self.counters = counters
    self.texts = texts
    self.marks = marks
  }
}
