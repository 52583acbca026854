import TensorPrograms
import Tensors

/// Figures over tasks.
public struct EvaluationResult: Sendable {
  /// Whether figures are accuracies rather than errors.
  public let isClassification: Bool
  /// The queries that a transductive prediction sees.
  public let queryCount: Int
  /// The accuracy or squared error of each task, in order; each query is predicted by itself.
  public internal(set) var perTask: [Double] = []
  /// The mean query loss of each task.
  public internal(set) var losses: [Double] = []
  /// The same as `perTask` where predictions see all queries; empty where there is no such mode.
  public internal(set) var transductivePerTask: [Double] = []
  /// What the check for leaks found; nil where it was not asked for.
  public internal(set) var leak: LeakCheck.Finding?

  init(isClassification: Bool, queryCount: Int) {
    self.isClassification = isClassification
    self.queryCount = queryCount
  }

  /// The mean accuracy or error with its interval.
  public var figure: Figure { Figure(perTask) }
  /// The mean query loss.
  public var loss: Double { Figure(losses).mean }
  /// The transductive figure, where it differs.
  public var transductiveFigure: Figure? {
    transductivePerTask.isEmpty || transductivePerTask == perTask
      ? nil : Figure(transductivePerTask)
  }
  /// What training wants large: accuracy, or minus the error.
  public var score: Double { isClassification ? figure.mean : -figure.mean }

  mutating func append(_ execution: Execution, count: Int) {
    func numbers(_ name: String) -> [Double] {
      execution.value(name).floats.prefix(count).map(Double.init)
    }
    perTask += numbers("inductive.score")
    losses += numbers("inductive.loss")
    if execution.outputNames.contains("transductive.score") {
      transductivePerTask += numbers("transductive.score")
    }
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
}
