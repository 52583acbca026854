import MetaLearning
import MetaTasks
import NeuralNetworks
import TensorPrograms
import Tensors
import Testing

@Suite struct `A training` {
  private let tasks = SinusoidTasks(.maml)
  private let learner = MAML(
    network: multilayerPerceptron(inputs: [1], hidden: [8], outputs: 1),
    innerLoop: InnerLoop(steps: 1, learningRate: 0.01), meaning: .numbers)

  private var evaluation: Evaluation {
    get throws {
      Evaluation(
        learner: learner, tasks: tasks, episodes: EpisodeShape(shots: 3, queries: 5),
        split: .validation, seed: 1, taskCount: 7, metrics: try tasks.knownMetrics)
    }
  }

  private func phase(
    iterations: Int = 12, learningRate: Double = 0.01, shots: ClosedRange<Int> = 3...3,
    schedule: Schedule = .cosine(to: 0), patience: Int? = nil, trained: [String]? = nil
  ) throws -> Phase {
    Phase(
      GradientStep(
        learner: learner, tasks: tasks,
        episodes: EpisodeShapeRange(ways: nil, shots: shots, queries: 5), tasksPerStep: 4,
        update: ParameterUpdate(optimizer: Adam(), trained: trained),
        metrics: try tasks.knownMetrics),
      learningRate: learningRate, schedule: schedule,
      stopRule: StopRule(iterations: iterations, patience: patience),
      validation: .init(evaluation: try evaluation, every: 5))
  }

  private func configuration(_ phases: Phase...) -> MetaTrainer.Configuration {
    MetaTrainer.Configuration(learner: learner, phases: phases, seed: 5)
  }

  private func trainer(
    _ configuration: MetaTrainer.Configuration, from state: TrainingState? = nil, threads: Int = 1
  ) -> MetaTrainer {
    MetaTrainer(
      configuration, state: state ?? MetaTrainer.initialState(configuration),
      runner: Runner(.init(threads: threads)))
  }

  private func described(_ event: MetaTrainer.Event) -> String {
    switch event {
    case .step(let report):
      "phase \(report.phase) step \(report.step) \(report.figures.numbers) \(report.learningRate)"
    case .validation(let report):
      "validation \(report.step) \(report.result.perTask) \(report.isBest)"
    case .phaseEnded(let phase, let reason): "phase \(phase) ended \(reason)"
    case .finished(let reason): "finished \(reason)"
    case .diverged(let step): "diverged \(step)"
    }
  }

  private func finish(_ trainer: MetaTrainer) -> [String] {
    var events: [String] = []
    while let event = trainer.next() { events.append(described(event)) }
    return events
  }

  private func expectSame(_ first: TrainingState, _ second: TrainingState) {
    #expect(first.phase == second.phase)
    #expect(first.phaseStep == second.phaseStep)
    #expect(first.step == second.step)
    #expect(first.trees == second.trees)
    #expect(first.best?.parameters == second.best?.parameters)
    #expect(first.best?.score == second.best?.score)
    #expect(first.best?.step == second.best?.step)
    #expect(first.validatedStep == second.validatedStep)
    #expect(first.validationsSinceBest == second.validationsSinceBest)
  }

  private func expectToGoOn(_ configuration: MetaTrainer.Configuration, after stop: Int) {
    let straight = trainer(configuration)
    let all = finish(straight)
    let first = trainer(configuration)
    var events = 0
    while events < stop, first.next() != nil { events += 1 }
    let second = trainer(configuration, from: first.state)
    #expect(Array(all.dropFirst(events)) == finish(second))
    expectSame(straight.state, second.state)
  }

  @Test(arguments: [3...3, 1...4], [0, 1, 4, 5, 6, 9])
  func `goes on from any event to the same bits`(shots: ClosedRange<Int>, stop: Int) throws {
    expectToGoOn(configuration(try phase(shots: shots)), after: stop)
  }

  @Test func `does not depend on threads`() throws {
    let configuration = configuration(try phase(iterations: 7), try phase(iterations: 6))
    let trainers = [1, 2].map { trainer(configuration, threads: $0) }
    #expect(finish(trainers[0]) == finish(trainers[1]))
    expectSame(trainers[0].state, trainers[1].state)
  }

  @Test func `stops where the loss is no number, with the parameters of before`() throws {
    let trainer = trainer(configuration(try phase(iterations: 50, learningRate: 1e30)))
    let events = finish(trainer)
    let last = try #require(events.last)
    #expect(last == "diverged \(trainer.stepsDone + 1)")
    for tree in trainer.state.trees.values { #expect(tree.isFinite) }
  }

  @Test func `learns`() throws {
    let configuration = configuration(try phase(iterations: 150))
    let trainer = trainer(configuration)
    let events = finish(trainer)
    #expect(events.last == "finished iterations")
    let score = try #require(trainer.state.best?.score)
    let untrained = try evaluation.result(
      of: MetaTrainer.initialState(configuration).parameters, Runner(.init(threads: 1)))
    #expect(score > untrained.score)
  }

  // MARK: Phases

  /// A phase whose last steps are far too long: its best parameters are not its last.
  private func spoiledPhase() throws -> Phase {
    try phase(iterations: 20, schedule: .piecewise(from: [10], factors: [100]))
  }

  @Test(arguments: [3, 19, 20, 23, 24, 25, 26, 30, 38])
  func `of several phases goes on from any event to the same bits`(stop: Int) throws {
    expectToGoOn(
      configuration(try spoiledPhase(), try phase(shots: 2...3, trained: ["network/head"])),
      after: stop)
  }

  @Test func `begins a phase with the best parameters of the one before`() throws {
    let trainer = trainer(configuration(try spoiledPhase(), try phase()))
    var last = trainer.state
    while let event = trainer.next() {
      if case .phaseEnded = event { break }
      last = trainer.state
    }
    let best = try #require(last.best)
    #expect(best.step <= 10 && best.parameters != last.parameters, "the last ones are others")
    let state = trainer.state
    #expect(state.phase == 1 && state.phaseStep == 0 && state.step == 20)
    #expect(state.parameters == best.parameters)
    #expect(state.best == nil && state.validationsSinceBest == 0)
    // The optimizer begins anew.
    for leaf in state.trees[TreeName.optimizer]?.leaves ?? [] {
      #expect(leaf.floats.allSatisfy { $0 == 0 })
    }
  }

  @Test func `ends each phase by its own rule, and counts its steps from 0`() throws {
    let trainer = trainer(
      configuration(
        try phase(
          iterations: 1000, schedule: .piecewise(from: [10], factors: [100]), patience: 2),
        try phase(iterations: 3)))
    let events = finish(trainer)
    let ended = try #require(events.firstIndex(of: "phase 0 ended patience"))
    #expect(events[ended - 1].hasPrefix("validation"))
    #expect(events.last == "finished iterations")
    let second = events[(ended + 1)...].filter { $0.hasPrefix("phase 1 step") }
    #expect(second.count == 3)
    // The schedule is that of the phase: half a cosine over three steps.
    #expect(second[0].hasSuffix(" 0.01"))
    #expect(trainer.state.phaseStep == 3 && trainer.stepsDone == trainer.state.step)
  }

  @Test func `trains the named leaves alone, and leaves the others to the bit`() throws {
    let configuration = configuration(
      try phase(iterations: 4), try phase(iterations: 4, trained: ["network/head"]))
    let trainer = trainer(configuration)
    while let event = trainer.next() {
      if case .phaseEnded = event { break }
    }
    let start = trainer.state
    _ = finish(trainer)
    let end = trainer.state
    let names = start.parameters.names
    #expect(names.contains { $0.hasPrefix("network/head") })
    #expect(names.contains { !$0.hasPrefix("network/head") })
    for name in names {
      let isTrained = name.hasPrefix("network/head")
      #expect((end.parameters[name] != start.parameters[name]) == isTrained, "\(name)")
      let moment = end.trees[TreeName.optimizer]?["firstMoment.\(name)"]
      #expect(moment?.floats.contains { $0 != 0 } == isTrained, "\(name)")
    }
    #expect(
      end.parameters.filter { !$0.name.hasPrefix("network/head") }
        == start.parameters.filter { !$0.name.hasPrefix("network/head") })
  }
}
