import MetaLearning
import MetaTasks
import NeuralNetworks
import TensorPrograms
import Tensors
import Testing

@Suite struct `MAML with implicit gradients` {
  private let network = multilayerPerceptron(
    inputs: [1], hidden: [7], outputs: 1, activation: .tanh)
  private let batch = TaskBatch(
    from: SinusoidTasks(.maml), EpisodeShape(shots: 5, queries: 6),
    keys: (0..<3).map { RandomKey(seed: 8).folded($0) })

  private func learner(steps: Int, solverSteps: Int, damping: Double = 0) -> ImplicitMAML {
    ImplicitMAML(
      network: network, steps: steps, learningRate: 0.05, proximity: 4, damping: damping,
      solverSteps: solverSteps, meaning: .numbers)
  }

  private func metaGradient(_ learner: ImplicitMAML) -> [Float] {
    MetaGradient.values(of: MetaGradient.execution(of: learner, on: batch)).flatMap(\.floats)
  }

  @Test func `have the gradient that finite differences find where steps reach the minimum`() {
    expectMetaGradient(of: learner(steps: 300, solverSteps: 30), batch)
  }

  @Test func `have another gradient than the first-order one`() {
    let (first, exact) = (
      metaGradient(learner(steps: 60, solverSteps: 0)),
      metaGradient(learner(steps: 60, solverSteps: 30))
    )
    #expect(zip(first, exact).contains { abs($0 - $1) > 0.1 * max(abs($0), abs($1), 0.1) })
  }

  @Test func `have nearly the first-order gradient where the solver is damped strongly`() {
    let (first, damped) = (
      metaGradient(learner(steps: 60, solverSteps: 0)),
      metaGradient(learner(steps: 60, solverSteps: 30, damping: 1e6))
    )
    for (a, b) in zip(first, damped) { #expect(abs(a - b) <= 1e-3 * max(1, abs(a))) }
  }

  @Test func `need no more solver steps than there are parameters`() {
    let (some, many) = (
      metaGradient(learner(steps: 20, solverSteps: 40)),
      metaGradient(learner(steps: 20, solverSteps: 400))
    )
    for (a, b) in zip(some, many) { #expect(abs(a - b) <= 1e-5 * max(1, abs(a))) }
  }

  @Test func `come near the exact gradient by a few solver steps after a thousand inner steps`() {
    let exact = metaGradient(learner(steps: 1000, solverSteps: 40))
    let errors = [2, 5, 10].map { count in
      relativeError(exact, metaGradient(learner(steps: 1000, solverSteps: count)))
    }
    print("2, 5 and 10 solver steps are off the exact gradient by \(errors) of its norm")
    #expect(errors[1] < errors[0] && errors[2] < errors[1])
    #expect(errors[1] < 0.05 && errors[2] < 0.01)
  }

  @Test func `take no more memory for a thousand inner steps than for a hundred`() {
    let clock = ContinuousClock()
    var sizes: [Int] = []
    for steps in [100, 1000] {
      let time = clock.measure {
        let learner = learner(steps: steps, solverSteps: 5)
        sizes.append(MetaGradient.execution(of: learner, on: batch).byteCount)
      }
      print("\(steps) inner steps: built in \(time), \(sizes.last ?? 0) bytes")
    }
    #expect(Double(sizes[1]) <= 1.05 * Double(sizes[0]), "\(sizes)")
  }
}
