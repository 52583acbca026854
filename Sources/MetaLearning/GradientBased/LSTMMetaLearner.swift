import Foundation
public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// The LSTM meta-learner (Ravi and Larochelle 2017, "Optimization as a model for few-shot
/// learning", section 3): a recurrent network says for each parameter of another network how far a
/// step goes, and how much of the parameter stays.
///
/// A step is θ ← f ∘ θ - i ∘ g with the gradient g of the support loss l. This is the rule by which
/// an LSTM changes its cell, so that θ is the cell, and the θ that tasks begin with is learned. An
/// LSTM, the same for all parameters but with a state for each, reads g and l, both by logarithm
/// and sign (p = 10). Its hidden state h makes the gates: i = σ(W_i [h, θ, i before] + b_i), and f
/// likewise with its own W_f and b_f; states and gates before the first step are zero.
///
/// As in the paper g and l are constants to the meta-gradient, which still goes through θ, h and
/// the gates. Training begins near gradient descent: all weights of the LSTM and the gates are
/// small, b_f = 5, and σ(b_i) is the given rate; the paper draws biases at random near such
/// numbers. Otherwise than in the paper each step sees the whole support set instead of a
/// mini-batch, and the network normalises by the support set.
///
/// A step costs a gradient, and some 8 · units² multiplications for each parameter of the network.
public struct LSTMMetaLearner: NetworkLearner {
  /// Maps inputs to logits or predicted numbers.
  public let network: Network
  /// The LSTM that reads gradients.
  private let memory: LSTM
  /// Steps in meta-training.
  public let steps: Int
  /// Steps when a trained learner adapts.
  public let evaluationSteps: Int
  /// The rate of a step before meta-training: the input gate's.
  public let learningRate: Double
  /// Whether the insides of a step are recomputed for the meta-gradient rather than kept.
  public let recomputes: Bool
  /// Whether meta-training normalises queries by their own statistics.
  public let trainsTransductively: Bool
  /// What the network's outputs are.
  public let meaning: Prediction.Meaning

  private static let optimizerName = "optimizer"
  private static let preprocessing = 10.0
  private static let smallWeights = Initializer.normal(deviation: 0.01)

  /// Makes a learner whose LSTM has a number of units; the rate is below 1.
  public init(
    network: Network, units: Int = 20, steps: Int = 5, evaluationSteps: Int? = nil,
    learningRate: Double = 0.01, recomputes: Bool = false, trainsTransductively: Bool = false,
    meaning: Prediction.Meaning = .logits
  ) {
    self.network = network
    memory = LSTM(units: units, initializer: Self.smallWeights)
    self.steps = steps
    self.evaluationSteps = evaluationSteps ?? steps
    self.learningRate = learningRate
    self.recomputes = recomputes
    self.trainsTransductively = trainsTransductively
    self.meaning = meaning
  }

  /// The extent of the LSTM's hidden state.
  public var units: Int { memory.units }

  /// The parameters of the network, and `optimizer/` with the LSTM `memory` and both gates.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    var definitions = ParameterDefinitions()
    definitions.append(memory.parameterDefinitions(for: Shape([1, 4])), below: "memory")
    let biases = [("inputGate", log(learningRate / (1 - learningRate))), ("forgetGate", 5)]
    for (name, bias) in biases {
      let gate = ParameterDefinitions([
        "weight": .init([units + 2, 1], Self.smallWeights),
        "bias": .init([1], .constant(bias)),
      ])
      definitions.append(gate, below: name)
    }
    var parameters = network.initialSubtree(key)
    parameters.append(
      definitions.initialValues(key.folded(Self.optimizerName)), as: Self.optimizerName)
    return parameters
  }

  /// The network's parameters after some steps on the support set, and its statistics under them.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    let count = context.choose(training: steps, adapting: evaluationSteps)
    return network.withStatistics(of: support, fast(parameters, support, steps: count))
  }

  /// How losses and slopes on the way depend on the parameters (Ravi and Larochelle, section 3.3).
  public func approximation(at progress: LearningProgress) -> String? {
    "losses and slopes of the inner steps are seen as constants (first order)"
  }

  /// The query loss after the steps.
  public func objective(
    _ parameters: Parameters, on episode: Episode, _ context: LearningContext
  ) -> Objective {
    let fast = fast(parameters, episode.support, steps: steps)
    let results = network.queryResults(of: episode, fast, transductively: trainsTransductively)
    return Objective(Prediction(results, meaning), on: episode.query, context)
  }

  private func fast(_ parameters: Parameters, _ support: Examples, steps: Int) -> Parameters {
    let own = parameters.removingSubtree(Self.optimizerName)
    let state = state(after: steps, parameters, support)
    return own.replacing(with: own.learned.split(state["parameters"]))
  }
}

// MARK: Steps

extension LSTMMetaLearner {
  /// The state after some steps on a support set, of the n learned numbers of the network:
  /// `parameters`, `inputGate` and `forgetGate` `[n, 1]`, `hidden` and `cell` `[n, units]`.
  package func state(
    after steps: Int, _ parameters: Parameters, _ support: Examples
  ) -> Parameters {
    let own = parameters.removingSubtree(Self.optimizerName)
    let optimizer = parameters.subtree(Self.optimizerName)
    let numbers = own.learned.inColumn
    let count = numbers.shape[0]
    var start = memory.stateShapes(count: count).map { support.zeros($0) }
    start.append(.init(name: "parameters", leaf: numbers))
    for gate in ["inputGate", "forgetGate"] {
      start.append(.init(name: gate, leaf: support.zeros([count, 1])))
    }
    return repeated(steps, from: start, recomputing: recomputes) { state, _ in
      let seen = own.learned.split(state["parameters"].stopGradient())
      let loss = loss(of: network(support, own.replacing(with: seen)), on: support)
      let slope = gradient(of: loss, withRespectTo: seen).inColumn.stopGradient()
      return moved(state, slope: slope, loss: loss.stopGradient(), optimizer)
    }
  }

  /// The state after a step, of which the gradient `[n, 1]` and the loss are known.
  private func moved(
    _ state: Parameters, slope: Tensor, loss: Tensor, _ optimizer: Parameters
  ) -> Parameters {
    let count = slope.shape[0]
    let seen = [slope.reshaped([count]), loss.reshaped([1])].map {
      $0.logAndSign(Self.preprocessing).broadcast(to: [count, 2])
    }
    var next = memory.step(
      Tensor.concatenating(seen, along: 1), state, optimizer.below("memory"))
    let numbers = state["parameters"]
    func gate(_ name: String) -> Tensor {
      let known = Tensor.concatenating([next["hidden"], numbers, state[name]], along: 1)
      let gate = optimizer.below(name)
      return (matrixProduct(known, gate["weight"]) + gate["bias"]).sigmoid()
    }
    let (input, forget) = (gate("inputGate"), gate("forgetGate"))
    next.append(.init(name: "parameters", leaf: forget * numbers - input * slope))
    next.append(.init(name: "inputGate", leaf: input))
    next.append(.init(name: "forgetGate", leaf: forget))
    return next
  }
}

extension LSTMMetaLearner {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "metaLSTM", "an LSTM says how far a step moves each parameter (Ravi and Larochelle 2017)"
  ) { (settings) throws(SettingsError) in
    let units = try settings.integer(
      "units", "Extent of the LSTM's hidden state.", default: 20, in: 1...1024)
    let steps = try settings.integer(
      "steps", "Steps on a support set in meta-training.", default: 5, in: 1...1000)
    let evaluationSteps = try settings.integer(
      "evaluationSteps", "Steps when a trained learner adapts.", default: steps, in: 0...1000)
    let learningRate = try settings.number(
      "learningRate", "The rate of a step before meta-training.", default: 0.01,
      .within(1e-6...0.99))
    let recomputes = try settings.boolean(
      "recomputes", "Whether steps are recomputed for the meta-gradient rather than kept.",
      default: steps > 5)
    let trainsTransductively = try settings.trainsTransductively()
    let needs = LearnerNeeds(
      .fixedHead, network: InnerLoop.networkNeeds, adaptationSteps: evaluationSteps)
    return LearnerPlan(needs: needs) { parts in
      LSTMMetaLearner(
        network: parts.network, units: units, steps: steps,
        evaluationSteps: parts.adaptationSteps ?? evaluationSteps, learningRate: learningRate,
        recomputes: recomputes, trainsTransductively: trainsTransductively,
        meaning: parts.meaning)
    }
  }
}
