public import MetaTasks
public import TensorPrograms
public import Tensors

/// The tasks of one step, stacked along a first axis of lanes.
public struct TaskBatch: Sendable {
  /// What the tasks look like.
  public let shape: EpisodeShape
  /// The episodes' numbers, each with the lanes in front.
  public let values: EpisodeValues
  /// A key for each task's own randomness, uint32 [lanes, 2].
  public let keys: TensorValue

  /// Makes a batch of numbers that have the lanes in front.
  public init(_ shape: EpisodeShape, values: EpisodeValues, keys: TensorValue) {
    self.shape = shape
    self.values = values
    self.keys = keys
  }

  /// Draws a task for each key; with `numbers`, where tasks have numbers, those of these numbers,
  /// counted on from the first after the last.
  public init(
    from tasks: any TaskDistribution, _ shape: EpisodeShape, keys: [RandomKey],
    numbers: Range<Int>? = nil
  ) {
    self.shape = shape
    let episodes = keys.enumerated().map { lane, key in
      let key = key.folded("task")
      guard let numbers, let count = tasks.numberedTaskCount else {
        return tasks.episode(shape, key: key)
      }
      return tasks.episode(shape, number: (numbers.lowerBound + lane) % count, key: key)
    }
    values = EpisodeValues(
      support: .stacking(episodes.map(\.support)), query: .stacking(episodes.map(\.query)))
    self.keys = TensorValue(keys: keys.map(TaskBatch.learnerKey))
  }

  /// Draws the tasks of a step of meta-training: a function of a phase's key, the step and
  /// the part of the phase that is behind it.
  init(
    trainingStep step: Int, at part: Double = 1, from tasks: any TaskDistribution,
    _ episodes: EpisodeShapeRange, count: Int, key: RandomKey
  ) {
    self.init(
      from: tasks, episodes.shape(key: key.folded("shapes").folded(step), at: part),
      keys: TaskBatch.trainingKeys(key, step: step, count: count))
  }

  /// The number of tasks.
  public var laneCount: Int { keys.shape[0] }

  /// All numbers, as a program's inputs name them.
  var inputs: [(name: String, value: TensorValue)] {
    values.support.parts.map { ("support.\($0.name)", $0.value) }
      + values.query.parts.map { ("query.\($0.name)", $0.value) } + [("key", keys)]
  }

  /// What its tasks have in common with those of other batches that run by the same program.
  var form: InputForm { InputForm(inputs, target: values.support.target) }

  /// The keys of the tasks of a step of meta-training: a function of a phase's key, step and lane
  /// alone.
  static func trainingKeys(_ key: RandomKey, step: Int, count: Int) -> [RandomKey] {
    let key = key.folded("training tasks").folded(step)
    return (0..<count).map { key.folded($0) }
  }

  /// The key of a task of an evaluation: a function of seed and number alone.
  public static func evaluationKey(seed: UInt64, split: Split, number: Int) -> RandomKey {
    RandomKey(seed: seed).folded(split.rawValue).folded(number)
  }

  /// What the learner's own randomness on a task comes from.
  static func learnerKey(_ key: RandomKey) -> RandomKey { key.folded("learner") }
}

extension ExampleSet where Value == TensorValue {
  /// The examples of several tasks along a first axis; where one has weights or identities all get
  /// them.
  static func stacking(_ sets: [ExampleValues]) -> ExampleValues {
    let hasWeights = sets.contains { $0.weights != nil }
    let identities = sets.compactMap(\.identities)
    return ExampleValues(
      inputs: NamedTree<TensorValue>(
        sets[0].inputs.entries.enumerated().map { position, entry in
          // All tasks of a batch have inputs of the same names, in the same order.
          .init(
            name: entry.name, leaf: .stacking(sets.map { $0.inputs.entries[position].leaf }),
            role: entry.role)
        }), targets: .stacking(sets.map(\.targets)),
      weights: hasWeights
        ? .stacking(sets.map { $0.weights ?? TensorValue(repeating: 1, shape: [$0.count]) }) : nil,
      identities: identities.count == sets.count ? .stacking(identities) : nil,
      target: sets[0].target)
  }
}

extension TensorValue {
  /// The words of keys, uint32 [keys, 2].
  init(keys: [RandomKey]) {
    self.init(keys.flatMap { [$0.words.0, $0.words.1] }, shape: [keys.count, 2])
  }
}

/// The inputs of a program that stand for a batch of tasks.
package struct BatchInputs {
  package let episode: Episode
  package let key: SymbolicKey

  /// All of them.
  package var all: [Tensor] {
    episode.support.parts.map(\.value) + episode.query.parts.map(\.value) + [key.words]
  }

  /// Inputs for tasks like those of a batch.
  package init(like batch: TaskBatch) {
    episode = Episode(
      support: BatchInputs.examples(batch.values.support, "support"),
      query: BatchInputs.examples(batch.values.query, "query"))
    key = SymbolicKey(words: .input("key", shape: [2], elementType: .uint32, .perLane))
  }

  /// Inputs that stand for a set of examples with lanes in front.
  package static func examples(_ values: ExampleValues, _ name: String) -> Examples {
    func input(_ value: TensorValue, _ part: String) -> Tensor {
      Tensor.input(
        "\(name).\(part)", shape: Shape(Array(value.shape.dimensions.dropFirst())),
        elementType: value.elementType, .perLane)
    }
    return Examples(
      inputs: values.inputs.mapEntries { input($0.leaf, "inputs.\($0.name)") },
      targets: input(values.targets, "targets"),
      weights: values.weights.map { input($0, "weights") },
      identities: values.identities.map { input($0, "identities") }, target: values.target)
  }
}

extension Execution {
  /// Gives a batch of tasks to a program made for tasks like them.
  public func set(_ batch: TaskBatch) { set(batch.inputs) }

  /// Gives numbers by name.
  func set(_ values: [(name: String, value: TensorValue)]) {
    for (name, value) in values { set(name, value) }
  }
}
