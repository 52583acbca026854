/// How sure a learner was of its answers, and how often it was right, over all queries of an
/// evaluation.
public struct Reliability: Sendable {
  /// The probability of the likeliest class, for each query.
  public private(set) var confidences: [Double] = []
  /// Whether that class was the right one.
  public private(set) var rights: [Bool] = []

  /// The reliability of no query.
  public init() {}

  /// Adds queries.
  public mutating func append(confidences: [Double], rights: [Bool]) {
    self.confidences += confidences
    self.rights += rights
  }

  /// The expected calibration error; nil without queries.
  ///
  /// Guo et al., On calibration of modern neural networks, 2017, equation 3: queries are put into
  /// fifteen bins of equal width by their confidence, and the distances of each bin's mean confidence
  /// from its part of right answers are averaged with the bins' sizes.
  public var calibrationError: Double? {
    let binCount = 15
    var excess = [Double](repeating: 0, count: binCount)
    for (confidence, isRight) in zip(confidences, rights) {
      let bin = Int((confidence * Double(binCount)).rounded(.up)) - 1
      excess[min(max(bin, 0), binCount - 1)] += confidence - (isRight ? 1 : 0)
    }
    return confidences.isEmpty
      ? nil : excess.reduce(0) { $0 + abs($1) } / Double(confidences.count)
  }
}
