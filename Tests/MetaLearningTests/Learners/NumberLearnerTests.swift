import MetaLearning
import MetaTasks
import NeuralNetworks
import Settings
import TensorPrograms
import Tensors
import Testing

/// One row of the learners of numbers, on sine curves.
struct NumberLearnerRow: CustomTestStringConvertible, Sendable {
  let name: String
  let learner: any MetaLearner
  /// Steps of training by episodes, at a rate of 0.003; nil where nothing is trained so.
  var steps: Int? = 400
  /// Whether the order of support examples does not matter.
  var isOrderFree = true
  /// Whether predictions have a variance.
  var hasVariance = false

  var testDescription: String { name }

  private static let network = multilayerPerceptron(inputs: [1], hidden: [32, 32], outputs: 1)
  private static let features = multilayerPerceptron(inputs: [1], hidden: [32, 32], outputs: nil)

  private static let attentiveProcess: AttentiveNeuralProcess = {
    func network(_ inputs: Int, _ outputs: Int) -> Network {
      multilayerPerceptron(inputs: [inputs], hidden: [32], outputs: outputs)
    }
    return AttentiveNeuralProcess(
      networks: .init(
        encoder: network(2, 32), position: network(1, 32), latentEncoder: network(2, 32),
        latentHead: network(32, 16), decoder: network(41, 2)),
      heads: 4, inputs: SinusoidTasks().signature.inputs, samples: 3)
  }()

  static let rows = [
    NumberLearnerRow(
      name: "MAML",
      learner: MAML(
        network: network, innerLoop: InnerLoop(steps: 1, learningRate: 0.01), meaning: .numbers)),
    NumberLearnerRow(
      name: "MAML whose head begins at zero",
      learner: MAML(
        network: network,
        innerLoop: InnerLoop(steps: 3, learningRate: 0.01, zeroedLayer: "head"), meaning: .numbers)),
    NumberLearnerRow(
      name: "memory of the heads of past curves",
      learner: InstanceMemory(
        network: network,
        innerLoop: InnerLoop(steps: 3, learningRate: 0.01, learnedRates: .perLayerAndStep),
        slots: 32, recalled: 4, candidates: 8, meaning: .numbers)),
    NumberLearnerRow(
      name: "Meta-SGD",
      learner: MetaSGD.learner(
        network: network, innerLoop: InnerLoop(steps: 1, learningRate: 0.01), meaning: .numbers)),
    NumberLearnerRow(
      name: "joint training",
      learner: JointTraining.learner(
        network: network, steps: 3, learningRate: 0.01, meaning: .numbers), steps: nil),
    NumberLearnerRow(
      name: "Meta-Curvature",
      learner: MetaCurvature.learner(
        network: network, innerLoop: InnerLoop(steps: 1, learningRate: 0.01), meaning: .numbers)),
    NumberLearnerRow(
      name: "MAML with implicit gradients",
      learner: ImplicitMAML(
        network: network, steps: 8, learningRate: 0.005, proximity: 2, meaning: .numbers)),
    NumberLearnerRow(
      name: "LSTM meta-learner",
      learner: LSTMMetaLearner(
        network: network, units: 4, steps: 2, learningRate: 0.01, meaning: .numbers)),
    NumberLearnerRow(
      name: "CAVIA",
      learner: CAVIA(
        network: CAVIA.joining(
          SinusoidTasks().signature.inputs, contextSize: 5,
          before: multilayerPerceptron(inputs: [6], hidden: [32, 32], outputs: 1))), steps: 1500),
    NumberLearnerRow(
      name: "CAVIA by FiLM",
      learner: CAVIA(
        network: CAVIA.modulating(network, atActivation: 1, contextSize: 8)), steps: 1500),
    NumberLearnerRow(
      name: "learned optimizer",
      learner: LearnedOptimizer(
        network: network, rule: CoordinatewiseLSTM(units: 8, outputScale: 0.1), steps: 5,
        meaning: .numbers), steps: nil),
    NumberLearnerRow(
      name: "conditional neural process",
      learner: ConditionalNeuralProcess(
        inputs: SinusoidTasks().signature.inputs, outputCount: 1, encoderHidden: [32, 32],
        representation: 32, decoderHidden: [32]), steps: 2500, hasVariance: true),
    NumberLearnerRow(
      name: "attentive neural process", learner: attentiveProcess, steps: 1000,
      hasVariance: true),
    NumberLearnerRow(
      name: "transformer in context",
      learner: InContextTransformer(
        network: features, outputCount: 1, meaning: .numbers, width: 32, heads: 2, hidden: 64),
      steps: 1500),
    NumberLearnerRow(
      name: "LSTM that reads the support set",
      learner: RecurrentLearner(
        network: features, outputCount: 1, meaning: .numbers, units: 32), steps: 1500,
      isOrderFree: false),
    NumberLearnerRow(
      name: "memory network",
      learner: MemoryNetwork(network: features, outputCount: 1, meaning: .numbers, width: 32),
      steps: 1500),
    NumberLearnerRow(
      name: "Meta Networks",
      learner: MetaNetworks(
        network: features, outputCount: 1, meaning: .numbers, hidden: 16, metaHidden: 8),
      steps: 1500),
    NumberLearnerRow(
      name: "linear regression with a learned prior",
      learner: BayesianRidge(network: features, outputs: 1), hasVariance: true),
    NumberLearnerRow(
      name: "linear regression with a learned prior, by medians",
      learner: BayesianRidge(network: features, outputs: 1, density: .laplace),
      hasVariance: true),
    NumberLearnerRow(
      name: "Bayesian MAML",
      learner: BayesianMAML(
        network: network, particleCount: 4, steps: 1, learningRate: 0.01, meaning: .numbers),
      hasVariance: true),
    NumberLearnerRow(
      name: "Bayesian MAML by the probability of the query set",
      learner: BayesianMAML(
        network: network, particleCount: 4, steps: 1, learningRate: 0.01, metaLoss: .likelihood,
        meaning: .numbers), hasVariance: true),
    NumberLearnerRow(
      name: "ensemble of MAML",
      learner: EnsembleMAML(
        network: network, count: 3, innerLoop: InnerLoop(steps: 1, learningRate: 0.01),
        meaning: .numbers), hasVariance: true),
    NumberLearnerRow(
      name: "amortized Bayesian MAML",
      learner: AmortizedBayesianMAML(
        network: network, samples: 4, steps: 1, learningRate: 0.02, meaning: .numbers),
      hasVariance: true),
    NumberLearnerRow(
      name: "head of a hypernetwork",
      learner: HypernetworkHead(
        network: multilayerPerceptron(inputs: [1], hidden: [32, 32], outputs: nil),
        numberCount: 1), steps: 1500),
    NumberLearnerRow(
      name: "control: from scratch",
      learner: FromScratch(network: network, steps: 3, meaning: .numbers), steps: nil),
  ]
}

@Suite struct `Every learner of numbers` {
  private let tasks = SinusoidTasks()
  private let episodes = EpisodeShape(shots: 10, queries: 8)

  private func evaluation(_ learner: any MetaLearner, taskCount: Int) throws -> Evaluation {
    let metrics = [
      MetricDescription.squaredError, .absoluteError, .negativeLogLikelihood, .coverage90,
    ]
    return Evaluation(
      learner: learner, tasks: tasks, episodes: episodes, split: .test, seed: 1,
      taskCount: taskCount, checkedTaskCount: min(2, taskCount),
      metrics: metrics.compactMap { MetricCatalogue.standard[$0.name] })
  }

  @Test(arguments: NumberLearnerRow.rows)
  func `answers each query by itself, with the figures that its predictions have`(
    row: NumberLearnerRow
  ) throws {
    let runner = Runner(.init(threads: 1))
    let result = try evaluation(row.learner, taskCount: 3).result(
      of: row.learner.initialParameters(RandomKey(seed: 1)), runner)
    guard case .independent? = result.leak else {
      Issue.record("\(String(describing: result.leak))")
      return
    }
    #expect(result.perTask.count == 3 && result.losses.count == 3)
    let hasVariance = row.hasVariance
    #expect((result.figure(of: .coverage90) != nil) == hasVariance)
    #expect((result.figure(of: .negativeLogLikelihood) != nil) == hasVariance)
    #expect((result.figure(of: .coverage90) != nil) == row.hasVariance)
    #expect((result.figure(of: .negativeLogLikelihood) != nil) == row.hasVariance)
    let counted = try #require(
      row.hasVariance ? result.figure(of: .negativeLogLikelihood) : result.figure)
    #expect(abs(counted.mean - (result.loss ?? .nan)) < 1e-5, "the loss is that of the meaning")
  }

  @Test(arguments: NumberLearnerRow.rows.filter(\.isOrderFree))
  func `does not mind the order of examples, nor those that weigh nothing`(
    row: NumberLearnerRow
  ) throws {
    let parameters = row.learner.initialParameters(RandomKey(seed: 2))
    let episode = tasks.episode(episodes, key: RandomKey(seed: 5))
    func predictions(_ support: ExampleValues) -> [Double] {
      let predictor = Predictor(
        learner: row.learner, parameters: parameters, support: support,
        runner: Runner(.init(threads: 1)))
      let said = predictor.predictions(episode.query.inputs)
      return said.values.doubles + (said.logVariance?.doubles ?? [])
    }
    let plain = predictions(episode.support)
    let order = RandomKey(seed: 5).permutation(of: 10)
    let shuffled = predictions(episode.support.map { TensorValue.stacking(order.map($0.slice)) })
    var padded = episode.support.map { value in
      TensorValue.stacking((0..<10).map(value.slice) + [value.slice(at: 3)])
    }
    padded.weights = TensorValue([Float](repeating: 1, count: 10) + [0], shape: [11])
    for other in [shuffled, predictions(padded)] {
      try #require(other.count == plain.count)
      for (a, b) in zip(plain, other) { #expect(abs(a - b) < 1e-4 * max(1, abs(a))) }
    }
  }

  @Test(arguments: NumberLearnerRow.rows.filter { $0.steps != nil })
  func `learns curves in some seconds`(row: NumberLearnerRow) throws {
    let steps = try #require(row.steps)
    let step = GradientStep(
      learner: row.learner, tasks: tasks, episodes: EpisodeShapeRange(episodes), tasksPerStep: 16,
      update: ParameterUpdate(optimizer: Adam(), gradientNormLimit: 10), metrics: [])
    let parameters = row.learner.initialParameters(RandomKey(seed: 1))
    let runner = Runner()
    let end = step.taken(0..<steps, from: step.trees(from: parameters), learningRate: 0.003, runner)
    let evaluation = try evaluation(row.learner, taskCount: 60)
    let before = evaluation.result(of: parameters, runner)
    let after = evaluation.result(of: try #require(end.trees[TreeName.learner]), runner)
    // The variance of the curves' values is about 4.3.
    #expect(after.figure.mean < 3, "before training \(before.figure.mean)")
    #expect(after.figure.mean < 0.7 * before.figure.mean)
    #expect(after.score == -after.figure.mean)
  }
}
