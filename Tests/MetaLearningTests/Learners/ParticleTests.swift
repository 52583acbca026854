import Foundation
import MetaLearning
import MetaTasks
import NeuralNetworks
import TensorPrograms
import Tensors
import Testing

@Suite struct `Several networks side by side` {
  private static let loop = InnerLoop(steps: 2, learningRate: 0.1)

  /// Networks of numbers, some with layers that carry an axis in front alone.
  private static let networks: [(network: Network, carries: Bool)] = [
    (multilayerPerceptron(inputs: [1], hidden: [6, 5], outputs: 1, activation: .tanh), true),
    (
      multilayerPerceptron(
        inputs: [1], hidden: [6], outputs: 1, activation: .tanh, normalization: .support), true
    ),
    (
      Network(
        inputShape: [1],
        layers: [
          ("first", Dense(units: 6)), ("normalization", LayerNorm()), ("last", Dense(units: 1)),
        ]), true
    ),
    (
      multilayerPerceptron(
        inputs: [1], hidden: [6], outputs: 1, activation: .tanh, normalization: .supportAndQuery),
      false
    ),
    (
      Network(
        inputShape: [1],
        layers: [("first", Dense(units: 6)), ("flat", Flatten()), ("last", Dense(units: 1))]),
      false
    ),
  ]

  @Test(arguments: networks.indices)
  func `are what each is alone`(_ number: Int) {
    let (network, carries) = Self.networks[number]
    #expect(network.carriesLeadingAxis == carries)
    let ensemble = EnsembleMAML(
      network: network, count: 3, innerLoop: Self.loop, meaning: .numbers)
    let alone = MAML(network: network, innerLoop: Self.loop, meaning: .numbers)
    let values = ensemble.initialParameters(RandomKey(seed: 1))
    let together = predictions(ensemble, values)
    #expect(together.shape == [3, 4, 1])
    for particle in 0..<3 {
      let own = predictions(alone, values.map { $0.slice(at: particle) })
      for (a, b) in zip(together.slice(at: particle).floats, own.floats) {
        #expect(abs(a - b) < 1e-4 * max(1, abs(b)), "network \(particle)")
      }
    }
    #expect(together.slice(at: 0) != together.slice(at: 1), "their beginnings are the same")
  }

  private func predictions(_ learner: any MetaLearner, _ values: ParameterValues) -> TensorValue {
    let batch = TaskBatch(
      from: SinusoidTasks(), EpisodeShape(shots: 5, queries: 4), keys: [RandomKey(seed: 8)])
    let inputs = BatchInputs(like: batch)
    let shared = Parameters.inputs(like: values, prefix: TreeName.learner)
    let adapted = learner.adapted(
      shared.perLane(), to: inputs.episode.support, LearningContext(.adapting, key: inputs.key))
    let prediction = learner.predictions(for: inputs.episode.query.inputs, with: adapted)
    let execution = Runner(.init(threads: 1)).execution(
      of: Program(
        [("values", prediction.values)], laneCount: 1, declaring: inputs.all + shared.leaves))
    execution.set(values, prefix: TreeName.learner)
    execution.set(batch)
    execution.run()
    return execution.value("values").slice(at: 0)
  }
}

@Suite struct `Learners with samples` {
  private static let network = multilayerPerceptron(
    inputs: [1], hidden: [6, 5], outputs: 1, activation: .tanh)

  private static let ofNumbers: [(name: String, learner: any MetaLearner)] = [
    (
      "ensemble of MAML",
      EnsembleMAML(
        network: network, count: 2, innerLoop: InnerLoop(steps: 2, learningRate: 0.05),
        meaning: .numbers)
    ),
    (
      "amortized Bayesian MAML",
      AmortizedBayesianMAML(
        network: network, drawCount: 2, steps: 2, learningRate: 0.05, initialDeviation: 0.2,
        meaning: .numbers)
    ),
    (
      "head of a hypernetwork",
      HypernetworkHead(
        network: multilayerPerceptron(
          inputs: [1], hidden: [4, 3], outputs: nil, activation: .tanh),
        numberCount: 1, units: 3, hidden: 4)
    ),
  ]

  // Bayesian MAML has its fixtures instead: the bandwidth and the leaders are constants to its
  // gradient, and move with the parameters.
  @Test(arguments: ofNumbers.indices)
  func `have the gradient that finite differences find, on curves`(_ number: Int) {
    let keys = (0..<3).map { RandomKey(seed: 8).folded($0) }
    expectMetaGradient(
      of: Self.ofNumbers[number].learner,
      TaskBatch(from: SinusoidTasks(), EpisodeShape(shots: 5, queries: 6), keys: keys))
  }

  @Test(arguments: ["VERSA", "head of a hypernetwork", "amortized Bayesian MAML"])
  func `have that gradient on classes of texts`(_ name: String) throws {
    let features = try TokenTasks.network(outputs: nil)
    let learners: [String: any MetaLearner] = [
      "VERSA": VERSA(network: features, hidden: [5], samples: 3),
      "head of a hypernetwork": HypernetworkHead(network: features, units: 3, hidden: 4),
      "amortized Bayesian MAML": AmortizedBayesianMAML(
        network: try TokenTasks.network(outputs: 3), drawCount: 2, steps: 2, learningRate: 0.2),
    ]
    let keys = (0..<3).map { RandomKey(seed: 4).folded($0) }
    expectMetaGradient(
      of: try #require(learners[name]),
      TaskBatch(from: TokenTasks(), EpisodeShape(ways: 3, shots: 2, queries: 2), keys: keys))
  }

  @Test func `of a distribution weigh how far it is from the prior`() {
    func learner(_ weight: Double) -> AmortizedBayesianMAML {
      AmortizedBayesianMAML(
        network: Self.network, steps: 1, learningRate: 0.05, initialDeviation: 0.2,
        divergenceWeight: weight, meaning: .numbers)
    }
    let batch = TaskBatch(
      from: SinusoidTasks(), EpisodeShape(shots: 5, queries: 6), keys: [RandomKey(seed: 8)])
    let (inputs, values) = (BatchInputs(like: batch), learner(1).initialParameters(.init(seed: 1)))
    let prior = Parameters.inputs(like: values, prefix: TreeName.learner).perLane()
    // The first step is the same for all weights: the prior is at no distance from itself.
    let posterior = learner(1).posterior(
      from: prior, steps: 1, on: inputs.episode.support, inputs.key)
    let losses = [0, 1].map {
      learner($0).objective(
        prior, on: inputs.episode, LearningContext(.training, key: inputs.key)
      ).loss
    }
    var numbers = batch.numbers
    for entry in values.entries { numbers["\(TreeName.learner).\(entry.name)"] = entry.leaf }
    let found = ReferenceExecutor(laneCount: 1).evaluate(
      losses + posterior.leaves, values: numbers
    ).map { $0.lanes[0] }
    let moved = Dictionary(uniqueKeysWithValues: zip(values.names, found.dropFirst(2)))
    var divergence = 0.0
    for entry in values.subtree(Network.parametersName).entries {
      let widths = moved["\(AmortizedBayesianMAML.deviationsName)/\(entry.name)"] ?? []
      let means = moved["\(Network.parametersName)/\(entry.name)"] ?? []
      for ((mean, width), start) in zip(zip(means, widths), entry.leaf.doubles) {
        let deviation = exp(width)
        let squares = deviation * deviation + (mean - start) * (mean - start)
        divergence += log(0.2 / deviation) + squares / (2 * 0.2 * 0.2) - 0.5
      }
    }
    #expect(divergence > 1e-3)
    #expect(abs((found[1][0] - found[0][0]) * 11 - divergence) < 1e-5 * divergence + 1e-6)
  }

  private func expectMetaGradient(of learner: any MetaLearner, _ batch: TaskBatch) {
    let values = learner.initialParameters(RandomKey(seed: 1))
    let parameters = Parameters.inputs(like: values, prefix: TreeName.learner)
    expectGradient(
      of: MetaGradient(of: learner, parameters, like: batch).loss, parameters, at: values,
      with: batch.numbers, laneCount: batch.laneCount)
  }
}
