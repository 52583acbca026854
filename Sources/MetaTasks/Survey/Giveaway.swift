import Tensors

/// How well a single number tells the classes of tasks apart: where that is well, the number gives
/// the answer away.
public struct Giveaway: Sendable, Hashable {
  /// What the number is.
  public let name: String
  /// The part of queries that it names rightly, by the nearest mean of the support set's classes.
  public let accuracy: Double
  /// The accuracy of guessing.
  public let chance: Double

  /// Whether it is at least halfway from guessing to always right.
  public var isStrong: Bool { accuracy >= (1 + chance) / 2 }

  /// What single numbers tell in tasks of classes: the mean of an input, its spread, how much of it is
  /// above the mean, the best of all its numbers, and a query's position in the task where the order
  /// of examples should mean nothing.
  public static func search(_ episodes: [EpisodeValues], order: Signature.Order) -> [Giveaway] {
    guard case .classes(let ways)? = episodes.first?.query.target, ways > 0 else { return [] }
    let chance = 1 / Double(ways)
    var correct = [Double](repeating: 0, count: Self.summaries.count)
    var ofElements: [Double] = []
    for episode in episodes {
      let task = LabelledRows(episode)
      for (index, summary) in Self.summaries.enumerated() {
        correct[index] += task.accuracy(of: summary.number)
      }
      let found = task.accuracyOfElements()
      if ofElements.isEmpty { ofElements = [Double](repeating: 0, count: found.count) }
      for index in ofElements.indices { ofElements[index] += found[index] }
    }
    let count = Double(episodes.count)
    var all = zip(Self.summaries, correct).map {
      Giveaway(name: $0.name, accuracy: $1 / count, chance: chance)
    }
    if let best = ofElements.indices.max(by: { ofElements[$0] < ofElements[$1] }) {
      all.append(
        Giveaway(
          name: "the best single number of the input, number \(best)",
          accuracy: ofElements[best] / count, chance: chance))
    }
    if order != .byClass { all.append(ofPosition(episodes, chance: chance)) }
    return all
  }

  /// What is looked at of a whole input.
  private static let summaries: [(name: String, number: @Sendable ([Float]) -> Float)] = [
    (
      "the mean of the input (brightness; of texts, length)",
      { $0.reduce(0, +) / Float(max(1, $0.count)) }
    ),
    (
      "the spread of the input (contrast)",
      { row in
        let mean = row.reduce(0, +) / Float(max(1, row.count))
        return row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      }
    ),
    (
      "how much of the input is above its mean (size)",
      { row in
        let mean = row.reduce(0, +) / Float(max(1, row.count))
        return Float(row.count { $0 > mean })
      }
    ),
  ]

  /// How often the label that is usual at a query's position is the right one.
  private static func ofPosition(_ episodes: [EpisodeValues], chance: Double) -> Giveaway {
    let labels = episodes.map(\.query.targets.integers)
    let count = labels.map(\.count).min() ?? 0
    var right = 0
    for position in 0..<count {
      let found = labels.map { $0[position] }
      right += Dictionary(grouping: found) { $0 }.values.map(\.count).max() ?? 0
    }
    return Giveaway(
      name: "a query's position in the task",
      accuracy: Double(right) / Double(max(1, count * labels.count)), chance: chance)
  }
}

/// The examples of a task as rows of numbers with labels.
private struct LabelledRows {
  let support: [[Float]]
  let query: [[Float]]
  let supportLabels: [Int]
  let queryLabels: [Int]
  let ways: Int

  init(_ episode: EpisodeValues) {
    support = InputNumbers(episode.support).rows
    query = InputNumbers(episode.query).rows
    supportLabels = episode.support.targets.integers.map(Int.init)
    queryLabels = episode.query.targets.integers.map(Int.init)
    ways = episode.query.classCount
  }

  /// The part of queries that the nearest class mean of one number names rightly.
  func accuracy(of number: ([Float]) -> Float) -> Double {
    accuracy(support.map(number), query.map(number))
  }

  /// The same for each number of the input.
  func accuracyOfElements() -> [Double] {
    (0..<(support.first?.count ?? 0)).map { element in
      accuracy(support.map { $0[element] }, query.map { $0[element] })
    }
  }

  private func accuracy(_ support: [Float], _ query: [Float]) -> Double {
    var (sums, counts) = ([Float](repeating: 0, count: ways), [Float](repeating: 0, count: ways))
    for (number, label) in zip(support, supportLabels) {
      sums[label] += number
      counts[label] += 1
    }
    for label in 0..<ways { sums[label] /= max(1, counts[label]) }
    var right = 0.0
    for (number, label) in zip(query, queryLabels) {
      let nearest = sums.reduce(Float.infinity) { min($0, abs($1 - number)) }
      guard abs(sums[label] - number) <= nearest else { continue }
      // Among classes that are as near, one is guessed.
      right += 1 / Double(max(1, sums.count { abs($0 - number) <= nearest }))
    }
    return right / Double(max(1, query.count))
  }
}
