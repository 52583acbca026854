import Tensors

/// Where the inputs of a task set differ: from task to task, from class to class of a task, or from
/// example to example of a class.
public struct InputVariance: Sendable, Hashable {
  /// The part of the variance that lies between tasks, from 0 to 1.
  public let betweenTasks: Double
  /// The part between the classes of a task; 0 where tasks have none.
  public let betweenClasses: Double
  /// The part within classes, or within tasks that have none.
  public let within: Double

  /// Divides the variance of the inputs of tasks; nil where all inputs are equal.
  public init?(of episodes: [EpisodeValues]) {
    var (within, amongClasses) = (0.0, 0.0)
    var tasks: [(mean: [Double], count: Int)] = []
    for episode in episodes {
      var classes: [(mean: [Double], count: Int)] = []
      for rows in Self.classes(of: episode) {
        let mean = Self.mean(rows.map { ($0.map(Double.init), 1) })
        within += rows.reduce(0) { $0 + Self.squaredDistance($1.map(Double.init), mean) }
        classes.append((mean, rows.count))
      }
      let mean = Self.mean(classes)
      amongClasses += classes.reduce(0) {
        $0 + Double($1.count) * Self.squaredDistance($1.mean, mean)
      }
      tasks.append((mean, classes.reduce(0) { $0 + $1.count }))
    }
    let mean = Self.mean(tasks)
    let amongTasks = tasks.reduce(0) {
      $0 + Double($1.count) * Self.squaredDistance($1.mean, mean)
    }
    let whole = within + amongClasses + amongTasks
    guard whole > 0 else { return nil }
    betweenTasks = amongTasks / whole
    betweenClasses = amongClasses / whole
    self.within = within / whole
  }

  /// The rows of each class, support and query alike; all in one where there are no classes.
  private static func classes(of episode: EpisodeValues) -> [[[Float]]] {
    var classes: [Int32: [[Float]]] = [:]
    for part in [episode.support, episode.query] {
      let isOfClasses = if case .classes = part.target { true } else { false }
      let labels = isOfClasses ? part.targets.integers : [Int32](repeating: 0, count: part.count)
      for (row, label) in zip(InputNumbers(part).rows, labels) {
        classes[label, default: []].append(row)
      }
    }
    return classes.sorted { $0.key < $1.key }.map(\.value)
  }

  private static func mean(_ parts: [(mean: [Double], count: Int)]) -> [Double] {
    guard var sum = parts.first?.mean.map({ _ in 0.0 }) else { return [] }
    for part in parts {
      for index in sum.indices { sum[index] += part.mean[index] * Double(part.count) }
    }
    let total = Double(parts.reduce(0) { $0 + $1.count })
    return sum.map { $0 / total }
  }

  private static func squaredDistance(_ one: [Double], _ other: [Double]) -> Double {
    var sum = 0.0
    for index in one.indices { sum += (one[index] - other[index]) * (one[index] - other[index]) }
    return sum
  }
}
