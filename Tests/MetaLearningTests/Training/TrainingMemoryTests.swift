import MetaLearning
import MetaTasks
import NeuralNetworks
import TensorPrograms
import Tensors
import Testing

@Suite struct `The memory of a training` {
  private let tasks = LearnerFamily.tasks(.train)
  private let learner = PrototypicalNetworks(
    network: conv4(inputShape: [28, 28, 1], convolutionBias: false))

  /// The bytes of a runner that is ready for steps on tasks of these shapes; nothing is computed.
  private func byteCount(_ shapes: [EpisodeShape]) -> Int {
    let runner = Runner(.init(threads: 2))
    let parameters = learner.initialParameters(RandomKey(seed: 1))
    for shape in shapes {
      let batch = TaskBatch(from: tasks, shape, keys: (0..<2).map { RandomKey(seed: $0) })
      let step = GradientStep(learner, like: batch, optimizer: Adam())
      let trees = step.trees(from: parameters)
      let state = PersistentValues(trees.map { (prefix: $0.key, values: $0.value) })
      let execution = runner.execution(for: shape, persistent: state) {
        step.program(from: trees, like: batch)
      }
      // Takes the memory that the program computes in.
      execution.set(batch)
    }
    return runner.byteCount
  }

  @Test func `is hardly more for tasks of many shapes than for the largest shape alone`() {
    let shapes = (5...20).flatMap { ways -> [EpisodeShape] in
      (1...5).map { EpisodeShape(ways: ways, shots: $0, queries: 5) }
    }
    let largest = byteCount([EpisodeShape(ways: 20, shots: 5, queries: 5)])
    let ratio = Double(byteCount(shapes)) / Double(largest)
    #expect(ratio <= 1.3, "\(largest) bytes for the largest alone")
  }
}
