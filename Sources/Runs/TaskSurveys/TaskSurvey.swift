public import MetaLearning
public import MetaTasks

/// A task set by the four demands on a good one, and by what would make figures on it worthless.
///
/// Similarity: tasks are alike enough that learning some helps with the next. Difference: they
/// differ enough that there is something to learn. Representativeness: those that are drawn show all
/// that there is. Extensibility: more of them would tell more.
public struct TaskSurvey: Sendable {
  /// How well the control does with a number of support examples.
  public struct Point: Sendable, Hashable {
    /// The number.
    public let count: Int
    /// The quality over tasks.
    public let quality: Figure
  }

  /// What was looked at, in a line.
  public let title: String
  /// The name of the control: something simple that learns from a task's support set alone.
  public let controlTitle: String
  /// What quality is: accuracy, or for numbers the part of the variance that is explained.
  public let qualityTitle: String
  /// The quality of guessing.
  public let chance: Double
  /// The quality of the control on each test task.
  public let perTask: [Double]
  /// The quality of the control on test tasks with other numbers of support examples.
  public let shotCurve: [Point]
  /// The quality of the control where it has the support set of another task.
  public let withOtherSupport: Figure
  /// Where inputs differ; nil where all are equal.
  public let variance: InputVariance?
  /// Which classes training tasks show; nil where tasks have none.
  public let trainingCoverage: ClassCoverage?
  /// Which classes test tasks show; nil where tasks have none.
  public let testCoverage: ClassCoverage?
  /// Examples that are there more than once; nil where examples are made anew for each task.
  public let duplicates: DuplicateSearch?
  /// What single numbers tell of classes.
  public let giveaways: [Giveaway]

  /// The quality from which on a task counts as solved.
  public static let solvedQuality = 0.95

  /// The part of the tasks that the control solves.
  public var solvedPart: Double {
    Double(perTask.count { $0 >= Self.solvedQuality }) / Double(max(1, perTask.count))
  }

  /// The quality of the control.
  public var quality: Figure { Figure(perTask) }
}

// MARK: What must be said

extension TaskSurvey {
  /// What makes figures on the task set worth less, each in a line.
  public var warnings: [String] {
    var warnings = duplicateWarnings
    for giveaway in giveaways where giveaway.isStrong {
      warnings.append(
        "\(giveaway.name) alone gives the answer away: \(percent(giveaway.accuracy)) right, and "
          + "guessing \(percent(giveaway.chance))")
    }
    if solvedPart >= 0.5 {
      warnings.append(
        "\(controlTitle) solves \(percent(solvedPart)) of the tasks: they are too easy to tell learners "
          + "apart; give them more classes, or fewer support examples")
    }
    if withOtherSupport.mean > (1 + chance) / 2 {
      warnings.append(
        "\(percent(withOtherSupport.mean)) are right with the support set of another task: what is to be "
          + "learned is the same in all tasks, and nothing need be learned from a support set")
    }
    if let coverage = trainingCoverage, coverage.part < 0.9, coverage.tasksOfClass.upperBound > 3 {
      warnings.append(
        "training tasks show only \(percent(coverage.part)) of the classes, some of them "
          + "\(coverage.tasksOfClass.upperBound) times")
    }
    return warnings
  }

  private var duplicateWarnings: [String] {
    guard let duplicates else { return [] }
    let counts = [
      (duplicates.acrossSplits, "of validation or test are in an earlier split too"),
      (duplicates.nearlyAcrossSplits, "of validation or test are nearly in an earlier split"),
      (duplicates.betweenClasses, "are in two classes of a split"),
    ]
    let first = duplicates.pairs.first.map { ", such as \($0.second.words) (\($0.first.words))" }
    return counts.enumerated().filter { $1.0 > 0 }.map { index, count in
      "\(counted(count.0, "example")) \(count.1)\(index < 2 ? first ?? "" : "")"
    }
  }

  /// A part of 1 as people write it.
  func percent(_ part: Double) -> String { "\((part * 100).withDecimals(1))%" }
}
