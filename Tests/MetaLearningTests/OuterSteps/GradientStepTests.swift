import MetaLearning
import MetaTasks
import NeuralNetworks
import TensorPrograms
import Tensors
import Testing

@Suite struct `The gradient step` {
  private let tasks = SinusoidTasks(.maml)
  private let episodes = EpisodeShape(shots: 5, queries: 6)

  private func batch(_ lanes: Int) -> TaskBatch {
    TaskBatch(from: tasks, episodes, keys: (0..<lanes).map { RandomKey(seed: 8).folded($0) })
  }

  private func learner(_ innerLoop: InnerLoop) -> MAML {
    MAML(
      network: multilayerPerceptron(inputs: [1], hidden: [7, 7], outputs: 1, activation: .tanh),
      innerLoop: innerLoop, meaning: .numbers)
  }

  private static let loops = [
    InnerLoop(steps: 1, learningRate: 0.05), InnerLoop(steps: 3, learningRate: 0.05),
    InnerLoop(steps: 3, learningRate: 0.05, recomputes: true),
    InnerLoop(steps: 2, learningRate: 0.05, learnedRates: .perLayerAndStep),
    InnerLoop(steps: 2, learningRate: 0.05, learnedRates: .curvature),
  ]

  @Test(arguments: loops)
  func `has the gradient that finite differences find`(innerLoop: InnerLoop) {
    expectMetaGradient(of: learner(innerLoop), batch(3))
  }

  @Test(arguments: [
    "prototypical networks", "cosine head", "MAML", "ANIL", "MAML whose head begins at zero",
  ])
  func `has that gradient on int32 inputs`(_ name: String) throws {
    let loop = InnerLoop(steps: 2, learningRate: 0.3)
    let zeroed = InnerLoop(steps: 2, learningRate: 0.3, zeroedLayer: "head")
    let (features, whole) = (
      try TokenTasks.network(outputs: nil), try TokenTasks.network(outputs: 3)
    )
    let learners: [String: any MetaLearner] = [
      "prototypical networks": PrototypicalNetworks(network: features),
      "cosine head": CosineHead(network: features, steps: 2),
      "MAML": MAML(network: whole, innerLoop: loop),
      "ANIL": ANIL(network: whole, innerLoop: loop),
      "MAML whose head begins at zero": MAML(network: whole, innerLoop: zeroed),
    ]
    let keys = (0..<3).map { RandomKey(seed: 4).folded($0) }
    expectMetaGradient(
      of: try #require(learners[name]),
      TaskBatch(from: TokenTasks(), EpisodeShape(ways: 3, shots: 2, queries: 2), keys: keys))
  }

  @Test func `gives each lane a gradient of its own`() {
    let learner = learner(InnerLoop(steps: 1, learningRate: 0.05))
    let values = learner.initialParameters(RandomKey(seed: 1))
    func losses(_ batch: TaskBatch) -> [Float] {
      let program = GradientStep(learner, like: batch)
        .objectiveProgram(parameters: values, like: batch)
      let execution = Runner(.init(threads: 1)).execution(of: program)
      execution.set(values, prefix: TreeName.learner)
      execution.set(batch)
      execution.run()
      return execution.value("loss").floats
    }
    let whole = batch(3)
    let other = TaskBatch(
      from: tasks, episodes, keys: [0, 7, 2].map { RandomKey(seed: 8).folded($0) })
    let (first, second) = (losses(whole), losses(other))
    #expect(first[0] == second[0] && first[2] == second[2], "not a bit of another lane changes")
    #expect(first[1] != second[1])
  }

  @Test func `is the same on any threads, chunks and instruction set`() {
    let network = LearnerFamily.network(outputs: 5)
    let learner = MAML(network: network, innerLoop: InnerLoop(steps: 2, learningRate: 0.3))
    let shape = EpisodeShape(ways: 5, shots: 1, queries: 3)
    let batch = TaskBatch(
      from: LearnerFamily.tasks(.train), shape, keys: (0..<7).map { RandomKey(seed: 2).folded($0) })
    let step = GradientStep(learner, like: batch, optimizer: Adam())
    let start = step.trees(from: learner.initialParameters(RandomKey(seed: 1)))
    let program = step.program(from: start, like: batch)
    var expected: TrainingTrees?
    let settings =
      [(1, 1), (2, 1), (1, 2), (2, 7), (1, 7), (9, 1)].map { ($0.0, $0.1, KernelSet.standard()) }
      + KernelSet.available.filter { $0.name != "portable" }.map { (2, 2, $0) }
    for (threads, chunk, kernels) in settings {
      let persistent = PersistentValues(start.map { (prefix: $0.key, values: $0.value) })
      let execution = Runner(.init(threads: threads, chunk: chunk, kernels: kernels))
        .execution(of: program, persistent: persistent)
      execution.set("learningRate", TensorValue(0.01))
      execution.set(batch)
      execution.run()
      // Another run without inputs anew: nothing else has used the memory.
      execution.run()
      let result = start.reduce(into: TrainingTrees()) { result, tree in
        result[tree.key] = persistent.values(like: tree.value, prefix: tree.key)
      }
      if let expected {
        #expect(result == expected, "\(threads) threads, chunk \(chunk), \(kernels.name)")
      }
      expected = expected ?? result
    }
    #expect(expected?[TreeName.learner] != start[TreeName.learner], "a step moves the parameters")
  }

  /// The meta-gradient of MAML on a task, and the bytes that it takes.
  private func metaGradient(
    _ network: Network, on batch: TaskBatch, steps: Int, learningRate: Double, recomputes: Bool,
    meaning: Prediction.Meaning = .logits
  ) -> (gradient: [TensorValue], byteCount: Int) {
    let learner = MAML(
      network: network,
      innerLoop: InnerLoop(steps: steps, learningRate: learningRate, recomputes: recomputes),
      meaning: meaning)
    let execution = MetaGradient.execution(of: learner, on: batch)
    return (MetaGradient.values(of: execution), execution.byteCount)
  }

  /// The largest relative error of all tensors of two gradients.
  private func error(_ first: [TensorValue], _ second: [TensorValue]) -> Double {
    guard first.count == second.count else { return .infinity }
    return zip(first, second).map { relativeError($0.floats, $1.floats) }.max() ?? .infinity
  }

  @Test func `recomputes inner steps for the same gradient in less memory`() {
    let batch = TaskBatch(
      from: LearnerFamily.tasks(.train), EpisodeShape(ways: 5, shots: 1, queries: 3),
      keys: [RandomKey(seed: 2)])
    func run(steps: Int, recomputes: Bool) -> (gradient: [TensorValue], byteCount: Int) {
      metaGradient(
        LearnerFamily.network(outputs: 5), on: batch, steps: steps, learningRate: 0.05,
        recomputes: recomputes)
    }
    let kept = run(steps: 5, recomputes: false)
    let recomputed = run(steps: 5, recomputes: true)
    #expect(error(kept.gradient, recomputed.gradient) < 1e-4)
    let long = run(steps: 20, recomputes: true)
    #expect(recomputed.byteCount < kept.byteCount)
    #expect(long.byteCount < 2 * recomputed.byteCount, "memory hardly grows with the steps")
  }

  @Test func `recomputes a thousand inner steps in little more memory than a hundred`() {
    let network = multilayerPerceptron(inputs: [1], hidden: [40, 40], outputs: 1)
    let batch = TaskBatch(
      from: tasks, EpisodeShape(shots: 10, queries: 10), keys: [RandomKey(seed: 2)])
    func run(steps: Int, recomputes: Bool) -> (gradient: [TensorValue], byteCount: Int) {
      let clock = ContinuousClock()
      var result: (gradient: [TensorValue], byteCount: Int) = ([], 0)
      let time = clock.measure {
        result = metaGradient(
          network, on: batch, steps: steps, learningRate: 0.001, recomputes: recomputes,
          meaning: .numbers)
      }
      print("\(steps) inner steps of MAML: \(result.byteCount) bytes, \(time) with compiling")
      return result
    }
    let kept = run(steps: 100, recomputes: false)
    let hundred = run(steps: 100, recomputes: true)
    let thousand = run(steps: 1000, recomputes: true)
    let difference = error(kept.gradient, hundred.gradient)
    print("100 steps kept and recomputed: gradients differ by \(difference) of their norm at most")
    #expect(difference < 1e-5)
    #expect(4 * hundred.byteCount < kept.byteCount)
    #expect(thousand.byteCount < 2 * hundred.byteCount)
  }

  @Test func `of fifty inner steps on Conv4 has steps in proportion`() {
    let learner = MAML(
      network: conv4(inputShape: [28, 28, 1], outputs: 5, convolutionBias: false),
      innerLoop: InnerLoop(steps: 50, learningRate: 0.4), trainsTransductively: true)
    let batch = TaskBatch(
      from: LearnerFamily.tasks(.train), EpisodeShape(ways: 5, shots: 1, queries: 5),
      keys: [RandomKey(seed: 2)])
    let step = GradientStep(learner, like: batch, optimizer: Adam())
    let program = step.program(
      from: step.trees(from: learner.initialParameters(RandomKey(seed: 1))), like: batch)
    // How long compiling takes is measured by the benchmarks.
    #expect(program.description().stepCount < 20_000)
  }

  @Test func `averages metrics and the loss that is reported over tasks`() throws {
    let step = GradientStep(
      learner: PositionLearner(), tasks: tasks, episodes: EpisodeShapeRange(episodes),
      tasksPerStep: 3, update: ParameterUpdate(optimizer: SGD()), metrics: [])
    let start = step.trees(from: PositionLearner().initialParameters(RandomKey(seed: 1)))
    let figures = try #require(step.taken(0..<1, from: start).figures.first)
    let metrics = Dictionary(uniqueKeysWithValues: figures.metrics.map { ($0.name, $0.values) })
    let positions = try #require(metrics["byPosition"])
    try #require(positions.count == 3 && metrics["one"]?.count == 1)
    let loss = metrics["one"]?[0] ?? 0
    #expect(abs(loss) > 0.01, "tasks have something to average")
    for (position, factor) in [1.0, 2, -3].enumerated() {
      #expect(abs(positions[position] - factor * loss) < 1e-5, "position \(position)")
    }
    #expect(abs(figures.loss - 5 * loss) < 1e-5, "the loss that is reported")
  }
}

/// A learner that reports five times its loss, whose metrics are other multiples.
private struct PositionLearner: MetaLearner {
  func initialParameters(_ key: RandomKey) -> ParameterValues {
    ParameterValues(["offset": TensorValue(0)])
  }

  func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters { parameters }

  func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction {
    Prediction(inputs.only, .numbers)
  }

  func objective(
    _ parameters: Parameters, on episode: Episode, _ context: LearningContext
  ) -> Objective {
    let loss = episode.query.targets.mean() + parameters["offset"]
    let multiples = [1.0, 2, -3].map { (loss * $0).reshaped([1]) }
    return Objective(
      loss: loss, reportedLoss: loss * 5,
      metrics: [("byPosition", .concatenating(multiples, along: 0)), ("one", loss)])
  }
}
