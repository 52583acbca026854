import MetaLearning
import MetaTasks
import NeuralNetworks
import TensorPrograms
import Tensors
import Testing

@Suite struct `The rollout step` {
  private let tasks = TwoArmedTasks()

  private var policy: LSTMPolicy {
    LSTMPolicy(actions: 2, inputs: tasks.signature.inputs, units: 12, discount: 0.9)
  }

  private func step(_ learner: any ActingLearner) -> RolloutStep {
    RolloutStep(
      learner: learner, tasks: tasks, tasksPerStep: 32,
      update: ParameterUpdate(optimizer: Adam(), gradientNormLimit: 10))
  }

  private func evaluation(_ learner: any ActingLearner) -> RolloutEvaluation {
    RolloutEvaluation(learner: learner, tasks: tasks, split: .test, seed: 3, taskCount: 130)
  }

  @Test func `teaches a policy to find the better arm and stay with it`() throws {
    let (policy, runner) = (policy, Runner())
    let parameters = policy.initialParameters(RandomKey(seed: 1))
    let step = step(policy)
    let taken = step.taken(0..<150, from: step.trees(from: parameters), learningRate: 0.02, runner)
    let before = evaluation(policy).result(of: parameters, runner)
    let learned = try #require(taken.trees[TreeName.learner])
    let after = evaluation(policy).result(of: learned, runner)
    // By chance 4 of 8; at best 7.5, as the first arm can only be guessed.
    #expect(after.figure.mean > 7, "before training \(before.figure.mean)")
    #expect(after.figure.mean > before.figure.mean + 2)
    let sampled = try #require(after.figure(of: .sampledReward))
    #expect(sampled.mean > 6.5 && sampled.count == 130)
    let reported = taken.figures.map { $0.metrics[0].values[0] }
    #expect(taken.figures[0].metrics.map(\.name) == ["return", "entropy"])
    #expect(reported.suffix(5).allSatisfy { $0 > 6 } && reported[0] < 5, "\(reported)")
  }

  @Test func `goes on from any step to the same bits on any threads`() {
    let step = step(policy)
    let start = step.trees(from: policy.initialParameters(RandomKey(seed: 1)))
    let straight = step.taken(0..<5, from: start)
    let first = step.taken(0..<2, from: start, Runner(.init(threads: 2)))
    let second = step.taken(2..<5, from: first.trees, Runner(.init(threads: 2)))
    #expect(second.trees == straight.trees)
    #expect((first.figures + second.figures).map(\.numbers) == straight.figures.map(\.numbers))
    #expect(straight.trees[TreeName.learner] != start[TreeName.learner])
    let results = [1, 2].map { threads in
      evaluation(policy).result(
        of: policy.initialParameters(RandomKey(seed: 1)), Runner(.init(threads: threads)))
    }
    #expect(results[0].perTask == results[1].perTask)
    #expect(results[0].figure(of: .sampledReward) == results[1].figure(of: .sampledReward))
  }

  @Test func `acts by one program in all steps, and evaluates by one more`() {
    let counted = CountedPolicy(base: policy)
    let runner = Runner(.init(threads: 1))
    let step = step(counted)
    let taken = step.taken(
      0..<4, from: step.trees(from: counted.initialParameters(RandomKey(seed: 1))), runner)
    #expect(counted.programs.value == 1)
    let parameters = taken.trees[TreeName.learner] ?? ParameterValues()
    // Two batches of 100 tasks, with the likeliest actions and with drawn ones, twice.
    let evaluation = evaluation(counted)
    let (first, second) = (
      evaluation.result(of: parameters, runner), evaluation.result(of: parameters, runner)
    )
    #expect(counted.programs.value == 2)
    #expect(first.perTask == second.perTask)
  }

  @Test func `judges controls on the same tasks`() {
    let result = evaluation(policy).result(of: tasks.controls[0])
    #expect(Set(result.perTask) == [0, 8] && result.perTask.count == 130)
    #expect(abs(result.figure.mean - 4) < 1)
    // A policy that always takes the first arm.
    var parameters = policy.initialParameters(RandomKey(seed: 1)).map { value in
      TensorValue(repeating: 0, shape: value.shape)
    }
    parameters = parameters.replacing(
      with: ParameterValues(["head/bias": TensorValue([1, 0, 0] as [Float], shape: [3])]))
    let always = evaluation(policy).result(of: parameters, Runner(.init(threads: 1)))
    #expect(always.perTask == result.perTask)
  }
}

/// A policy of which acting programs are made, each counted.
private struct CountedPolicy: ActingLearner {
  let base: LSTMPolicy
  let programs = CallCount()

  func initialParameters(_ key: RandomKey) -> ParameterValues { base.initialParameters(key) }

  func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters { base.adapted(parameters, to: support, context) }

  func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction {
    base.predictions(for: inputs, with: adapted)
  }

  var initialMemory: ParameterValues { base.initialMemory }

  func act(
    _ parameters: Parameters, on observation: Inputs, remembering memory: Parameters
  ) -> (logits: Tensor, memory: Parameters) {
    programs.increment()
    return base.act(parameters, on: observation, remembering: memory)
  }

  func objective(
    _ parameters: Parameters, on rollout: Rollout, _ context: LearningContext
  ) -> Objective { base.objective(parameters, on: rollout, context) }
}
