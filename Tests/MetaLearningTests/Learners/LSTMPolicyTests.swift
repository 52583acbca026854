import Foundation
import MetaLearning
import MetaTasks
import NeuralNetworks
import TensorPrograms
import Tensors
import Testing

@Suite struct `The LSTM policy` {
  private static let inputs = [
    InputDescription("last", shape: [3]), InputDescription("place", shape: [2, 1]),
  ]
  private static let steps = 5

  private func policy(value: Double = 0, entropy: Double = 0) -> LSTMPolicy {
    LSTMPolicy(
      actions: 2, inputs: Self.inputs, units: 4, discount: 0.8, valueWeight: value,
      entropyWeight: entropy)
  }

  private static func observations(_ count: Int) -> NamedTree<TensorValue> {
    NamedTree([
      "last": TensorValue(RandomKey(seed: 5).normal(count: 3 * count), shape: [count, 3]),
      "place": TensorValue(RandomKey(seed: 6).normal(count: 2 * count), shape: [count, 2, 1]),
    ])
  }

  private var rollout: Rollout {
    Rollout(
      observations: Self.observations(Self.steps).map { Tensor.literal($0) },
      actions: .literal(TensorValue([0, 1, 1, 0, 1] as [Int32], shape: [5])),
      rewards: .literal(TensorValue([0.5, -1, 2, 0, 1], shape: [5])))
  }

  private var context: LearningContext {
    LearningContext(
      .training, key: SymbolicKey(words: .input("key", shape: [2], elementType: .uint32)))
  }

  /// Parameters of which those of the baseline are 0, so that it stays 0 whatever else is moved.
  private var values: ParameterValues {
    policy().initialParameters(RandomKey(seed: 2)).mapEntries { entry in
      guard entry.name == "head/weight" else { return entry.leaf }
      let numbers = entry.leaf.floats.enumerated().map { $0 % 3 == 2 ? 0 : $1 }
      return TensorValue(numbers, shape: entry.leaf.shape)
    }
  }

  private func loss(_ policy: LSTMPolicy, _ parameters: Parameters) -> Tensor {
    policy.objective(parameters, on: rollout, context).loss
  }

  @Test func `moves logits along the gradient of what actions were worth`() {
    let values = values
    let parameters = Parameters.inputs(like: values, prefix: "learner")
    let loss = loss(policy(), parameters)
    // The advantage is constant to the derivative, so that it is held for the differences.
    expectGradient(of: loss, parameters, at: values, holdsConstants: true)
    let slope = gradient(of: loss, withRespectTo: parameters)
    let found = ReferenceExecutor().evaluate(
      [slope["head/bias"]],
      values: Dictionary(
        uniqueKeysWithValues: values.entries.map { ("learner.\($0.name)", $0.leaf) }))
    #expect(found[0].elements[2] == 0, "the baseline is not moved by what actions were worth")
  }

  @Test(arguments: [(1.0, 0.0), (0, 1), (0.5, 0.2)])
  func `has the gradient of the baseline's error and of the entropy`(
    value: Double, entropy: Double
  ) {
    let values = policy().initialParameters(RandomKey(seed: 2))
    let parameters = Parameters.inputs(like: values, prefix: "learner")
    let whole = loss(policy(value: value, entropy: entropy), parameters)
    // Without what actions were worth, no part is constant to the derivative.
    expectGradient(of: whole - loss(policy(), parameters), parameters, at: values)
  }

  @Test func `descends on the loss that its description says`() {
    let (policy, values) = (policy(value: 0.5, entropy: 0.1), values)
    let parameters = Parameters(
      values.entries.map { .init(name: $0.name, leaf: .literal($0.leaf)) })
    let objective = policy.objective(parameters, on: rollout, context)
    let acted = acting(policy, parameters)
    let numbers = ReferenceExecutor().evaluate(
      [objective.loss, objective.metrics[0].value, acted.logSoftmax()])
    let logProbabilities = numbers[2].elements
    let (actions, rewards) = ([0, 1, 1, 0, 1], [0.5, -1, 2, 0, 1])
    var (sum, policyLoss, valueLoss, entropy) = (0.0, 0.0, 0.0, 0.0)
    for step in (0..<5).reversed() {
      sum = rewards[step] + 0.8 * sum
      policyLoss -= logProbabilities[2 * step + actions[step]] * sum / 5
      valueLoss += sum * sum / 5
      for action in 0..<2 {
        let logProbability = logProbabilities[2 * step + action]
        entropy -= exp(logProbability) * logProbability / 5
      }
    }
    #expect(abs(numbers[1].elements[0] - entropy) < 1e-6)
    #expect(abs(numbers[0].elements[0] - (policyLoss + 0.5 * valueLoss - 0.1 * entropy)) < 1e-6)
  }

  /// The logits [steps, actions] of acting step by step through the rollout.
  private func acting(_ policy: LSTMPolicy, _ parameters: Parameters) -> Tensor {
    var memory = policy.initialMemory.map { Tensor.literal($0) }
    let logits = (0..<Self.steps).map { step in
      let now = rollout.observations.map { $0.slice(along: 0, from: step, to: step + 1) }
      let next = policy.act(parameters, on: now, remembering: memory)
      memory = next.memory
      return next.logits
    }
    return .concatenating(logits, along: 0)
  }

  @Test func `predicts each next action by itself, from the memory of a history`() {
    let (policy, values) = (policy(), policy().initialParameters(RandomKey(seed: 2)))
    let runner = Runner(.init(threads: 1))
    let observations = Self.observations(Self.steps)
    let history = ExampleValues(
      inputs: observations.map { value in .stacking((0..<4).map(value.slice)) },
      targets: TensorValue([0, 1, 1, 0] as [Int32], shape: [4]), target: .rewards(actions: 2))
    let predictor = Predictor(
      learner: policy, parameters: values, support: history, runner: runner)
    let together = predictor.predictions(observations)
    #expect(together.values == predictor.separatePredictions(observations).values)
    // The last observation after the four of the history, as if acting.
    let parameters = Parameters(
      values.entries.map { .init(name: $0.name, leaf: .literal($0.leaf)) })
    let acted = ReferenceExecutor().evaluate([acting(policy, parameters)])[0].elements.suffix(2)
    for (predicted, expected) in zip(together.values.asRows[4], acted) {
      #expect(abs(Double(predicted) - expected) < 1e-5)
    }
    #expect(together.values.asRows[3] != together.values.asRows[4])
  }
}
