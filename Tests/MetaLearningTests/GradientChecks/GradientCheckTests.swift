import MetaLearning
import MetaTasks
import NeuralNetworks
import TensorPrograms
import Tensors
import Testing

/// A learner of sine curves, and what a check must say of it.
private struct CheckRow: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let learner: any MetaLearner
  var isApproximation = false
  var agrees = true

  static let network = multilayerPerceptron(
    inputs: [1], hidden: [7, 7], outputs: 1, activation: .tanh)

  static func maml(_ loop: InnerLoop) -> MAML {
    MAML(network: network, innerLoop: loop, meaning: .numbers)
  }

  static let firstOrder = maml(InnerLoop(steps: 2, learningRate: 0.1, isFirstOrder: true))

  static let all = [
    Self(
      testDescription: "MAML", learner: maml(InnerLoop(steps: 2, learningRate: 0.1))),
    Self(
      testDescription: "MAML, recomputed",
      learner: maml(InnerLoop(steps: 2, learningRate: 0.1, recomputes: true))),
    Self(testDescription: "MAML of first order", learner: firstOrder, isApproximation: true),
    Self(
      testDescription: "MAML of first order, recomputed",
      learner: maml(InnerLoop(steps: 2, learningRate: 0.1, isFirstOrder: true, recomputes: true)),
      isApproximation: true),
    Self(
      testDescription: "Reptile",
      learner: Reptile(
        network: network, optimizer: SGD(), learningRate: 0.1, steps: 3, evaluationSteps: 3,
        meaning: .numbers), isApproximation: true),
    Self(
      testDescription: "first order that is not said to be so", learner: Undeclared(firstOrder),
      agrees: false),
  ]
}

/// A learner that does not say what its gradient leaves out.
private struct Undeclared: MetaLearner {
  let base: MAML

  init(_ base: MAML) { self.base = base }

  func initialParameters(_ key: RandomKey) -> ParameterValues { base.initialParameters(key) }

  func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters { base.adapted(parameters, to: support, context) }

  func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction {
    base.predictions(for: inputs, with: adapted)
  }
}

@Suite struct `A check of a meta-gradient` {
  @Test(arguments: CheckRow.all, GradientCheck.Precision.allCases)
  private func `tells what is by design from what is wrong`(
    _ row: CheckRow, _ precision: GradientCheck.Precision
  ) {
    let check = GradientCheck(
      learner: row.learner, tasks: SinusoidTasks(.maml),
      episodes: EpisodeShape(shots: 5, queries: 6), taskCount: 2, precision: precision)
    let result = check.result(
      of: row.learner.initialParameters(RandomKey(seed: 1)), at: LearningProgress(step: 0, of: 1),
      Runner(.init(threads: 1)))
    #expect((result.approximation != nil) == row.isApproximation)
    #expect(result.agrees == row.agrees, "\(result.findings)")
    #expect(result.precision == precision)
    #expect(result.findings.count == 7)
    #expect(result.findings.contains { $0.verdict == .agrees } || !row.agrees)
  }

  @Test func `takes MAML++ at the moments when its program changes`() {
    let learner = MAMLPlusPlus(
      network: CheckRow.network,
      innerLoop: InnerLoop(
        steps: 2, learningRate: 0.1, learnedRates: .perLayerAndStep), multiStepPart: 0.5,
      firstOrderPart: 0.25, meaning: .numbers)
    let check = GradientCheck(
      learner: learner, tasks: SinusoidTasks(.maml), episodes: EpisodeShape(shots: 5, queries: 6))
    let parameters = learner.initialParameters(RandomKey(seed: 1))
    for (step, isApproximation) in [(0, true), (30, false), (60, false)] {
      let result = check.result(
        of: parameters, at: LearningProgress(step: step, of: 100), Runner(.init(threads: 1)))
      #expect(result.agrees && result.precision == .double)
      #expect((result.approximation != nil) == isApproximation)
    }
  }
}
