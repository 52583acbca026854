public import MetaTasks
public import TensorPrograms
public import Tensors

/// How well a learner tells queries of a task's classes from queries of classes of which the task has
/// no example.
public struct NoveltyEvaluation: Sendable {
  /// The learner.
  public var learner: any MetaLearner
  /// Where tasks come from.
  public var tasks: any TaskDistribution
  /// What they look like; queries of as many other classes are added.
  public var episodes: EpisodeShape
  /// The part that they are drawn from.
  public var split: Split
  /// Which of all tasks are drawn.
  public var seed: UInt64
  /// How many.
  public var taskCount: Int

  /// Makes an evaluation.
  public init(
    learner: any MetaLearner, tasks: any TaskDistribution, episodes: EpisodeShape, split: Split,
    seed: UInt64, taskCount: Int
  ) {
    self.learner = learner
    self.tasks = tasks
    self.episodes = episodes
    self.split = split
    self.seed = seed
    self.taskCount = taskCount
  }

  private static let batchSize = 10
  private static let output = "logits"

  /// The logits of queries of classes that the tasks have, and of others; nil where there are too few
  /// classes.
  ///
  /// `continues` is told the number of tasks done, and ends the evaluation early by saying no.
  public func logits(
    of parameters: ParameterValues, _ runner: Runner, whileAsked continues: (Int) -> Bool
  ) -> NoveltyLogits? {
    guard let ways = episodes.ways, let widened else { return nil }
    let owner = ProgramOwner()
    var found = NoveltyLogits()
    let lanes = min(Self.batchSize, taskCount)
    for first in stride(from: 0, to: taskCount, by: lanes) {
      let batch = batch(first..<first + lanes, widened)
      let key = ProgramKey(owner: owner, "novelty", batch.form, lanes: lanes)
      let execution = runner.execution(for: key) { program(parameters, like: batch) }
      execution.set(parameters, prefix: TreeName.learner)
      execution.set(batch)
      execution.run()
      let targets = batch.values.query.targets.integers
      let logits = execution.value(Self.output).floats
      for (row, target) in targets.prefix(min(lanes, taskCount - first) * widened.queryCount)
        .enumerated()
      {
        let values = logits[row * ways..<(row + 1) * ways].map(Double.init)
        if target < ways { found.known.append(values) } else { found.unknown.append(values) }
      }
      guard continues(min(first + lanes, taskCount)) else { break }
    }
    return found
  }

  /// Tasks with further classes, as many again where there are enough; nil where there is not one
  /// more.
  private var widened: EpisodeShape? {
    guard let ways = episodes.ways else { return nil }
    return (1...ways).reversed().lazy.map { others in
      var shape = episodes
      shape.ways = ways + others
      return shape
    }.first { (try? tasks.validate($0)) != nil }
  }

  /// Tasks whose support sets lack the classes behind the first ones.
  private func batch(_ numbers: Range<Int>, _ shape: EpisodeShape) -> TaskBatch {
    let keys = numbers.map {
      TaskBatch.evaluationKey(seed: seed, split: split, number: $0).folded("novelty")
    }
    let whole = TaskBatch(from: tasks, shape, keys: keys)
    let kept = episodes.supportCount
    return TaskBatch(
      shape,
      values: EpisodeValues(
        support: whole.values.support.firstClasses(episodes.ways ?? 0, examples: kept),
        query: whole.values.query), keys: whole.keys)
  }

  private func program(_ parameters: ParameterValues, like batch: TaskBatch) -> Program {
    let inputs = BatchInputs(like: batch)
    let shared = Parameters.inputs(like: parameters, prefix: TreeName.learner)
    let adapted = learner.adapted(
      shared.perLane(), to: inputs.episode.support, LearningContext(.adapting, key: inputs.key))
    let prediction = learner.predictions(for: inputs.episode.query.inputs, with: adapted)
    return Program(
      [(name: Self.output, tensor: prediction.averaged().values.seenPerLane)],
      laneCount: batch.laneCount, declaring: inputs.all + shared.leaves)
  }
}

extension ExampleSet where Value == TensorValue {
  /// The examples of the first classes of sets with lanes in front, of which each has so many; those
  /// of a class stand together.
  fileprivate func firstClasses(_ ways: Int, examples count: Int) -> ExampleValues {
    func kept(_ value: TensorValue) -> TensorValue {
      .stacking(
        (0..<value.shape[0]).map { lane in
          let rows = value.slice(at: lane)
          return .stacking((0..<count).map { rows.slice(at: $0) })
        })
    }
    return ExampleValues(
      inputs: inputs.map(kept), targets: kept(targets), weights: weights.map(kept),
      identities: identities.map(kept), target: .classes(ways))
  }
}

/// What a learner said of queries of a task's classes and of others.
public struct NoveltyLogits: Sendable, Hashable {
  /// Of each query of a class of the task.
  public var known: [[Double]] = []
  /// Of each query of another class.
  public var unknown: [[Double]] = []

  /// Nothing yet.
  public init() {}

  /// The probability that a query of a class of the task has a larger score than another, equal ones
  /// counting half.
  public func areaUnderCurve(_ score: FamiliarityScore) -> Double {
    let known = known.map(score.value).sorted()
    let unknown = unknown.map(score.value)
    guard !known.isEmpty, !unknown.isEmpty else { return 0.5 }
    let wins = unknown.reduce(0.0) { sum, value in
      let below = known.partitioningIndex { $0 >= value }
      let upTo = known.partitioningIndex { $0 > value }
      return sum + Double(known.count - upTo) + Double(upTo - below) / 2
    }
    return wins / Double(known.count * unknown.count)
  }

  /// The score and the threshold below which a query is called unknown: the score that tells best,
  /// and so that the part `falseAlarms` of queries of the task's classes lies below.
  public func threshold(falseAlarms: Double = 0.05) -> NoveltyThreshold? {
    guard !known.isEmpty, !unknown.isEmpty else { return nil }
    let area = FamiliarityScore.allCases.map { ($0, areaUnderCurve($0)) }
    // The first one of equals.
    let best = area.reduce(area[0]) { $1.1 > $0.1 ? $1 : $0 }.0
    let scores = known.map(best.value).sorted()
    let position = Int((Double(scores.count) * falseAlarms).rounded(.down))
    return NoveltyThreshold(score: best, value: scores[min(position, scores.count - 1)])
  }
}

/// Below which score a query is of none of the classes.
public struct NoveltyThreshold: Sendable, Hashable {
  /// What is compared.
  public let score: FamiliarityScore
  /// The smallest score of a query that is not called unknown.
  public let value: Double

  /// Makes a threshold.
  public init(score: FamiliarityScore, value: Double) {
    self.score = score
    self.value = value
  }

  /// Whether the logits of a query are those of none of the classes.
  public func isUnknown(_ logits: [Double]) -> Bool { score.value(logits) < value }
}

extension [Double] {
  /// The first position of sorted numbers from which on a condition holds.
  fileprivate func partitioningIndex(where holds: (Double) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
