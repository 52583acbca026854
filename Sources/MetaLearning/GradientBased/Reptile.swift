public import MetaTasks
public import NeuralNetworks
public import Tensors

/// Reptile (Nichol, Achiam and Schulman 2018, arXiv 1803.02999, Algorithm 2): parameters that move
/// towards where an optimizer's steps on a task's examples lead.
///
/// Meta-training uses support and query examples alike. Each inner step has a mini-batch of its
/// own, in order through all examples, which repeats as often as there are steps. The inner
/// optimizer's state may go on from task to task, as in the paper's code: Adam then knows the usual
/// size of a parameter's gradient from the first step on.
public struct Reptile: NetworkLearner {
  /// Maps inputs to logits or predicted numbers.
  public let network: Network
  /// Moves the parameters on a task.
  public let optimizer: any Optimizer
  /// The rate of an inner step.
  public let learningRate: Double
  /// Steps in meta-training.
  public let steps: Int
  /// Steps when a trained learner adapts.
  public let evaluationSteps: Int
  /// Whether a task begins with the inner optimizer's state after the tasks before, rather than with
  /// a fresh one.
  public let carriesOptimizerState: Bool
  /// Examples in each mini-batch; nil: all.
  public let batchSize: Int?
  /// Examples in each mini-batch when a trained learner adapts; nil: all.
  public let evaluationBatchSize: Int?

  /// Makes a learner.
  public init(
    network: Network, optimizer: any Optimizer, learningRate: Double, steps: Int,
    evaluationSteps: Int, carriesOptimizerState: Bool = false, batchSize: Int? = nil,
    evaluationBatchSize: Int? = nil
  ) {
    self.network = network
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.steps = steps
    self.evaluationSteps = evaluationSteps
    self.carriesOptimizerState = carriesOptimizerState
    self.batchSize = batchSize
    self.evaluationBatchSize = evaluationBatchSize
  }

  /// Names the inner optimizer's state among parameters.
  private static let stateName = "innerOptimizer"

  /// The parameters of the network, and the inner optimizer's state where it is carried.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    var parameters = network.initialParameters(key)
    guard carriesOptimizerState else { return parameters }
    parameters.append(optimizer.initialState(for: parameters), below: Reptile.stateName)
    return parameters
  }

  /// The parameters after some steps of the optimizer, and the statistics of the support set.
  public func adapted(
    _ parameters: Parameters, to support: Examples, key: SymbolicKey
  ) -> Parameters {
    let batches = MiniBatches(of: support, size: evaluationBatchSize, count: evaluationSteps)
    return network.withStatistics(of: support, descend(parameters, on: batches.all).parameters)
  }

  /// Half the squared distance to the adapted parameters, seen as constants: its gradient is the
  /// step from the adapted parameters back to the initial ones.
  ///
  /// The metric is that of the last mini-batch before its step.
  public func objective(
    _ parameters: Parameters, on episode: Episode, key: SymbolicKey
  ) -> Objective {
    let examples = Examples.joining(episode.support, episode.query)
    let batches = MiniBatches(of: examples, size: batchSize, count: steps).all
    let end = descend(parameters, on: batches)
    let difference = parameters.learned - end.parameters.learned.stopGradient()
    var objective = Objective(loss: difference.squaredNorm() * 0.5)
    if let predictions = end.lastPredictions, let batch = batches.last {
      objective.metrics = Objective(predictions: predictions, on: batch).metrics
    }
    if carriesOptimizerState {
      objective.statistics.append(end.state.stopGradient(), below: Reptile.stateName)
    }
    return objective
  }

  /// The parameters of the network after a step of the optimizer on each batch.
  package func descend(_ parameters: Parameters, on batches: [Examples]) -> OptimizerLoop.Result {
    let start = parameters.filter { !$0.name.hasPrefix("\(Reptile.stateName).") }
    let state =
      carriesOptimizerState
      ? parameters.below(Reptile.stateName) : optimizer.initialState(for: start)
    return OptimizerLoop(network: network, optimizer: optimizer, learningRate: learningRate)
      .descend(start, state: state, on: batches)
  }
}
