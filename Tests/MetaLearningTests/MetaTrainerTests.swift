import MetaLearning
import MetaTasks
import NeuralNetworks
import TensorPrograms
import Tensors
import Testing

@Suite struct `A training` {
  private func configuration(
    iterations: Int = 12, learningRate: Double = 0.01, shots: ClosedRange<Int> = 3...3,
    threads: Int = 1
  ) -> MetaTrainer.Configuration {
    let learner = MAML(
      network: multilayerPerceptron(inputs: [1], hidden: [8], outputs: 1),
      innerLoop: InnerLoop(steps: 1, learningRate: 0.01))
    let tasks = SinusoidTasks(.maml)
    let evaluation = Evaluation(
      learner: learner, tasks: tasks, episodes: EpisodeShape(shots: 3, queries: 5),
      split: .validation, seed: 1, taskCount: 7, execution: .init(threads: threads))
    return MetaTrainer.Configuration(
      metaStep: MetaStep(learner: learner, optimizer: Adam()), tasks: tasks,
      episodes: EpisodeShapeRange(ways: nil, shots: shots, queries: 5), tasksPerStep: 4,
      learningRate: learningRate, schedule: .cosine(to: 0),
      stopRule: StopRule(iterations: iterations), seed: 5,
      validation: .init(evaluation: evaluation, every: 5), execution: .init(threads: threads))
  }

  private func finish(_ trainer: MetaTrainer) -> [String] {
    var events: [String] = []
    while let event = trainer.next() {
      switch event {
      case .step(let report): events.append("step \(report.step) \(report.loss)")
      case .validation(let report):
        events.append("validation \(report.step) \(report.result.perTask)")
      case .finished(let reason): events.append("finished \(reason)")
      case .diverged(let step): events.append("diverged \(step)")
      }
    }
    return events
  }

  private func expectSame(_ first: TrainingState, _ second: TrainingState) {
    #expect(first.step == second.step)
    #expect(first.parameters == second.parameters)
    #expect(first.optimizerState == second.optimizerState)
    #expect(first.bestParameters == second.bestParameters)
    #expect(first.bestScore == second.bestScore)
    #expect(first.validationsSinceBest == second.validationsSinceBest)
  }

  @Test(arguments: [3...3, 1...4], [0, 1, 4, 5, 6, 9])
  func `goes on from any event to the same bits`(shots: ClosedRange<Int>, stop: Int) {
    let configuration = configuration(shots: shots)
    let straight = MetaTrainer(configuration, state: MetaTrainer.initialState(configuration))
    let all = finish(straight)
    let first = MetaTrainer(configuration, state: MetaTrainer.initialState(configuration))
    var events = 0
    while events < stop, first.next() != nil { events += 1 }
    let second = MetaTrainer(configuration, state: first.state)
    #expect(Array(all.dropFirst(events)) == finish(second))
    expectSame(straight.state, second.state)
  }

  @Test func `does not depend on threads`() {
    let trainers = [1, 2].map { threads in
      let configuration = configuration(threads: threads)
      return MetaTrainer(configuration, state: MetaTrainer.initialState(configuration))
    }
    #expect(finish(trainers[0]) == finish(trainers[1]))
    expectSame(trainers[0].state, trainers[1].state)
  }

  @Test func `stops where the loss is no number, with the parameters of before`() throws {
    let configuration = configuration(iterations: 50, learningRate: 1e30)
    let trainer = MetaTrainer(configuration, state: MetaTrainer.initialState(configuration))
    let events = finish(trainer)
    let last = try #require(events.last)
    #expect(last.hasPrefix("diverged"))
    for leaf in trainer.state.parameters.leaves { #expect(leaf.floats.allSatisfy { $0.isFinite }) }
  }

  @Test func `learns`() {
    let configuration = configuration(iterations: 150)
    let trainer = MetaTrainer(configuration, state: MetaTrainer.initialState(configuration))
    let events = finish(trainer)
    #expect(events.last == "finished iterations")
    let scores = trainer.state.bestScore ?? -.infinity
    let evaluation = configuration.validation?.evaluation
    let untrained = evaluation?.result(of: MetaTrainer.initialState(configuration).parameters)
    #expect(scores > untrained?.score ?? .infinity)
  }
}
