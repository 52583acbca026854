import Foundation
import Tensors

/// Which of all classes some tasks show.
public struct ClassCoverage: Sendable, Hashable {
  /// All classes.
  public let classCount: Int
  /// Tasks that were drawn.
  public let taskCount: Int
  /// Classes that one of the tasks shows.
  public let seenCount: Int
  /// The tasks that show a class: the fewest and the most.
  public let tasksOfClass: ClosedRange<Int>
  /// How evenly classes are shown: 1 where all are in as many tasks, near 0 where few are in all.
  public let evenness: Double

  /// Counts the classes of tasks; nil where their examples have no identities.
  public init?(of episodes: [EpisodeValues], classCount: Int) {
    guard classCount > 0 else { return nil }
    var counts = [Int](repeating: 0, count: classCount)
    for episode in episodes {
      guard let identities = episode.support.identities else { return nil }
      for identity in Set(identities.integers) where Int(identity) < classCount {
        counts[Int(identity)] += 1
      }
    }
    let total = Double(max(1, counts.reduce(0, +)))
    let entropy = counts.filter { $0 > 0 }.map { Double($0) / total }
      .reduce(0) { $0 - $1 * log($1) }
    self.classCount = classCount
    taskCount = episodes.count
    seenCount = counts.count { $0 > 0 }
    tasksOfClass = (counts.min() ?? 0)...(counts.max() ?? 0)
    evenness = classCount == 1 ? 1 : entropy / log(Double(classCount))
  }

  /// The part of classes that one of the tasks shows.
  public var part: Double { Double(seenCount) / Double(classCount) }
}
