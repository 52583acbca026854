public import MetaTasks
public import NeuralNetworks
public import Tensors

/// A control: the same network trained on the support set alone, from its random start.
public struct FromScratch: MetaLearner {
  /// Maps inputs to logits or predicted numbers.
  public let network: Network
  /// Moves the parameters.
  public let optimizer: any Optimizer
  /// The rate of a step.
  public let learningRate: Double
  /// Steps on a support set.
  public let steps: Int

  /// Makes the control.
  public init(
    network: Network, optimizer: any Optimizer = Adam(), learningRate: Double = 0.01,
    steps: Int = 20
  ) {
    self.network = network
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.steps = steps
  }

  /// A random start of the network.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    network.initialParameters(key)
  }

  /// The parameters after training on the support set.
  public func adapted(
    _ parameters: Parameters, to support: Examples, key: SymbolicKey
  ) -> Parameters {
    let loop = OptimizerLoop(network: network, optimizer: optimizer, learningRate: learningRate)
    let end = loop.descend(
      parameters, state: optimizer.initialState(for: parameters),
      on: [Examples](repeating: support, count: steps))
    return network.withStatistics(of: support, end.parameters)
  }

  /// The network's results, normalised by the support set.
  public func predictions(for inputs: Tensor, with adapted: Parameters) -> Tensor {
    network.inductivePredictions(for: inputs, with: adapted)
  }
}
