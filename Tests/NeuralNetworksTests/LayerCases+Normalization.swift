import NeuralNetworks
import Tensors

/// Layers that normalise.
extension LayerCase {
  private static let affine: [String: Shape] = ["scale": [2], "offset": [2]]
  private static let blended: [String: Shape] = affine.merging(
    ["blendSlope": .scalar, "blendOffset": .scalar]
  ) { first, _ in first }
  private static let picture: Shape = [3, 2, 2]

  /// A context that gives the statistics of other examples.
  private static func given() -> NetworkContext {
    NetworkContext(
      givenStatistics: Parameters([
        "mean": literal([0.3, -0.2], [2]), "variance": literal([1.5, 0.4], [2]),
        "count": Tensor.fill(3),
      ]))
  }

  private static func weighted() -> NetworkContext {
    NetworkContext(exampleWeights: literal([1, 0.5, 0, 2], [4]))
  }

  private static func normalization(
    _ name: String, _ layer: BatchNorm, _ shape: Shape = picture,
    _ parameters: [String: Shape] = affine, statistics: [String: Shape] = [:],
    _ settings: WrittenSettings? = nil,
    context: @escaping @Sendable () -> NetworkContext = { NetworkContext() }
  ) -> LayerCase {
    LayerCase(
      name, layer, shape, shape, parameters: parameters, statistics: statistics,
      recipe: settings.map { ("batchNorm", $0) }, context: context)
  }

  static let normalizations = [
    normalization("batch norm, examples", BatchNorm(mode: .examples)),
    normalization("batch norm, vectors", BatchNorm(), [2], affine, [:]),
    normalization("batch norm, weighted", BatchNorm(), context: weighted),
    normalization("batch norm, support itself", BatchNorm(mode: .support)),
    normalization("batch norm, support given", BatchNorm(mode: .support), context: given),
    normalization(
      "task norm, support itself", BatchNorm(mode: .taskNorm), picture, blended,
      ["mode": "taskNorm"]),
    normalization(
      "task norm, weighted", BatchNorm(mode: .taskNorm), picture, blended, context: weighted),
    normalization(
      "task norm, support given", BatchNorm(mode: .taskNorm), picture, blended, context: given),
    normalization("task norm, vectors", BatchNorm(mode: .taskNorm), [2], blended),
    normalization(
      "batch norm, running, measuring", BatchNorm(mode: .running),
      statistics: ["mean": [1, 2], "variance": [1, 2]], ["mode": "running"]),
    normalization(
      "batch norm, running, used", BatchNorm(mode: .running, steps: 3),
      statistics: ["mean": [3, 2], "variance": [3, 2]], ["mode": "running", "steps": 3],
      context: { NetworkContext(usesRunningStatistics: true, step: 1) }),
    normalization(
      "batch norm, scales of each step", BatchNorm(mode: .running, steps: 3, scalesEachStep: true),
      picture, ["scale": [3, 2], "offset": [3, 2]],
      statistics: ["mean": [3, 2], "variance": [3, 2]],
      ["mode": "running", "steps": 3, "scalesEachStep": true],
      context: { NetworkContext(step: 1) }),
    LayerCase(
      "layer norm", LayerNorm(), [3, 2], [3, 2], parameters: affine, recipe: ("layerNorm", [:])),
    LayerCase(
      "layer norm, whole example", LayerNorm(over: .example), picture, picture,
      parameters: affine, recipe: ("layerNorm", ["over": "example"])),
  ]
}
