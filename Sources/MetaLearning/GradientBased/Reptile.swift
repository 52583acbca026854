public import MetaTasks
public import NeuralNetworks
public import Tensors

/// Reptile (Nichol, Achiam and Schulman 2018, arXiv 1803.02999, Algorithm 2): parameters that move
/// towards where an optimizer's steps on a task's examples lead.
///
/// Meta-training uses support and query examples alike. Each inner step has a mini-batch of its
/// own, in order through all examples, which repeats as often as there are steps.
public struct Reptile: MetaLearner {
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
  /// Examples in each mini-batch; nil: all.
  public let batchSize: Int?
  /// Examples in each mini-batch when a trained learner adapts; nil: all.
  public let evaluationBatchSize: Int?

  /// Makes a learner.
  public init(
    network: Network, optimizer: any Optimizer, learningRate: Double, steps: Int,
    evaluationSteps: Int, batchSize: Int? = nil, evaluationBatchSize: Int? = nil
  ) {
    self.network = network
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.steps = steps
    self.evaluationSteps = evaluationSteps
    self.batchSize = batchSize
    self.evaluationBatchSize = evaluationBatchSize
  }

  /// The parameters of the network.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    network.initialParameters(key)
  }

  /// The parameters after some steps of the optimizer, and the statistics of the support set.
  public func adapted(
    _ parameters: Parameters, to support: Examples, key: SymbolicKey
  ) -> Parameters {
    let batches = MiniBatches(of: support, size: evaluationBatchSize, count: evaluationSteps)
    return network.withStatistics(of: support, descend(parameters, on: batches.all))
  }

  /// The network's results, normalised by the support set.
  public func predictions(for inputs: Tensor, with adapted: Parameters) -> Tensor {
    network.inductivePredictions(for: inputs, with: adapted)
  }

  /// The network's results, normalised by the inputs themselves.
  public func transductivePredictions(for inputs: Tensor, with adapted: Parameters) -> Tensor? {
    network.normalises ? network(inputs, adapted) : nil
  }

  /// Half the squared distance to the adapted parameters, seen as constants: its gradient is the
  /// step from the adapted parameters back to the initial ones.
  public func objective(
    _ parameters: Parameters, on episode: Episode, key: SymbolicKey
  ) -> Objective {
    let examples = Examples.joining(episode.support, episode.query)
    let batches = MiniBatches(of: examples, size: batchSize, count: steps).all
    let adapted = descend(parameters, on: batches)
    let difference = parameters.learned - adapted.learned.stopGradient()
    let last = Objective(predictions: network(examples, adapted), on: examples)
    return Objective(loss: difference.squaredNorm() * 0.5, metrics: last.metrics)
  }

  /// The parameters after a step of the optimizer on each batch.
  public func descend(_ parameters: Parameters, on batches: [Examples]) -> Parameters {
    var fast = parameters
    var state = optimizer.initialState(for: parameters)
    for (index, batch) in batches.enumerated() {
      Scope.named("inner step \(index + 1)") {
        let gradient = gradient(of: loss(of: network(batch, fast), on: batch), withRespectTo: fast)
        (fast, state) = optimizer.step(
          fast, gradient: gradient.stopGradient(), state: state,
          learningRate: Tensor.fill(learningRate))
      }
    }
    return fast
  }
}
