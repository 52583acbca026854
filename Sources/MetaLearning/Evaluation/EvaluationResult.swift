public import MetaTasks
import TensorPrograms
import Tensors

/// Figures over tasks.
public struct EvaluationResult: Sendable {
  static let inductivePrefix = "inductive."
  static let transductivePrefix = "transductive."
  static let confidenceName = "confidence"
  static let rightName = "isRight"

  /// The metrics of the tasks; the first one counts.
  public let metrics: [MetricDescription]
  /// The queries that a transductive prediction sees.
  public let queryCount: Int
  /// The value of each metric on each task, in order; each query is predicted by itself.
  private var values: [String: [Double]] = [:]
  /// The same where predictions see all queries; empty where there is no such mode.
  private var transductiveValues: [String: [Double]] = [:]
  /// The mean query loss of each task.
  public private(set) var losses: [Double] = []
  /// How sure it was of its answers; of no query where they are no classes.
  public private(set) var reliability = Reliability()
  /// What the check for leaks found; nil where it was not asked for.
  public internal(set) var leak: LeakCheck.Finding?

  init(metrics: [MetricDescription], queryCount: Int) {
    self.metrics = metrics
    self.queryCount = queryCount
  }

  /// A result of values on each task that were found elsewhere, such as returns of rollouts.
  init(_ found: [(metric: MetricDescription, perTask: [Double])]) {
    self.init(metrics: found.map(\.metric), queryCount: 0)
    for (metric, perTask) in found { values[metric.name] = perTask }
  }

  /// The metric that counts.
  public var mainMetric: MetricDescription { metrics[0] }
  /// The value of the metric that counts on each task, in order.
  public var perTask: [Double] { values[mainMetric.name] ?? [] }
  /// The metric that counts, with its interval.
  public var figure: Figure { Figure(perTask) }
  /// The mean query loss; nil where there is none.
  public var loss: Double? { losses.isEmpty ? nil : Figure(losses).mean }
  /// What training wants large.
  public var score: Double { mainMetric.score(of: figure.mean) }

  /// A metric with its interval; nil where predictions have none.
  public func figure(of metric: MetricDescription) -> Figure? {
    values[metric.name].map { Figure($0) }
  }

  /// A metric where predictions see all queries; nil where that is not another figure.
  public func transductiveFigure(of metric: MetricDescription) -> Figure? {
    transductiveValues[metric.name].flatMap { $0 == values[metric.name] ? nil : Figure($0) }
  }

  /// The metric that counts, where predictions see all queries.
  public var transductiveFigure: Figure? { transductiveFigure(of: mainMetric) }

  mutating func append(_ execution: Execution, count: Int) {
    func numbers(_ name: String) -> [Double]? {
      guard execution.outputNames.contains(name) else { return nil }
      return execution.value(name).floats.prefix(count).map(Double.init)
    }
    losses += numbers("\(Self.inductivePrefix)loss") ?? []
    appendReliability(execution, count: count)
    for metric in metrics {
      if let found = numbers("\(Self.inductivePrefix)metric.\(metric.name)") {
        values[metric.name, default: []] += found
      }
      if let found = numbers("\(Self.transductivePrefix)metric.\(metric.name)") {
        transductiveValues[metric.name, default: []] += found
      }
    }
  }
}

extension EvaluationResult {
  private mutating func appendReliability(_ execution: Execution, count: Int) {
    guard execution.outputNames.contains(Self.confidenceName) else { return }
    let confidences = execution.value(Self.confidenceName)
    let queries = confidences.shape.elementCount / max(1, confidences.shape[0]) * count
    reliability.append(
      confidences: confidences.floats.prefix(queries).map(Double.init),
      rights: execution.value(Self.rightName).floats.prefix(queries).map { $0 != 0 })
  }
}

/// A mean over tasks with its 95% interval: 1.96 s / sqrt(n), s with n - 1.
public struct Figure: Sendable, Hashable {
  /// The mean.
  public let mean: Double
  /// Half the width of the 95% interval; infinite for fewer than two numbers.
  public let interval: Double
  /// The numbers.
  public let count: Int

  /// Makes the figure of numbers.
  public init(_ numbers: [Double]) {
    count = numbers.count
    let mean = numbers.reduce(0, +) / Double(max(1, numbers.count))
    self.mean = mean
    let squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    interval =
      count < 2
      ? .infinity
      : 1.96 * (squares / Double(count - 1)).squareRoot() / Double(count).squareRoot()
  }

  /// The mean difference of two lists over the same tasks.
  public static func paired(_ first: [Double], _ second: [Double]) -> Figure {
    Figure(zip(first, second).map { $0 - $1 })
  }

  /// Whether the interval excludes zero: of a difference, whether one is shown.
  public var excludesZero: Bool { abs(mean) > interval }
}
