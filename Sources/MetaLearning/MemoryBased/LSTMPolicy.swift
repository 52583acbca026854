public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// A policy that learns within a task by its memory alone: an LSTM that sees its own last action
/// and reward.
///
/// RL² of Duan et al., 2016, arXiv 1611.02779, and of Wang et al., 2016, arXiv 1611.05763.
///
/// Trained by policy gradients with a learned baseline: the loss of a course is the mean over its
/// steps of -log π(a) A + valueWeight · (G - V)² - entropyWeight · H(π), where G is the discounted
/// sum of the rewards from the step on, V the baseline and A = G - V, which is constant to the
/// derivative. The papers take GRUs with TRPO or PPO.
public struct LSTMPolicy: ActingLearner {
  /// The number of actions.
  public let actions: Int
  /// What is observed.
  public let inputs: [InputDescription]
  /// The memory.
  public let memory: LSTM
  /// What a reward is worth one step later.
  public let discount: Double
  /// How much the baseline's error counts.
  public let valueWeight: Double
  /// How much the policy's entropy counts.
  public let entropyWeight: Double
  private let head: Dense

  /// Makes a policy on observations.
  public init(
    actions: Int, inputs: [InputDescription], units: Int, discount: Double = 0.99,
    valueWeight: Double = 0.5, entropyWeight: Double = 0.01
  ) {
    self.actions = actions
    self.inputs = inputs
    memory = LSTM(units: units)
    self.discount = discount
    self.valueWeight = valueWeight
    self.entropyWeight = entropyWeight
    head = Dense(units: actions + 1)
  }

  /// The memory as `memory/`, and the head of logits and baseline as `head/`.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    let width = inputs.reduce(0) { $0 + $1.shape.elementCount }
    var parameters = ParameterValues(
      memory.initialParameters(for: [1, width], key: key.folded("memory")), as: "memory")
    parameters.append(
      head.initialParameters(for: [memory.units], key: key.folded("head")), as: "head")
    return parameters
  }

  /// Zeros.
  public var initialMemory: ParameterValues {
    memory.stateShapes(count: 1).map { TensorValue(repeating: 0, shape: $0) }
  }

  /// Logits after an observation, and the LSTM's next state.
  public func act(
    _ parameters: Parameters, on observation: Inputs, remembering memory: Parameters
  ) -> (logits: Tensor, memory: Parameters) {
    let next = self.memory.step(seen(observation), memory, parameters.subtree("memory"))
    let outputs = results(next["hidden"], parameters)
    return (outputs.slice(along: 1, from: 0, to: actions), next)
  }

  /// All inputs of `[n, ...]` beside one another.
  private func seen(_ observation: Inputs) -> Tensor { observation.joined(inputs) }

  /// Logits and baseline `[n, actions + 1]` of hidden states.
  private func results(_ hidden: Tensor, _ parameters: Parameters) -> Tensor {
    var context = NetworkContext()
    return head(hidden, parameters.subtree("head"), &context)
  }
}

// MARK: Training

extension LSTMPolicy {
  /// The loss of the course of a task.
  public func objective(
    _ parameters: Parameters, on rollout: Rollout, _ context: LearningContext
  ) -> Objective {
    let steps = rollout.actions.shape[0]
    let outputs = results(hiddenStates(parameters, rollout.observations), parameters)
    let logits = outputs.slice(along: 1, from: 0, to: actions)
    let baseline = outputs.slice(along: 1, from: actions, to: actions + 1).reshaped([steps])
    let returns = discountedReturns(rollout.rewards)
    let error = returns - baseline
    let chosen = -crossEntropies(logits, rollout.actions)
    let policyLoss = -(chosen * error.stopGradient()).mean()
    let logProbabilities = logits.logSoftmax()
    let entropy = -(logProbabilities.exp() * logProbabilities).sum(along: [1]).mean()
    return Objective(
      loss: policyLoss + error.square().mean() * valueWeight - entropy * entropyWeight,
      metrics: [("entropy", entropy)])
  }

  /// The hidden state `[steps, units]` after each observation of a course.
  private func hiddenStates(_ parameters: Parameters, _ observations: Inputs) -> Tensor {
    let seen = seen(observations)
    var context = NetworkContext()
    let hidden = memory(seen.insertingAxis(at: 0), parameters.subtree("memory"), &context)
    return hidden.reshaped([seen.shape[0], memory.units])
  }

  /// The discounted sums `[steps]` of the rewards from each step on.
  private func discountedReturns(_ rewards: Tensor) -> Tensor {
    let steps = rewards.shape[0]
    var factors = [Float](repeating: 0, count: steps * steps)
    for step in 0..<steps {
      var factor = 1.0
      for later in step..<steps {
        factors[step * steps + later] = Float(factor)
        factor *= discount
      }
    }
    let weights = Tensor.literal(TensorValue(factors, shape: [steps, steps]))
    return matrixProduct(weights, rewards.insertingAxis(at: 1)).reshaped([steps])
  }
}

// MARK: As a learner from a history

extension LSTMPolicy {
  /// The parameters with the memory of a history of observations.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    var state = initialMemory.map { Tensor.literal($0) }
    for step in 0..<support.targets.shape[0] {
      let observation = support.inputs.map { $0.slice(along: 0, from: step, to: step + 1) }
      state = act(parameters, on: observation, remembering: state).memory
    }
    var adapted = parameters
    adapted.append(state, as: "remembered")
    return adapted
  }

  /// The logits of the next action after each of some observations.
  public func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction {
    let rows = (0..<inputs.exampleCount).map { row in
      act(
        adapted, on: inputs.map { $0.slice(along: 0, from: row, to: row + 1) },
        remembering: adapted.subtree("remembered")
      ).logits
    }
    return Prediction(Tensor.concatenating(rows, along: 0), .logits)
  }
}

extension LSTMPolicy {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "lstmPolicy", "a policy that learns by its memory alone (RL²; Duan et al. 2016)"
  ) { (settings) throws(SettingsError) in
    let units = try settings.integer(
      "units", "The extent of the memory.", default: 64, in: 1...4096)
    let discount = try settings.number(
      "discount", "What a reward is worth one step later.", default: 0.99, .within(0...1))
    let valueWeight = try settings.number(
      "valueWeight", "How much the baseline's error counts.", default: 0.5, .notNegative)
    let entropyWeight = try settings.number(
      "entropyWeight", "How much the policy's entropy counts.", default: 0.01, .notNegative)
    let needs = LearnerNeeds(.ownNetwork, targets: [.rewards], usualPhase: RolloutStep.name)
    return LearnerPlan(needs: needs) { parts in
      LSTMPolicy(
        actions: parts.signature.target.target(ways: parts.ways).outputCount,
        inputs: parts.signature.inputs, units: units, discount: discount,
        valueWeight: valueWeight, entropyWeight: entropyWeight)
    }
  }
}
