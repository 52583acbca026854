import MetaTasks
import Settings
import Tensors

/// Tasks of telling rhythms apart: each class is a pattern of sixteen beats, each example of it is
/// played with mistakes.
struct RhythmTasks: TaskDistribution {
  static let beats = 16

  let name: String
  let split: Split
  let mistakes: Double

  var signature: Signature {
    Signature(
      inputs: [InputDescription("beats", shape: [Self.beats])], target: .classes, order: .byClass,
      metrics: [.accuracy, .confidence])
  }

  func validate(_ shape: EpisodeShape) throws(TaskError) {
    try shape.validate(for: .classes, in: name)
  }

  func episode(_ shape: EpisodeShape, key: RandomKey) -> EpisodeValues {
    EpisodeValues(
      support: examples(shape, each: shape.shots, key, "support"),
      query: examples(shape, each: shape.queries, key, "query"))
  }

  private func examples(
    _ shape: EpisodeShape, each count: Int, _ key: RandomKey, _ part: String
  ) -> ExampleValues {
    let ways = shape.ways ?? 0
    var beats: [Float] = []
    for place in 0..<ways {
      // Each split has rhythms of its own.
      let rhythm = key.folded(split.rawValue).folded(place).uniform(count: Self.beats)
        .map { $0 < 0.4 ? Float(1) : 0 }
      for example in 0..<count {
        let chances = key.folded(part).folded(place * 1000 + example).uniform(count: Self.beats)
        beats += zip(rhythm, chances).map { Double($1) < mistakes ? 1 - $0 : $0 }
      }
    }
    let targets = (0..<ways).flatMap { [Int32](repeating: Int32($0), count: count) }
    return ExampleValues(
      inputs: NamedTree(["beats": TensorValue(beats, shape: [ways * count, Self.beats])]),
      targets: TensorValue(targets, shape: [ways * count]), target: .classes(ways))
  }
}

extension RhythmTasks {
  /// The data set as recipes name it, with its settings.
  static let entry = DataSetEntry(
    "rhythms", "rhythms of sixteen beats, played with mistakes", origin: .builtIn
  ) {
    (settings) throws(SettingsError) in
    let mistakes = try settings.number(
      "mistakes", "The part of beats that are played wrong.", default: 0.15, .within(0...0.5))
    let usual = UsualEpisodes(ways: 4, shots: 2, queries: 5, evaluationQueries: 10)
    return DataSetPlan(target: .classes, episodes: usual, usualNetwork: TwoViews.entry.name) { _ in
      let tasks = Split.allCases.map { split in
        (split, RhythmTasks(name: "rhythms, \(split.rawValue)", split: split, mistakes: mistakes))
      }
      return LoadedDataSet(
        name: "rhythms", classSplit: "by-key", preparation: RhythmPreparation(),
        tasks: Dictionary(uniqueKeysWithValues: tasks))
    }
  }
}
