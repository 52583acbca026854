/// A figure by which predictions are judged: its name, whether more is better, how it is printed.
public struct MetricDescription: Hashable, Sendable {
  /// Which way is better.
  public enum Direction: String, Hashable, Sendable {
    case larger, smaller
  }

  /// How a value is printed.
  public enum Format: Hashable, Sendable {
    /// A part of 1, as percent.
    case percent
    /// A number with so many decimals.
    case decimals(Int)
  }

  /// The name in files, such as `accuracy`.
  public let name: String
  /// The name for people.
  public let title: String
  /// Which way is better.
  public let direction: Direction
  /// How a value is printed.
  public let format: Format

  /// Describes a metric.
  public init(_ name: String, title: String, _ direction: Direction, _ format: Format) {
    self.name = name
    self.title = title
    self.direction = direction
    self.format = format
  }

  /// A value as a score, of which more is better.
  public func score(of value: Double) -> Double { direction == .larger ? value : -value }
}

extension MetricDescription {
  /// What predictions of classes are judged by: the accuracy counts.
  public static let ofClasses = [accuracy, negativeLogLikelihood, entropy]

  /// The part of examples whose likeliest class is the right one.
  public static let accuracy = MetricDescription("accuracy", title: "accuracy", .larger, .percent)
  /// The mean squared difference.
  public static let squaredError = MetricDescription(
    "squaredError", title: "squared error", .smaller, .decimals(4))
  /// The logarithm to base 10 of a task's mean squared difference.
  public static let logSquaredError = MetricDescription(
    "logSquaredError", title: "log10 of the squared error", .smaller, .decimals(3))
  /// The mean absolute difference.
  public static let absoluteError = MetricDescription(
    "absoluteError", title: "mean absolute error", .smaller, .decimals(4))
  /// Minus the mean logarithm of the probability (density) of what is right.
  public static let negativeLogLikelihood = MetricDescription(
    "negativeLogLikelihood", title: "negative log-likelihood", .smaller, .decimals(4))
  /// The mean entropy of the probabilities of classes, in nats: how uncertain predictions are.
  public static let entropy = MetricDescription(
    "entropy", title: "entropy of predictions", .smaller, .decimals(4))
  /// The mean distance of the likeliest class's probability from how often it is right.
  public static let calibrationError = MetricDescription(
    "calibrationError", title: "calibration error", .smaller, .percent)
  /// The part of numbers that lie in the central 90% of what was predicted.
  public static let coverage90 = MetricDescription(
    "coverage90", title: "coverage of the 90% band", .larger, .percent)
  /// The mean of one over the rank of the right candidate.
  public static let meanReciprocalRank = MetricDescription(
    "meanReciprocalRank", title: "mean reciprocal rank", .larger, .decimals(4))
  /// The part of queries whose right candidate is among the k best.
  public static func hits(at k: Int) -> MetricDescription {
    MetricDescription("hits@\(k)", title: "hits at \(k)", .larger, .percent)
  }
  /// The normalised discounted gain of the k best.
  public static func nDCG(at k: Int) -> MetricDescription {
    MetricDescription("nDCG@\(k)", title: "nDCG at \(k)", .larger, .decimals(4))
  }
  /// The normalised discounted gain of the k best by what is predicted, with the ratings as gains.
  public static func ratingGain(at k: Int) -> MetricDescription {
    MetricDescription("ratingGain@\(k)", title: "nDCG at \(k)", .larger, .decimals(4))
  }
  /// The probability that a positive example is scored above a negative one.
  public static let areaUnderCurve = MetricDescription(
    "auroc", title: "area under the ROC curve", .larger, .decimals(4))
  /// The sum of rewards.
  public static let totalReward = MetricDescription(
    "return", title: "return", .larger, .decimals(3))
  /// The sum of rewards where actions are drawn from the policy.
  public static let sampledReward = MetricDescription(
    "sampledReturn", title: "return, actions sampled", .larger, .decimals(3))
}
