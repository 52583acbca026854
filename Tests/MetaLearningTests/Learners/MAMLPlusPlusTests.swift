import MetaLearning
import MetaTasks
import NeuralNetworks
import TensorPrograms
import Tensors
import Testing

@Suite struct `MAML++` {
  private let learner = MAMLPlusPlus(
    network: multilayerPerceptron(
      inputs: [28, 28, 1], hidden: [6], outputs: 3, normalization: .running),
    innerLoop: InnerLoop(steps: 2, learningRate: 0.1, learnedRates: .perLayerAndStep),
    multiStepPart: 0.5,
    firstOrderPart: 0.25)
  private let episodes = EpisodeShape(ways: 3, shots: 2, queries: 2)

  private func progress(_ step: Int) -> LearningProgress { LearningProgress(step: step, of: 8) }

  @Test func `counts the losses of all steps in the beginning, and the last one alone later`() {
    let weights = (0...8).map { learner.scalars(at: progress($0)).map(\.value) }
    #expect(weights[0] == [0.5, 0.5])
    for pair in weights[0..<4] { #expect(abs(pair.reduce(0, +) - 1) < 1e-12) }
    #expect(weights[3][0] < weights[1][0] && weights[3][0] >= 0.03 / 2)
    #expect(weights[4...].allSatisfy { $0.isEmpty })
    #expect((0...8).map { learner.variant(at: progress($0)) } == [3, 3, 2, 2, 0, 0, 0, 0, 0])
  }

  @Test func `makes one program for each part of a training`() {
    let counted = CountedLearner(learner)
    let step = GradientStep(
      learner: counted, tasks: LearnerFamily.tasks(.train), episodes: EpisodeShapeRange(episodes),
      tasksPerStep: 2, update: ParameterUpdate(optimizer: Adam()), metrics: [])
    let start = step.trees(from: counted.initialParameters(RandomKey(seed: 1)))
    let straight = step.taken(0..<8, from: start)
    #expect(counted.programs.value == 3)
    #expect(straight.figures.allSatisfy { $0.isFinite })
    // The running statistics of all steps follow.
    for entry in start[TreeName.learner]?.statistics.entries ?? [] {
      let (before, after) = (entry.leaf, straight.trees[TreeName.learner]?[entry.name])
      for row in 0..<3 { #expect(after?.slice(at: row) != before.slice(at: row), "row \(row)") }
    }
  }

  @Test func `is trained on what it predicts of all queries together`() throws {
    let batch = TaskBatch(
      from: LearnerFamily.tasks(.train), episodes, keys: [RandomKey(seed: 3)])
    let inputs = BatchInputs(like: batch)
    // Scales and offsets that differ from step to step.
    let values = learner.initialParameters(RandomKey(seed: 1)).mapEntries { entry in
      guard entry.name.contains("normalization") else { return entry.leaf }
      let noise = RandomKey(seed: 2).folded(entry.name).uniform(
        count: entry.leaf.shape.elementCount)
      return TensorValue(zip(entry.leaf.floats, noise).map(+), shape: entry.leaf.shape)
    }
    let parameters = Parameters.inputs(like: values, prefix: TreeName.learner).perLane()
    let (episode, key) = (inputs.episode, inputs.key)
    let adapted = learner.adapted(
      parameters, to: episode.support, LearningContext(.adapting, key: key))
    let together = try #require(
      learner.transductivePredictions(for: episode.query.inputs, with: adapted))
    let objective = learner.objective(
      parameters, on: episode, LearningContext(.training, key: key, variant: 0))
    let losses = [objective.loss, loss(of: together, on: episode.query)]
    var numbers = batch.numbers
    for entry in values.entries { numbers["\(TreeName.learner).\(entry.name)"] = entry.leaf }
    let found = ReferenceExecutor(laneCount: 1).evaluate(losses, values: numbers)
    #expect(abs(found[0].elements[0] - found[1].elements[0]) < 1e-12)
  }
}
