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
  /// The rate and steps with which some seconds of training beat chance clearly; nil where nothing
  /// is trained.
  var training: (learningRate: Double, steps: Int, optimizer: any Optimizer)? = (0.003, 120, Adam())

  var testDescription: String { name }
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

  static let rows: [LearnerRow] = [
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
          steps: 2, evaluationSteps: 3, learningRate: 0.3, learnsRates: true, recomputes: true))),
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
        innerLoop: InnerLoop(steps: 3, learningRate: 0.5, learnsRates: true, zeroedLayer: "head")),
      isClassSymmetric: true),
    LearnerRow(
      name: "Reptile whose Adam goes on and whose queries join the support set",
      learner: Reptile(
        network: network(outputs: ways, .supportAndQuery), optimizer: Adam(beta1: 0),
        learningRate: 0.003, steps: 5,
        evaluationSteps: 10, carriesOptimizerState: true, batchSize: 10, evaluationBatchSize: 5),
      isOrderFree: false, training: (1, 250, SGD())),
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
      name: "Reptile",
      learner: Reptile(
        network: network(outputs: ways), optimizer: Adam(beta1: 0), learningRate: 0.003, steps: 5,
        evaluationSteps: 10, batchSize: 10, evaluationBatchSize: 5),
      isOrderFree: false, training: (1, 400, SGD())),
    LearnerRow(
      name: "prototypical networks, running statistics",
      learner: PrototypicalNetworks(network: network(outputs: nil, .running)),
      isClassSymmetric: true),
    LearnerRow(
      name: "prototypical networks, support statistics",
      learner: PrototypicalNetworks(network: network(outputs: nil)),
      isClassSymmetric: true),
    LearnerRow(
      name: "control: nearest centroid", learner: NearestCentroid(), isClassSymmetric: true,
      training: nil),
    LearnerRow(
      name: "control: from scratch",
      learner: FromScratch(network: network(outputs: ways), steps: 3), training: nil),
  ]

  static func tasks(_ split: Split) -> ClassificationTasks {
    ProceduralCharacters(
      seed: 3, train: 60, validation: 20, test: 30, drawingsPerClass: 12
    ).tasks(split)
  }
}
