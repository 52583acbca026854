import Foundation
import MetaLearning
import MetaTasks
import NeuralNetworks
import TensorPrograms
import Tensors
import Testing

@Suite struct `The memory of heads` {
  /// The inputs themselves are the features.
  private func learner(evaluationSteps: Int, candidates: Int = 2) -> InstanceMemory {
    InstanceMemory(
      network: Network(inputShape: [2], layers: [("head", Dense(units: 2))]),
      innerLoop: InnerLoop(
        steps: 1, evaluationSteps: evaluationSteps, learningRate: 0.2,
        learnedRates: .perLayerAndStep), slots: 2, recalled: 1, candidates: candidates)
  }

  private func examples(_ inputs: [Float], _ labels: [Int32]) -> ExampleValues {
    ExampleValues(
      inputs: NamedTree(["inputs": TensorValue(inputs, shape: [labels.count, 2])]),
      targets: TensorValue(labels, shape: [labels.count]), target: .classes(2))
  }

  private var support: ExampleValues { examples([1, 0, -1, 0], [0, 1]) }

  @Test func `starts each class from the head of the most similar one`() {
    let learner = learner(evaluationSteps: 0)
    // The support set asks for the rows [1, 0, 0] and [-1, 0, 0].
    let parameters = learner.initialParameters(RandomKey(seed: 1)).replacing(
      with: ParameterValues([
        "recall/trust": TensorValue(1),
        "memory/keys": TensorValue([0.9, 0.1, 0, -0.9, 0, 0.1] as [Float], shape: [2, 3]),
        "memory/values": TensorValue([3, 0, 1, 0, 2, -1] as [Float], shape: [2, 3]),
      ]))
    let predictor = Predictor(
      learner: learner, parameters: parameters, support: support, key: RandomKey(words: (1, 2)),
      runner: Runner(.init(threads: 1)))
    let found = predictor.predictions(examples([5, 7], [0]).inputs).values.asRows
    // 3 times 5 and 1; 2 times 7 less 1.
    #expect(found == [[16, 13]])
  }

  @Test func `weighs several similar heads by how alike they are, and takes no more of equal ones`()
  {
    let network = Network(inputShape: [2], layers: [("head", Dense(units: 2))])
    let learner = InstanceMemory(
      network: network, innerLoop: InnerLoop(steps: 1, evaluationSteps: 0, learningRate: 0.2),
      slots: 4, recalled: 2)
    // Class 0 asks for [1, 0, 0], class 1 for the opposite: to it the last two slots are alike, and
    // the key that is short is as like as a long one.
    let parameters = learner.initialParameters(RandomKey(seed: 1)).replacing(
      with: ParameterValues([
        "recall/trust": TensorValue(1), "recall/sharpness": TensorValue(Float(2)),
        "memory/keys": TensorValue(
          [0.01, 0, 0, 0, 1, 0, 0, 0.2, 0, 0, 3, 0] as [Float], shape: [4, 3]),
        "memory/values": TensorValue(
          [3, 0, 0, 1, 0, 0, 7, 0, 0, 9, 0, 0] as [Float], shape: [4, 3]),
      ]))
    let predictor = Predictor(
      learner: learner, parameters: parameters, support: support, key: RandomKey(words: (1, 2)),
      runner: Runner(.init(threads: 1)))
    let found = predictor.predictions(examples([1, 0], [0]).inputs).values.asRows
    // e² parts of 3 and one of 1; the first two of three that are at a right angle.
    let part = 1 / (1 + exp(-2.0))
    expectClose(
      TensorValue(found[0], shape: [2]), [Float(3 * part + 1 * (1 - part)), (1 + 7) / 2])
  }

  @Test func `remembers what all examples of a task teach, in the most similar place`() {
    let learner = learner(evaluationSteps: 1, candidates: 1000)
    let values = learner.initialParameters(RandomKey(seed: 1)).replacing(
      with: ParameterValues([
        "memory/keys": TensorValue([-0.5, 0.1, 0, 0.5, 0, 0.1] as [Float], shape: [2, 3])
      ]))
    func stacked(_ examples: ExampleValues) -> ExampleValues {
      ExampleValues(
        inputs: examples.inputs.map { TensorValue.stacking([$0]) },
        targets: .stacking([examples.targets]), target: examples.target)
    }
    let batch = TaskBatch(
      EpisodeShape(ways: 2, shots: 1, queries: 1),
      values: EpisodeValues(
        support: stacked(support), query: stacked(examples([3, 0, -3, 0], [0, 1]))),
      keys: TensorValue([5, 6] as [UInt32], shape: [1, 2]))
    let step = GradientStep(learner, like: batch)
    let program = step.program(
      from: [TreeName.learner: values, TreeName.optimizer: step.update.initialState(for: values)],
      like: batch)
    let execution = Runner(.init(threads: 1)).execution(of: program)
    execution.set(values, prefix: TreeName.learner)
    execution.set(batch)
    execution.set("learningRate", TensorValue(0.1))
    execution.run()
    // Class 1 was most like the first place, class 0 like the second.
    expectClose(execution.value("new.learner.memory/keys"), [-1, 0, 0, 1, 0, 0])
    // A step of rate 0.2: the slope of class 0 is the mean of 1/2, 1/2, 3/2 and 3/2.
    expectClose(execution.value("new.learner.memory/values"), [-0.2, 0, 0, 0.2, 0, 0])
  }

  private func expectClose(_ found: TensorValue, _ expected: [Float]) {
    #expect(found.floats.count == expected.count)
    #expect(zip(found.floats, expected).allSatisfy { abs($0 - $1) < 1e-6 }, "\(found.floats)")
  }
}
