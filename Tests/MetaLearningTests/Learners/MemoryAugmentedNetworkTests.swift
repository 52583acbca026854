import MetaLearning
import MetaTasks
import NeuralNetworks
import TensorPrograms
import Tensors
import Testing

@Suite struct `The memory-augmented network` {
  private static let ways = 3

  private let learner = MemoryAugmentedNetwork(
    network: Network(inputShape: [4], layers: []), classCount: Self.ways, units: 6,
    memory: ExternalMemory(slots: 8, width: 4, heads: 2))

  private static func examples(_ labels: [Int32], seed: UInt64) -> ExampleValues {
    let count = labels.count
    return ExampleValues(
      inputs: NamedTree([
        "inputs": TensorValue(RandomKey(seed: seed).normal(count: 4 * count), shape: [count, 4])
      ]), targets: TensorValue(labels, shape: [count]), target: .classes(Self.ways))
  }

  /// Two tasks of a support example and two queries of each class.
  private var batch: TaskBatch {
    let support = [1, 2].map { Self.examples([0, 1, 2], seed: $0) }
    let query = [3, 4].map { Self.examples([0, 0, 1, 1, 2, 2], seed: $0) }
    func stacked(_ sets: [ExampleValues]) -> ExampleValues {
      ExampleValues(
        inputs: NamedTree(["inputs": .stacking(sets.map(\.inputs.only))]),
        targets: .stacking(sets.map(\.targets)), target: sets[0].target)
    }
    return TaskBatch(
      EpisodeShape(ways: Self.ways, shots: 1, queries: 2),
      values: EpisodeValues(support: stacked(support), query: stacked(query)),
      keys: TensorValue([5, 6, 7, 8] as [UInt32], shape: [2, 2]))
  }

  @Test func `has the gradient of the loss at all positions`() {
    let values = learner.initialParameters(RandomKey(seed: 2))
    let parameters = Parameters.inputs(like: values, prefix: TreeName.learner)
    let goal = GradientStep(learner, like: batch).goal(
      parameters, like: batch, at: LearningProgress(step: 0, of: 1))
    expectGradient(of: goal.loss, parameters, at: values, with: batch.numbers, laneCount: 2)
  }

  @Test func `tells how often it is right at each sighting of a class`() throws {
    let values = learner.initialParameters(RandomKey(seed: 2))
    let program = GradientStep(learner, like: batch).objectiveProgram(
      parameters: values, like: batch)
    let execution = Runner(.init(threads: 1)).execution(of: program)
    execution.set(values, prefix: TreeName.learner)
    execution.set(batch)
    execution.run()
    let found = execution.value("metric.accuracyBySighting")
    #expect(found.shape == [2, 3])
    // A third, two thirds or all of the three classes.
    for number in found.floats { #expect(abs((3 * number).rounded() - 3 * number) < 1e-5) }
  }

  /// What a predictor says of inputs after a support set.
  private func predictions(_ support: ExampleValues, _ inputs: NamedTree<TensorValue>) -> [[Float]]
  {
    Predictor(
      learner: learner, parameters: learner.initialParameters(RandomKey(seed: 2)),
      support: support, runner: Runner(.init(threads: 1))
    ).predictions(inputs).values.asRows
  }

  @Test func `learns to name what it has seen once`() throws {
    let tasks = NamedVectorTasks(width: 8)
    let learner = MemoryAugmentedNetwork(
      network: Network(inputShape: [8], layers: []), classCount: 2, units: 32,
      memory: ExternalMemory(slots: 16, width: 12, heads: 1))
    let step = GradientStep(
      learner: learner, tasks: tasks,
      episodes: EpisodeShapeRange(EpisodeShape(ways: 2, shots: 1, queries: 5)), tasksPerStep: 16,
      update: ParameterUpdate(optimizer: Adam(), gradientNormLimit: 1), metrics: [])
    let runner = Runner()
    let start = step.trees(from: learner.initialParameters(RandomKey(seed: 1)))
    let taken = step.taken(0..<800, from: start, learningRate: 0.003, runner)
    let sightings = try #require(taken.figures.last?.metrics.last)
    #expect(sightings.name == "accuracyBySighting" && sightings.values.count == 6)
    // At the first sighting of the second class nothing else is left.
    #expect(sightings.values[0] < 0.85 && sightings.values[1] > 0.8)
    let evaluation = Evaluation(
      learner: learner, tasks: tasks, episodes: EpisodeShape(ways: 2, shots: 1, queries: 5),
      split: .test, seed: 1, taskCount: 100, metrics: try tasks.knownMetrics)
    let result = evaluation.result(of: try #require(taken.trees[TreeName.learner]), runner)
    #expect(result.figure.mean > 0.8, "chance is 0.5")
  }

  @Test func `predicts as if each query followed the support set in the sequence`() throws {
    let support = Self.examples([2, 0, 1], seed: 1)
    let queries = Self.examples([0, 1], seed: 2)
    let parameters = Parameters(
      learner.initialParameters(RandomKey(seed: 2)).entries.map {
        .init(name: $0.name, leaf: .literal($0.leaf))
      })
    for (row, predicted) in predictions(support, queries.inputs).enumerated() {
      var state = learner.initialState(count: 1)
      for place in 0..<3 {
        let features = Tensor.literal(support.inputs.only.slice(at: place)).reshaped([1, 4])
        let label = Tensor.literal(support.targets.slice(at: place)).reshaped([1])
        state = learner.step(features, state, parameters).state
          .replacing(with: Parameters(["label": label.oneHot(Self.ways)]))
      }
      let query = Tensor.literal(queries.inputs.only.slice(at: row)).reshaped([1, 4])
      let logits = ReferenceExecutor().evaluate([learner.step(query, state, parameters).logits])
      for (number, expected) in zip(predicted, logits[0].elements) {
        #expect(abs(Double(number) - expected) < 1e-5)
      }
    }
  }

  @Test func `is not moved by an example that weighs nothing, and minds the order`() {
    let queries = Self.examples([0, 1], seed: 2).inputs
    let support = Self.examples([2, 0, 1, 1], seed: 1)
    let first = support.map { value in TensorValue.stacking((0..<3).map(value.slice)) }
    var padded = support
    padded.weights = TensorValue([1, 1, 1, 0] as [Float], shape: [4])
    #expect(predictions(padded, queries) == predictions(first, queries))
    #expect(predictions(support, queries) != predictions(first, queries))
    let turned = first.map { value in TensorValue.stacking([2, 1, 0].map(value.slice)) }
    #expect(predictions(turned, queries) != predictions(first, queries))
  }
}
