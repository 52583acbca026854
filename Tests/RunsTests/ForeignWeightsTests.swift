import Foundation
import MetaLearning
import MetaTasks
import Runs
import TensorPrograms
import Tensors
import TestMaterial
import Testing

/// Weights that learn2learn 0.2.0 trained, and what PyTorch computes with them.
@Suite struct `Weights of other programs` {
  private static let material = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Material")

  /// Two pictures, [2, 28, 28, 1].
  private static let pictures = TensorValue(
    (0..<2).flatMap { picture in (0..<784).map { brightness($0, picture) } }, shape: [2, 28, 28, 1])

  private static func brightness(_ position: Int, _ picture: Int) -> Float {
    let number: Int = position * position * 7 + position * 13 + picture * 101
    return Float(number % 97) / 97
  }

  private func prepared(_ learner: String, _ network: String) throws -> PreparedRecipe {
    let yaml = """
      task: {ways: 5, queries: 2}
      learner: {\(learner)}
      network: {kind: conv4, width: 4, normalization: running, \(network)}
      evaluation: {ways: 5, queries: 2, episodes: 2}

      """
    return try PreparedRecipe(try Recipe(yaml: yaml, file: "r.yaml"), TinyRun.dataSet)
  }

  private func weights(_ name: String) throws -> ForeignWeights {
    try ForeignWeights(Self.material.appending(path: "\(name).safetensors"))
  }

  /// What a learner without adaptation says of the pictures, or how it remembers them.
  private func adapted(
    _ prepared: PreparedRecipe, _ parameters: ParameterValues, classes: Int
  ) -> Predictor {
    let inputs = NamedTree<TensorValue>([
      .init(name: prepared.dataSet.signature.inputs[0].name, leaf: Self.pictures)
    ])
    return Predictor(
      learner: prepared.learner, parameters: parameters,
      support: ExampleValues(
        inputs: inputs, targets: TensorValue([0, 1] as [Int32], shape: [2]),
        target: .classes(classes)), runner: Runner(Runner.Configuration(threads: 1)))
  }

  private func expect(_ found: [Float], _ expected: [Float]) {
    #expect(found.count == expected.count)
    for (found, expected) in zip(found, expected) { #expect(abs(found - expected) < 2e-5) }
  }

  @Test func `give the features that they give in PyTorch`() throws {
    let prepared = try prepared("kind: protonet", "form: maxPool")
    let parameters = try weights("learn2learn-backbone").parameters(of: prepared)
    let prototypes = adapted(prepared, parameters, classes: 2).adapted
    let features = try #require(prototypes.entries.first { $0.leaf.shape == [2, 4] })
    expect(
      features.leaf.floats,
      [0.796237, 1.479963, 1.222836, 0.558672, 1.250278, 2.093016, 1.737596, 0.54351])
  }

  @Test func `give the logits that they give in PyTorch, strides and head`() throws {
    let prepared = try prepared("kind: fineTuning, steps: 0", "form: paddedStrides")
    let parameters = try weights("learn2learn-omniglot").parameters(of: prepared)
    #expect(parameters.names.contains { $0.contains("block4.normalization.variance") })
    let headed = try self.prepared(
      "kind: mamlpp, steps: 1, learningRate: 1.0e-30", "form: paddedStrides")
    let all = try weights("learn2learn-omniglot").parameters(of: headed)
    let predictor = adapted(headed, all, classes: 5)
    let inputs = NamedTree<TensorValue>([
      .init(name: headed.dataSet.signature.inputs[0].name, leaf: Self.pictures)
    ])
    expect(
      predictor.predictions(inputs).values.floats,
      [
        0.570716, 1.052583, -1.165093, -1.394291, 0.14058, 0.745384, -0.38868, -0.9801, -1.250044,
        0.492609,
      ])
  }

  @Test(arguments: [
    ("form: maxPool, width: 8", "set network.width"), ("convolutionBias: false", "has nothing for"),
  ])
  func `are refused where the recipe has another network`(_ network: String, _ words: String) throws
  {
    let text = network.contains("width") ? network : "form: maxPool, \(network)"
    let yaml = """
      network: {kind: conv4, normalization: running, \(text)\(text.contains("width") ? "" : ", width: 4")}
      evaluation: {queries: 2, episodes: 2}
      task: {ways: 5, queries: 2}

      """
    let prepared = try PreparedRecipe(
      try Recipe(yaml: yaml, file: "r.yaml"), TinyRun.dataSet)
    let weights = try weights("learn2learn-backbone")
    let error = #expect(throws: ModelError.self) { try weights.parameters(of: prepared) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test func `are refused where they are no file of such layers`() throws {
    let folder = try TemporaryFolder()
    #expect(throws: (any Error).self) {
      try ForeignWeights(folder.url.appending(path: "absent.safetensors"))
    }
  }
}
