import MetaLearning
import MetaTasks
import NeuralNetworks
import TensorPrograms
import Tensors
import Testing

@Suite struct `The unroll step` {
  private let tasks = QuadraticTasks(dimensions: 4)
  private let shape = EpisodeShape(shots: 4, queries: 4)

  private let learner = LearnedOptimizer(
    network: linearNetwork(inputs: [4], outputs: 1),
    rule: CoordinatewiseLSTM(units: 8, preprocessing: nil, outputScale: 0.1), steps: 20,
    meaning: .numbers)

  private var step: UnrollStep {
    UnrollStep(
      learner: learner, tasks: tasks, episodes: EpisodeShapeRange(shape), tasksPerStep: 16,
      unroll: 5, update: ParameterUpdate(optimizer: Adam(), gradientNormLimit: 10))
  }

  private func evaluation(_ learner: any MetaLearner) throws -> Evaluation {
    Evaluation(
      learner: learner, tasks: tasks, episodes: shape, split: .test, seed: 3, taskCount: 60,
      metrics: try tasks.knownMetrics)
  }

  @Test func `teaches a rule that minimises new functions better than tuned descent`() throws {
    let runner = Runner()
    let parameters = learner.initialParameters(RandomKey(seed: 1))
    let taken = step.taken(
      0..<800, from: step.trees(from: parameters), learningRate: 0.005, runner)
    let learned = try #require(taken.trees[TreeName.learner])
    let before = try evaluation(learner).result(of: parameters, runner)
    let after = try evaluation(learner).result(of: learned, runner)
    #expect(after.figure.mean < before.figure.mean - 0.5, "log10 of the loss")
    // The rule has not seen the start that it is judged from, and the start has not moved.
    #expect(learned["network/head.weight"] == parameters["network/head.weight"])
    let descents = try [0.001, 0.003, 0.01, 0.03].map { rate in
      let descent = FromScratch(
        network: learner.network, optimizer: SGD(), learningRate: rate, steps: 20,
        meaning: .numbers)
      let start = descent.initialParameters(RandomKey(seed: 1))
      return try evaluation(descent).result(of: start, runner).figure.mean
    }
    let best = try #require(descents.filter(\.isFinite).min())
    #expect(after.figure.mean < best, "\(descents)")
  }

  @Test func `goes on from the middle of a task to the same bits on any threads`() {
    let start = step.trees(from: learner.initialParameters(RandomKey(seed: 1)))
    let straight = step.taken(0..<10, from: start)
    for cut in [3, 4, 6] {
      let first = step.taken(0..<cut, from: start, Runner(.init(threads: 2)))
      let second = step.taken(cut..<10, from: first.trees, Runner(.init(threads: 2)))
      #expect(second.trees == straight.trees)
      #expect((first.figures + second.figures).map(\.numbers) == straight.figures.map(\.numbers))
    }
    #expect(straight.trees[TreeName.learner] != start[TreeName.learner])
  }

  @Test func `has the loss of one long unroll where the rule does not change`() {
    // At a rate of 0 the parts of 5 steps are those of the course of 20, and then others begin.
    let start = step.trees(from: learner.initialParameters(RandomKey(seed: 1)))
    let parts = step.taken(0..<8, from: start, learningRate: 0).figures
    let whole = UnrollStep(
      learner: learner, tasks: tasks, episodes: EpisodeShapeRange(shape), tasksPerStep: 16,
      unroll: 20, update: ParameterUpdate(optimizer: Adam())
    ).taken(0..<2, from: start, learningRate: 0).figures
    for number in 0..<2 {
      let mean = parts[4 * number..<4 * number + 4].reduce(0) { $0 + $1.loss } / 4
      #expect(abs(mean - whole[number].loss) < 1e-4 * abs(mean))
      let (last, expected) = (
        parts[4 * number + 3].metrics[0].values[0], whole[number].metrics[0].values[0]
      )
      #expect(abs(last - expected) < 1e-4 * abs(expected))
    }
  }

  @Test func `descends on the logarithm where asked for, and reports the loss`() {
    func figures(_ goal: LearnedOptimizer.Goal) -> OuterFigures {
      let learner = LearnedOptimizer(
        network: learner.network, rule: learner.rule, steps: 1, goal: goal, meaning: .numbers)
      let step = UnrollStep(
        learner: learner, tasks: tasks, episodes: EpisodeShapeRange(shape), tasksPerStep: 1,
        unroll: 1, update: ParameterUpdate(optimizer: SGD()))
      let start = step.trees(from: learner.initialParameters(RandomKey(seed: 1)))
      return step.taken(0..<1, from: start, learningRate: 0).figures[0]
    }
    let (plain, logarithm) = (figures(.loss), figures(.logLoss))
    #expect(abs(plain.loss - logarithm.loss) < 1e-6 * plain.loss)
    // The slope of a logarithm is that of the loss divided by it.
    let expected = plain.gradientNorm / plain.loss
    #expect(abs(logarithm.gradientNorm - expected) < 1e-4 * expected)
  }

  @Test(arguments: LearnedOptimizer.Goal.allCases)
  func `has the gradient of its goal, through second derivatives where asked for`(
    _ goal: LearnedOptimizer.Goal
  ) {
    let learner = LearnedOptimizer(
      network: linearNetwork(inputs: [4], outputs: 1),
      rule: CoordinatewiseLSTM(units: 3, preprocessing: 2, outputScale: 0.3), steps: 3,
      isFirstOrder: false, goal: goal, meaning: .numbers)
    let values = learner.initialParameters(RandomKey(seed: 2)).learned
    let parameters = Parameters.inputs(like: values, prefix: TreeName.learner)
    let examples = tasks.episode(shape, key: RandomKey(seed: 4)).support.map { Tensor.literal($0) }
    let place = learner.start(RandomKey(seed: 5)).map { Tensor.literal($0) }
    let key = SymbolicKey(words: .input("key", shape: [2], elementType: .uint32))
    let objective = learner.objective(
      parameters, ofSteps: 3, from: place, on: examples, LearningContext(.training, key: key)
    ).objective
    expectGradient(of: objective.loss, parameters, at: values)
  }
}
