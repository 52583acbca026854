import MetaLearning
import MetaTasks
import NeuralNetworks
import TensorPrograms
import Tensors
import Testing

@Suite struct `The meta-step` {
  private let tasks = SinusoidTasks(.maml)
  private let episodes = EpisodeShape(shots: 5, queries: 6)

  private func batch(_ lanes: Int) -> TaskBatch {
    TaskBatch(from: tasks, episodes, keys: (0..<lanes).map { RandomKey(seed: 8).folded($0) })
  }

  private func learner(_ innerLoop: InnerLoop) -> MAML {
    MAML(
      network: multilayerPerceptron(inputs: [1], hidden: [7, 7], outputs: 1, activation: .tanh),
      innerLoop: innerLoop)
  }

  private static let loops = [
    InnerLoop(steps: 1, learningRate: 0.05), InnerLoop(steps: 3, learningRate: 0.05),
    InnerLoop(steps: 3, learningRate: 0.05, recomputes: true),
    InnerLoop(steps: 2, learningRate: 0.05, learnsRates: true),
  ]

  @Test(arguments: loops)
  func `has the gradient that finite differences find`(innerLoop: InnerLoop) {
    let learner = learner(innerLoop)
    let batch = batch(3)
    let values = learner.initialParameters(RandomKey(seed: 1))
    let parameters = Parameters.inputs(like: values, prefix: "parameters")
    let result = MetaStep(learner: learner, optimizer: SGD()).metaGradient(parameters, like: batch)
    let executor = ReferenceExecutor(laneCount: 3)
    func evaluate(_ outputs: [Tensor], _ values: ParameterValues) -> [ReferenceValue] {
      var inputs = batchValues(batch)
      for entry in values.entries { inputs["parameters.\(entry.name)"] = entry.leaf }
      return executor.evaluate(outputs, values: inputs)
    }
    let gradients = evaluate(result.gradient.leaves, values)
    for (entry, gradient) in zip(values.entries, gradients) {
      let step: Float = 0x1p-13
      func loss(_ offset: Float) -> Double {
        var elements = entry.leaf.floats
        elements[0] += offset
        let moved = NamedTree([
          .init(name: entry.name, leaf: TensorValue(elements, shape: entry.leaf.shape))
        ])
        return evaluate([result.loss], values.replacing(with: moved))[0].elements[0]
      }
      let first = entry.leaf.floats[0]
      let (above, below) = (Double(first + step), Double(first - step))
      let expected = (loss(step) - loss(-step)) / (above - below)
      let error = abs(gradient.elements[0] - expected)
      #expect(error < 1e-3 * max(0.05, abs(expected)), "\(entry.name)")
    }
  }

  @Test func `gives each lane a gradient of its own`() {
    let learner = learner(InnerLoop(steps: 1, learningRate: 0.05))
    let values = learner.initialParameters(RandomKey(seed: 1))
    func losses(_ batch: TaskBatch) -> [Float] {
      let program = MetaStep(learner: learner, optimizer: SGD())
        .objectiveProgram(parameters: values, like: batch)
      let execution = Runner(.init(threads: 1)).execution(of: program)
      execution.set(values, prefix: "parameters")
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

  @Test func `takes the same step on any threads, chunks and instruction set`() {
    let network = LearnerFamily.network(outputs: 5)
    let learner = MAML(network: network, innerLoop: InnerLoop(steps: 2, learningRate: 0.3))
    let shape = EpisodeShape(ways: 5, shots: 1, queries: 3)
    let batch = TaskBatch(
      from: LearnerFamily.tasks(.train), shape, keys: (0..<7).map { RandomKey(seed: 2).folded($0) })
    let optimizer = Adam()
    let parameters = learner.initialParameters(RandomKey(seed: 1))
    let state = optimizer.initialState(for: parameters)
    let program = MetaStep(learner: learner, optimizer: optimizer).program(
      parameters: parameters, state: state, like: batch)
    var expected: (ParameterValues, ParameterValues)?
    let settings =
      [(1, 1), (2, 1), (1, 2), (2, 7), (1, 7), (9, 1)].map { ($0.0, $0.1, KernelSet.standard()) }
      + KernelSet.available.filter { $0.name != "portable" }.map { (2, 2, $0) }
    for (threads, chunk, kernels) in settings {
      let persistent = PersistentValues([("parameters", parameters), ("state", state)])
      let execution = Runner(.init(threads: threads, chunk: chunk, kernels: kernels))
        .execution(of: program, persistent: persistent)
      execution.set("learningRate", TensorValue(0.01))
      execution.set(batch)
      execution.run()
      execution.run()
      let result = (
        persistent.values(like: parameters, prefix: "parameters"),
        persistent.values(like: state, prefix: "state")
      )
      if let expected {
        #expect(result == expected, "\(threads) threads, chunk \(chunk), \(kernels.name)")
      }
      expected = expected ?? result
    }
    #expect(expected?.0 != parameters, "a step moves the parameters")
  }

  @Test func `recomputes inner steps for the same gradient in less memory`() {
    let network = LearnerFamily.network(outputs: 5)
    let shape = EpisodeShape(ways: 5, shots: 1, queries: 3)
    let batch = TaskBatch(
      from: LearnerFamily.tasks(.train), shape, keys: [RandomKey(seed: 2)])
    func run(steps: Int, recomputes: Bool) -> (gradient: [TensorValue], byteCount: Int) {
      let learner = MAML(
        network: network,
        innerLoop: InnerLoop(steps: steps, learningRate: 0.05, recomputes: recomputes))
      let values = learner.initialParameters(RandomKey(seed: 1))
      let parameters = Parameters.inputs(like: values, prefix: "parameters")
      let result = MetaStep(learner: learner, optimizer: SGD())
        .metaGradient(parameters, like: batch)
      let program = Program(
        result.gradient.entries.map { ($0.name, $0.leaf) }, laneCount: 1,
        declaring: parameters.leaves + BatchInputs(like: batch).tensors)
      let execution = Runner(.init(threads: 1)).execution(of: program)
      execution.set(values, prefix: "parameters")
      execution.set(batch)
      execution.run()
      return (execution.outputNames.map(execution.value), execution.byteCount)
    }
    let kept = run(steps: 5, recomputes: false)
    let recomputed = run(steps: 5, recomputes: true)
    for (first, second) in zip(kept.gradient, recomputed.gradient) {
      let norm = first.floats.reduce(0) { $0 + $1 * $1 }
      let difference = zip(first.floats, second.floats).reduce(0) {
        $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
      }
      #expect(difference <= 1e-8 * max(norm, 1e-6))
    }
    let long = run(steps: 20, recomputes: true)
    #expect(recomputed.byteCount < kept.byteCount)
    #expect(long.byteCount < 2 * recomputed.byteCount, "memory hardly grows with the steps")
  }

  @Test func `of fifty inner steps on Conv4 has steps in proportion`() {
    let learner = MAML(
      network: conv4(inputShape: [28, 28, 1], outputs: 5, convolutionBias: false),
      innerLoop: InnerLoop(steps: 50, learningRate: 0.4), trainsTransductively: true)
    let batch = TaskBatch(
      from: LearnerFamily.tasks(.train), EpisodeShape(ways: 5, shots: 1, queries: 5),
      keys: [RandomKey(seed: 2)])
    let parameters = learner.initialParameters(RandomKey(seed: 1))
    let state = Adam().initialState(for: parameters)
    let program = MetaStep(learner: learner, optimizer: Adam()).program(
      parameters: parameters, state: state, like: batch)
    // How long compiling takes is measured by the benchmarks.
    #expect(program.description().stepCount < 20_000)
  }

  private func batchValues(_ batch: TaskBatch) -> [String: TensorValue] {
    [
      "support.inputs": batch.values.support.inputs,
      "support.targets": batch.values.support.targets,
      "query.inputs": batch.values.query.inputs, "query.targets": batch.values.query.targets,
      "key": batch.keys,
    ]
  }
}
