import Foundation
import MetaLearning
import MetaTasks
import NeuralNetworks
import TensorPrograms
import Tensors
import Testing

/// Real digits, where the files lie beside the project.
private let digits = URL(filePath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().appending(path: "shared/data/mnist")

@Suite(
  .enabled(
    if: FileManager.default.fileExists(atPath: digits.path), "no ../shared/data/mnist to read"))
struct DigitOptimizerTests {
  private let shape = EpisodeShape(ways: 2, shots: 15, queries: 15)

  @Test func `a rule learned on some digits trains small networks to tell others apart`() throws {
    var options = PictureOptions()
    options.size = 14
    let set = try IDXPictures.load(from: digits, options: options)
    let training = try #require(set.tasks(.train) as? any TaskDistribution)
    let test = try #require(set.tasks(.test) as? any TaskDistribution)
    let learner = LearnedOptimizer(
      network: multilayerPerceptron(
        inputs: [14, 14, 1], hidden: [20], outputs: 2, activation: .sigmoid),
      rule: CoordinatewiseLSTM(units: 8, outputScale: 0.1), steps: 15, batchSize: 20)
    let step = UnrollStep(
      learner: learner, tasks: training, episodes: EpisodeShapeRange(shape), tasksPerStep: 4,
      unroll: 5, update: ParameterUpdate(optimizer: Adam(), gradientNormLimit: 1))
    let runner = Runner()
    let parameters = learner.initialParameters(RandomKey(seed: 1))
    let taken = step.taken(0..<90, from: step.trees(from: parameters), learningRate: 0.01, runner)
    let learned = try #require(taken.trees[TreeName.learner])
    let evaluation = Evaluation(
      learner: learner, tasks: test, episodes: shape, split: .test, seed: 3, taskCount: 20,
      metrics: try test.knownMetrics)
    let before = evaluation.result(of: parameters, runner)
    let after = evaluation.result(of: learned, runner)
    #expect(after.figure.mean > 0.85, "accuracy before training \(before.figure.mean)")
    #expect(after.figure.mean > before.figure.mean)
    guard case .independent? = after.leak else {
      Issue.record("\(String(describing: after.leak))")
      return
    }
  }
}
