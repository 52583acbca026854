import MetaLearning
import MetaTasks
import NeuralNetworks
import Tensors
import Testing

/// One row of the learner family: a learner on small pictures of built-in characters.
struct LearnerRow: CustomTestStringConvertible, Sendable {
  let name: String
  let learner: any MetaLearner
  /// Whether names of classes are interchangeable.
  var isClassSymmetric = false
  /// Whether the order of support examples does not matter.
  var isOrderFree = true
  /// Whether it matters how many support examples there are.
  var countsExamples: Bool { name.contains("TaskNorm") || name.contains("queries join") }
  /// Whether losses of examples are summed, so that more of them outweigh a regularizer.
  var sumsExamples: Bool {
    learner is R2D2 || learner is BayesianMAML || learner is AmortizedBayesianMAML
  }
  /// Some seconds of training that beat chance clearly; nil where nothing is trained.
  var training: Training? = Training()

  var testDescription: String { name }

  /// How a learner is trained.
  struct Training {
    var learningRate = 0.003
    var steps = 120
    var optimizer: any Optimizer = Adam()
    /// Whether on all training classes at once rather than by episodes.
    var isJoint = false
    /// The accuracy that it passes; chance is 0.2.
    var accuracy = 0.5
  }
}

enum LearnerFamily {
  static let ways = 5

  static func network(
    outputs: Int?, _ normalization: NormalizationMode = .support
  ) -> Network {
    conv4(
      inputShape: [28, 28, 1], width: 16, outputs: outputs, normalization: normalization,
      convolutionBias: false)
  }

  /// A network whose features are maps.
  private static let maps = conv4(
    inputShape: [28, 28, 1], width: 16, form: .threeMaxPools, features: .maps,
    convolutionBias: false)

  private static let perceptron = multilayerPerceptron(
    inputs: [28, 28, 1], hidden: [32], outputs: ways, normalization: .support)

  static func tasks(_ split: Split) -> PictureTasks {
    ProceduralCharacters(
      seed: 3, train: 60, validation: 20, test: 30, drawingsPerClass: 12
    ).tasks(split)
  }

  static let rows = gradientBased + onFeatures + memoryBased + ofRules + bayesian + controls

  private static let gradientBased: [LearnerRow] = [
    LearnerRow(
      name: "MAML",
      learner: MAML(
        network: network(outputs: ways), innerLoop: InnerLoop(steps: 2, learningRate: 0.3))),
    LearnerRow(
      name: "MAML of first order with TaskNorm",
      learner: MAML(
        network: network(outputs: ways, .taskNorm),
        innerLoop: InnerLoop(steps: 2, learningRate: 0.3, isFirstOrder: true))),
    LearnerRow(
      name: "MAML with learned rates, recomputed",
      learner: MAML(
        network: network(outputs: ways),
        innerLoop: InnerLoop(
          steps: 2, evaluationSteps: 3, learningRate: 0.3, learnedRates: .perLayerAndStep,
          recomputes: true))),
    LearnerRow(
      name: "MAML++",
      learner: MAMLPlusPlus(
        network: network(outputs: ways, .running),
        innerLoop: InnerLoop(steps: 2, learningRate: 0.3, learnedRates: .perLayerAndStep),
        multiStepPart: 0.5,
        firstOrderPart: 0.25)),
    LearnerRow(
      name: "MAML whose head begins at zero",
      learner: MAML(
        network: network(outputs: 2),
        innerLoop: InnerLoop(steps: 2, learningRate: 0.3, zeroedLayer: "head")),
      isClassSymmetric: true),
    LearnerRow(
      name: "ANIL whose head begins at zero",
      learner: ANIL(
        network: network(outputs: 2),
        innerLoop: InnerLoop(
          steps: 3, learningRate: 0.5, learnedRates: .perLayerAndStep, zeroedLayer: "head")),
      isClassSymmetric: true),
    LearnerRow(
      name: "Reptile whose Adam goes on and whose queries join the support set",
      learner: Reptile(
        network: network(outputs: ways, .supportAndQuery), optimizer: Adam(beta1: 0),
        learningRate: 0.003, steps: 5,
        evaluationSteps: 10, carriesOptimizerState: true, batchSize: 10, evaluationBatchSize: 5),
      isOrderFree: false, training: .init(learningRate: 1, steps: 250, optimizer: SGD())),
    LearnerRow(
      name: "MAML whose queries join the support set",
      learner: MAML(
        network: network(outputs: ways, .supportAndQuery),
        innerLoop: InnerLoop(steps: 1, learningRate: 0.3)), training: nil),
    LearnerRow(
      name: "ANIL",
      learner: ANIL(
        network: network(outputs: ways), innerLoop: InnerLoop(steps: 3, learningRate: 0.5))),
    LearnerRow(
      name: "BOIL",
      learner: BOIL.learner(
        network: network(outputs: ways), innerLoop: InnerLoop(steps: 2, learningRate: 0.3))),
    LearnerRow(
      name: "Meta-SGD",
      learner: MetaSGD.learner(
        network: network(outputs: ways), innerLoop: InnerLoop(steps: 2, learningRate: 0.3))),
    LearnerRow(
      name: "Meta-Curvature",
      learner: MetaCurvature.learner(
        network: network(outputs: ways), innerLoop: InnerLoop(steps: 2, learningRate: 0.3))),
    LearnerRow(
      name: "MAML with implicit gradients",
      learner: ImplicitMAML(
        network: network(outputs: ways), steps: 5, learningRate: 0.3, proximity: 0.5,
        solverSteps: 3)),
    LearnerRow(
      name: "LSTM meta-learner",
      learner: LSTMMetaLearner(
        network: network(outputs: ways), units: 4, steps: 2, learningRate: 0.3)),
    LearnerRow(
      name: "LSTM meta-learner with TaskNorm, recomputed",
      learner: LSTMMetaLearner(
        network: network(outputs: ways, .taskNorm), units: 4, steps: 2, evaluationSteps: 3,
        recomputes: true), training: nil),
    LearnerRow(
      name: "CAVIA by FiLM",
      learner: CAVIA(
        network: CAVIA.modulating(network(outputs: ways)), steps: 2, meaning: .logits),
      training: .init(steps: 600)),
    LearnerRow(
      name: "CAVIA by FiLM whose queries join the support set",
      learner: CAVIA(
        network: CAVIA.modulating(network(outputs: ways, .supportAndQuery), contextSize: 8),
        meaning: .logits), training: nil),
    LearnerRow(
      name: "Reptile",
      learner: Reptile(
        network: network(outputs: ways), optimizer: Adam(beta1: 0), learningRate: 0.003, steps: 5,
        evaluationSteps: 10, batchSize: 10, evaluationBatchSize: 5),
      isOrderFree: false, training: .init(learningRate: 1, steps: 400, optimizer: SGD())),
  ]

  private static let ofRules: [LearnerRow] = [
    LearnerRow(
      name: "learned optimizer",
      learner: LearnedOptimizer(
        network: network(outputs: ways), rule: CoordinatewiseLSTM(units: 8, outputScale: 0.1),
        steps: 3), training: nil)
  ]

  private static let onFeatures: [LearnerRow] = [
    LearnerRow(
      name: "prototypical networks, running statistics",
      learner: PrototypicalNetworks(network: network(outputs: nil, .running)),
      isClassSymmetric: true),
    LearnerRow(
      name: "prototypical networks, support statistics",
      learner: PrototypicalNetworks(network: network(outputs: nil)),
      isClassSymmetric: true),
    LearnerRow(
      name: "prototypical networks whose queries move prototypes",
      learner: PrototypicalNetworks(
        network: network(outputs: nil, .running), transduction: Transduction(.softKMeans)),
      isClassSymmetric: true),
    LearnerRow(
      name: "prototypical networks whose queries ask their neighbours",
      learner: PrototypicalNetworks(
        network: network(outputs: nil), transduction: Transduction(.laplacian, steps: 3)),
      isClassSymmetric: true, training: nil),
    LearnerRow(
      name: "matching networks by cosines, running statistics",
      learner: MatchingNetworks(network: network(outputs: nil, .running)), isClassSymmetric: true),
    LearnerRow(
      name: "matching networks by distances, support statistics",
      learner: MatchingNetworks(network: network(outputs: nil), similarity: .squaredDistance),
      isClassSymmetric: true),
    LearnerRow(
      name: "matching networks with full context",
      learner: MatchingNetworks(network: network(outputs: nil, .running), contextSteps: 2),
      isClassSymmetric: true, isOrderFree: false, training: .init(steps: 300)),
    LearnerRow(
      name: "memory of the heads of past classes",
      learner: InstanceMemory(
        network: network(outputs: 2),
        innerLoop: InnerLoop(steps: 1, learningRate: 0.2, learnedRates: .perLayerAndStep),
        slots: 32, recalled: 4, candidates: 8),
      isClassSymmetric: true),
    LearnerRow(
      name: "centroids by cosine",
      learner: CosineCentroid(network: network(outputs: nil, .running)),
      isClassSymmetric: true),
    LearnerRow(
      name: "relation networks",
      learner: RelationNetworks(
        network: maps,
        relation: RelationNetworks.relationNetwork(
          features: maps.outputShape, filters: 8, hidden: 16)),
      isClassSymmetric: true, training: .init(steps: 400)),
    LearnerRow(
      name: "nearest neighbours",
      learner: NearestNeighbours(network: network(outputs: nil, .running)),
      isClassSymmetric: true),
    LearnerRow(
      name: "nearest neighbours, support statistics",
      learner: NearestNeighbours(network: network(outputs: nil)), isClassSymmetric: true),
    LearnerRow(
      name: "R2-D2", learner: R2D2(network: network(outputs: nil, .running), scale: 5),
      isClassSymmetric: true),
    LearnerRow(
      name: "LR-D2",
      learner: R2D2(network: network(outputs: nil), solver: .logistic(steps: 3)),
      isClassSymmetric: true),
    LearnerRow(
      name: "MetaOptNet's ridge head",
      learner: R2D2(
        network: network(outputs: nil), regularizer: 50, learnsRegularizer: false, scale: 7),
      isClassSymmetric: true),
    LearnerRow(
      name: "fine-tuning of the head",
      learner: FineTuning(network: network(outputs: nil, .running), steps: 10),
      isClassSymmetric: true, training: .init(isJoint: true)),
    LearnerRow(
      name: "fine-tuning of all",
      learner: FineTuning(
        network: network(outputs: nil, .running), part: .all, steps: 3, learningRate: 0.03),
      isClassSymmetric: true, training: .init(isJoint: true)),
    LearnerRow(
      name: "cosine head on features of all classes",
      learner: CosineHead(network: network(outputs: nil, .running)), isClassSymmetric: true,
      training: .init(isJoint: true)),
    LearnerRow(
      name: "cosine head trained by episodes",
      learner: CosineHead(network: network(outputs: nil), steps: 3), isClassSymmetric: true),
  ]

  private static let memoryBased: [LearnerRow] = [
    // The support examples are a sequence.
    LearnerRow(
      name: "SNAIL",
      learner: SNAIL(
        network: network(outputs: nil, .running), classCount: ways, keys: [16, 16],
        values: [16, 16], filters: 16, span: 6),
      isOrderFree: false, training: .init(steps: 800)),
    LearnerRow(
      name: "transformer in context",
      learner: InContextTransformer(
        network: network(outputs: nil, .running), outputCount: ways, width: 32, heads: 2,
        hidden: 32), training: .init(steps: 800)),
    LearnerRow(
      name: "MANN",
      learner: MemoryAugmentedNetwork(
        network: network(outputs: nil, .running), classCount: ways, units: 48,
        memory: ExternalMemory(slots: 24, width: 16, heads: 1)),
      isOrderFree: false, training: nil),
    // So are they here. From the few training classes an LSTM learns little that holds for others.
    LearnerRow(
      name: "LSTM that reads the support set, support statistics",
      learner: RecurrentLearner(network: network(outputs: nil), outputCount: ways, units: 64),
      isOrderFree: false, training: .init(steps: 800, accuracy: 0.3)),
    LearnerRow(
      name: "memory network",
      learner: MemoryNetwork(
        network: network(outputs: nil, .running), outputCount: ways, width: 32),
      training: .init(steps: 800)),
    LearnerRow(
      name: "Meta Networks",
      learner: MetaNetworks(
        network: network(outputs: nil, .running), outputCount: ways, hidden: 16, metaHidden: 8),
      training: .init(steps: 800)),
  ]

  private static let bayesian: [LearnerRow] = [
    LearnerRow(
      name: "Bayesian MAML",
      learner: BayesianMAML(
        network: network(outputs: ways), particleCount: 2, steps: 1, learningRate: 0.15)),
    LearnerRow(
      name: "Bayesian MAML of perceptrons by the probability of the query set",
      learner: BayesianMAML(
        network: perceptron, particleCount: 4, steps: 2, learningRate: 0.05, priorPrecision: 0.01,
        metaLoss: .likelihood), training: nil),
    LearnerRow(
      name: "ensemble of MAML",
      learner: EnsembleMAML(
        network: network(outputs: ways), count: 2,
        innerLoop: InnerLoop(steps: 2, learningRate: 0.3))),
    LearnerRow(
      name: "amortized Bayesian MAML",
      learner: AmortizedBayesianMAML(
        network: network(outputs: ways), samples: 3, drawCount: 1, steps: 2, learningRate: 0.3,
        initialDeviation: 0.03), training: .init(steps: 300)),
    LearnerRow(
      name: "VERSA",
      learner: VERSA(network: network(outputs: nil, .running), hidden: [32], samples: 5),
      isClassSymmetric: true, training: .init(steps: 300)),
    LearnerRow(
      name: "VERSA on support statistics",
      learner: VERSA(network: network(outputs: nil), hidden: [32], samples: 3),
      isClassSymmetric: true, training: nil),
    LearnerRow(
      name: "head of a hypernetwork",
      learner: HypernetworkHead(network: network(outputs: nil, .running)),
      isClassSymmetric: true, training: .init(steps: 300)),
  ]

  private static let controls: [LearnerRow] = [
    LearnerRow(
      name: "control: nearest centroid", learner: NearestCentroid(), isClassSymmetric: true,
      training: nil),
    LearnerRow(
      name: "control: nearest neighbour", learner: RawNearestNeighbours(), isClassSymmetric: true,
      training: nil),
    LearnerRow(
      name: "control: logistic regression", learner: LogisticRegression(steps: 5),
      isClassSymmetric: true, training: nil),
    LearnerRow(
      name: "control: from scratch",
      learner: FromScratch(network: network(outputs: ways), steps: 3), training: nil),
  ]
}

extension LearnerRow.Training {
  /// The training as a phase on tasks of one shape.
  func phase(_ learner: any MetaLearner, _ tasks: PictureTasks, _ episodes: EpisodeShape) -> Phase {
    let update = ParameterUpdate(optimizer: optimizer, gradientNormLimit: 10)
    let step: any OuterStep
    if isJoint, let learner = learner as? any FeatureLearner {
      step = JointStep(
        learner: learner, tasks: tasks, tasksPerStep: 4, batchSize: 32, head: .linear, scale: 1,
        update: update)
    } else {
      step = GradientStep(
        learner: learner, tasks: tasks, episodes: EpisodeShapeRange(episodes), tasksPerStep: 4,
        update: update, metrics: [])
    }
    return Phase(step, learningRate: learningRate, stopRule: StopRule(iterations: steps))
  }
}
