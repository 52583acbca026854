public import MetaTasks
public import NeuralNetworks
public import Settings
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
  /// Whether a task begins with the inner optimizer's state after the tasks before, rather than
  /// with a fresh one.
  public let carriesOptimizerState: Bool
  /// Examples in each mini-batch; nil: all.
  public let batchSize: Int?
  /// Examples in each mini-batch when a trained learner adapts; nil: all.
  public let evaluationBatchSize: Int?
  /// What the network's outputs are.
  public let meaning: Prediction.Meaning

  /// Makes a learner.
  public init(
    network: Network, optimizer: any Optimizer, learningRate: Double, steps: Int,
    evaluationSteps: Int, carriesOptimizerState: Bool = false, batchSize: Int? = nil,
    evaluationBatchSize: Int? = nil, meaning: Prediction.Meaning = .logits
  ) {
    self.network = network
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.steps = steps
    self.evaluationSteps = evaluationSteps
    self.carriesOptimizerState = carriesOptimizerState
    self.batchSize = batchSize
    self.evaluationBatchSize = evaluationBatchSize
    self.meaning = meaning
  }

  /// Names the inner optimizer's state among parameters.
  private static let stateName = "innerOptimizer"

  /// The parameters of the network, and the inner optimizer's state where it is carried.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    var parameters = network.initialSubtree(key)
    guard carriesOptimizerState else { return parameters }
    parameters.append(optimizer.initialState(for: parameters), as: Reptile.stateName)
    return parameters
  }

  /// The parameters after some steps of the optimizer, and the statistics of the support set.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    let batches = MiniBatches(of: support, size: evaluationBatchSize, count: evaluationSteps)
    return network.withStatistics(of: support, descend(parameters, on: batches.all).parameters)
  }

  /// Half the squared distance to the adapted parameters, seen as constants: its gradient is the
  /// step from the adapted parameters back to the initial ones.
  ///
  /// What is reported is the loss on the last mini-batch before its step, and its metrics.
  public func objective(
    _ parameters: Parameters, on episode: Episode, _ context: LearningContext
  ) -> Objective {
    let examples = Examples.joining(episode.support, episode.query)
    let batches = MiniBatches(of: examples, size: batchSize, count: steps).all
    let end = descend(parameters, on: batches)
    let difference = parameters.learned - end.parameters.learned.stopGradient()
    var objective = Objective(loss: difference.squaredNorm() * 0.5)
    if let outputs = end.lastOutputs, let batch = batches.last {
      let prediction = Prediction(outputs, meaning)
      objective.reportedLoss = loss(of: prediction, on: batch)
      objective.metrics = context.metrics.values(of: prediction, on: batch)
    }
    if carriesOptimizerState {
      objective.updates.append(end.state.stopGradient(), as: Reptile.stateName)
    }
    return objective
  }

  /// How the adapted parameters depend on the initial ones.
  public func approximation(at progress: LearningProgress) -> String? {
    "the adapted parameters are seen as constants, and the step leads towards them"
  }

  /// The parameters of the network after a step of the optimizer on each batch.
  package func descend(_ parameters: Parameters, on batches: [Examples]) -> OptimizerLoop.Result {
    let start = parameters.removingSubtree(Reptile.stateName)
    let state =
      carriesOptimizerState
      ? parameters.subtree(Reptile.stateName) : optimizer.initialState(for: start)
    return OptimizerLoop(network: network, optimizer: optimizer, learningRate: learningRate)
      .descend(start, state: state, on: batches)
  }
}

extension Reptile {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "reptile", "steps towards where an optimizer leads on a task (Nichol et al. 2018)"
  ) { (settings) throws(SettingsError) in
    let steps = try settings.integer(
      "steps", "Optimizer steps on a task in meta-training.", default: 5, in: 1...1000)
    let optimizer = try settings.section("optimizer", "Moves the parameters on a task.")
      .item(
        of: OptimizerCatalogue.standard.adding(.adam(beta1: 0), .adamw(beta1: 0)))
    let learningRate = try settings.number(
      "learningRate", "The rate of an optimizer step.", default: 0.001, .positive)
    let evaluationSteps = try settings.integer(
      "evaluationSteps", "Optimizer steps when a trained learner adapts.", default: 50, in: 0...1000
    )
    let carriesOptimizerState = try settings.boolean(
      "carriesOptimizerState", "Whether the optimizer's state goes on from task to task.",
      default: true)
    let batchSize = try settings.optionalInteger(
      "batchSize", "Examples in each mini-batch; null: all.", in: 1...100_000)
    let evaluationBatchSize = try settings.optionalInteger(
      "evaluationBatchSize", "The same when a trained learner adapts.", in: 1...100_000)
    let needs = LearnerNeeds(
      .fixedHead, network: InnerLoop.networkNeeds, adaptationSteps: evaluationSteps)
    return LearnerPlan(needs: needs) { parts in
      Reptile(
        network: parts.network, optimizer: optimizer, learningRate: learningRate, steps: steps,
        evaluationSteps: parts.adaptationSteps ?? evaluationSteps,
        carriesOptimizerState: carriesOptimizerState, batchSize: batchSize,
        evaluationBatchSize: evaluationBatchSize, meaning: parts.meaning)
    }
  }
}
