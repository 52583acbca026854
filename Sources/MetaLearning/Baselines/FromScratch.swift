public import MetaTasks
public import NeuralNetworks
public import Tensors

/// A control: the same network trained on the support set alone, from its random start.
public struct FromScratch: NetworkLearner {
  /// Maps inputs to logits or predicted numbers.
  public let network: Network
  /// Moves the parameters.
  public let optimizer: any Optimizer
  /// The rate of a step.
  public let learningRate: Double
  /// Steps on a support set.
  public let steps: Int
  /// What the network's outputs are.
  public let meaning: Prediction.Meaning

  /// Makes the control.
  public init(
    network: Network, optimizer: any Optimizer = Adam(), learningRate: Double = 0.01,
    steps: Int = 20, meaning: Prediction.Meaning = .logits
  ) {
    self.network = network
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.steps = steps
    self.meaning = meaning
  }

  /// The parameters after training on the support set.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    let loop = OptimizerLoop(network: network, optimizer: optimizer, learningRate: learningRate)
    let end = loop.descend(
      parameters, state: optimizer.initialState(for: parameters),
      on: [Examples](repeating: support, count: steps))
    return network.withStatistics(of: support, end.parameters)
  }

  /// None: a control is a figure beside the inductive one.
  public func transductivePredictions(
    for inputs: Inputs, with adapted: Parameters
  ) -> Prediction? { nil }
}

extension FromScratch {
  /// The control as evaluations name it.
  public static let entry = ControlEntry(
    "fromScratch", "same network from scratch"
  ) { parts in
    switch parts.signature.target {
    case .classes, .numbers:
      FromScratch(network: parts.network, meaning: Prediction.Meaning(of: parts.signature.target))
    case .choice, .rewards: nil
    }
  }
}
