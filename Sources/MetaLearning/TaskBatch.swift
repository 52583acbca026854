public import MetaTasks
public import Tensors

/// The tasks of one meta-step, stacked along a first axis of lanes.
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

  /// Draws a task for each key.
  public init(from tasks: any TaskDistribution, _ shape: EpisodeShape, keys: [RandomKey]) {
    self.shape = shape
    let episodes = keys.map { tasks.episode(shape, key: $0.folded("task")) }
    values = TaskBatch.stacked(episodes)
    self.keys = TensorValue(keys: keys.map(TaskBatch.learnerKey))
  }

  /// What tasks have in common that run by the same program.
  struct Form: Hashable {
    let shape: EpisodeShape
    let weighsSupport: Bool
    let weighsQuery: Bool
  }

  /// What its tasks have in common with those of other batches.
  var form: Form {
    Form(
      shape: shape, weighsSupport: values.support.weights != nil,
      weighsQuery: values.query.weights != nil)
  }

  /// The keys of the tasks of a step of meta-training: a function of seed, step and lane alone.
  static func trainingKeys(seed: UInt64, step: Int, count: Int) -> [RandomKey] {
    let key = RandomKey(seed: seed).folded("training tasks").folded(step)
    return (0..<count).map { key.folded($0) }
  }

  /// The key of a task of an evaluation: a function of seed and number alone.
  public static func evaluationKey(seed: UInt64, split: Split, number: Int) -> RandomKey {
    RandomKey(seed: seed).folded(split.rawValue).folded(number)
  }

  /// What the learner's own randomness on a task comes from.
  static func learnerKey(_ key: RandomKey) -> RandomKey { key.folded("learner") }

  private static func stacked(_ episodes: [EpisodeValues]) -> EpisodeValues {
    func stacked(_ part: (EpisodeValues) -> ExampleValues) -> ExampleValues {
      let sets = episodes.map(part)
      return ExampleValues(
        inputs: .stacking(sets.map(\.inputs)), targets: .stacking(sets.map(\.targets)),
        weights: sets.contains { $0.weights != nil }
          ? .stacking(sets.map { $0.weights ?? TensorValue(repeating: 1, shape: [$0.count]) })
          : nil, classCount: sets[0].classCount)
    }
    return EpisodeValues(support: stacked(\.support), query: stacked(\.query))
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

  /// Inputs for tasks like those of a batch.
  package init(like batch: TaskBatch) {
    episode = Episode(
      support: BatchInputs.examples(batch.values.support, "support"),
      query: BatchInputs.examples(batch.values.query, "query"))
    key = SymbolicKey(words: .input("key", shape: [2], elementType: .uint32, .perLane))
  }

  /// All inputs, which a program declares.
  package var tensors: [Tensor] { episode.support.tensors + episode.query.tensors + [key.words] }

  /// Inputs that stand for a set of examples with lanes in front.
  package static func examples(_ values: ExampleValues, _ name: String) -> Examples {
    func input(_ value: TensorValue, _ part: String) -> Tensor {
      Tensor.input(
        "\(name).\(part)", shape: Shape(Array(value.shape.dimensions.dropFirst())),
        elementType: value.elementType, .perLane)
    }
    return Examples(
      inputs: input(values.inputs, "inputs"), targets: input(values.targets, "targets"),
      weights: values.weights.map { input($0, "weights") }, classCount: values.classCount)
  }
}

extension ExampleSet where Value == Tensor {
  /// All parts.
  var tensors: [Tensor] { [inputs, targets] + (weights.map { [$0] } ?? []) }
}
