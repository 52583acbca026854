import MetaLearning
import MetaTasks
import NeuralNetworks
import TensorPrograms
import Tensors
import Testing

@Suite struct `Programs of a learner` {
  private let tasks = LearnerFamily.tasks(.test)

  private var learner: PrototypicalNetworks {
    PrototypicalNetworks(
      network: multilayerPerceptron(inputs: [28, 28, 1], hidden: [8], outputs: nil))
  }

  private func evaluation(
    _ learner: any MetaLearner, _ episodes: EpisodeShape, taskCount: Int = 45, checked: Int = 0
  ) throws -> Evaluation {
    Evaluation(
      learner: learner, tasks: tasks, episodes: episodes, split: .test, seed: 1,
      taskCount: taskCount, checkedTaskCount: checked, metrics: try tasks.knownMetrics)
  }

  @Test func `are made once for all evaluations of one owner`() throws {
    let learner = CountedLearner(learner)
    let runner = Runner(.init(threads: 1))
    let parameters = learner.initialParameters(RandomKey(seed: 1))
    var evaluation = try evaluation(
      learner, EpisodeShape(ways: 3, shots: 1, queries: 2), checked: 3)
    // One for the tasks, and for the check predictions of all queries, of two and of one.
    let first = evaluation.result(of: parameters, runner)
    #expect(learner.programs.value == 4)
    let byteCount = runner.byteCount
    let second = evaluation.result(of: parameters, runner)
    #expect(learner.programs.value == 4)
    #expect(runner.byteCount == byteCount, "nor is an adaptation prepared again")
    evaluation.owner = ProgramOwner()
    let third = evaluation.result(of: parameters, runner)
    #expect(learner.programs.value == 8)
    #expect(runner.byteCount > byteCount)
    #expect(first.perTask == second.perTask && first.perTask == third.perTask)
  }

  @Test func `are made once for each shape of a training`() throws {
    let learner = CountedLearner(learner)
    let step = GradientStep(
      learner: learner, tasks: tasks,
      episodes: EpisodeShapeRange(ways: 2...3, shots: 1...2, queries: 2), tasksPerStep: 2,
      update: ParameterUpdate(optimizer: Adam()), metrics: [])
    let start = step.trees(from: learner.initialParameters(RandomKey(seed: 1)))
    _ = step.taken(0..<40, from: start)
    #expect(learner.programs.value == 4)
  }

  @Test func `are made once for a training and its validations`() throws {
    let learner = CountedLearner(learner)
    let episodes = EpisodeShape(ways: 3, shots: 1, queries: 2)
    let step = GradientStep(
      learner: learner, tasks: tasks, episodes: EpisodeShapeRange(episodes), tasksPerStep: 2,
      update: ParameterUpdate(optimizer: Adam()), metrics: [])
    let phase = Phase(
      step, learningRate: 0.01, stopRule: StopRule(iterations: 8),
      validation: .init(evaluation: try evaluation(learner, episodes), every: 2))
    let configuration = MetaTrainer.Configuration(learner: learner, phases: [phase], seed: 1)
    let trainer = MetaTrainer(
      configuration, state: MetaTrainer.initialState(configuration),
      runner: Runner(.init(threads: 1)))
    var validations = 0
    while let event = trainer.next() { if case .validation = event { validations += 1 } }
    #expect(validations == 4)
    #expect(learner.programs.value == 2)
  }

  @Test func `on tensors of one shape differ where tasks have other numbers of classes`() throws {
    let shapes = [
      EpisodeShape(ways: 5, shots: 2, queries: 2), EpisodeShape(ways: 2, shots: 5, queries: 5),
    ]
    #expect(shapes[0].supportCount == shapes[1].supportCount)
    #expect(shapes[0].queryCount == shapes[1].queryCount)
    let learner = CountedLearner(learner)
    let parameters = learner.initialParameters(RandomKey(seed: 1))
    let (shared, owner) = (Runner(.init(threads: 1)), ProgramOwner())
    for shape in shapes {
      var evaluation = try evaluation(learner, shape, taskCount: 9, checked: 2)
      let alone = evaluation.result(of: parameters, Runner(.init(threads: 1)))
      evaluation.owner = owner
      let made = learner.programs.value
      let together = evaluation.result(of: parameters, shared)
      #expect(learner.programs.value > made)
      #expect(together.perTask == alone.perTask && together.losses == alone.losses)
      #expect(together.leak == alone.leak)
    }
  }
}
