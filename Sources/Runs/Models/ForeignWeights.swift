internal import Files
public import Foundation
internal import MetaLearning
internal import MetaTasks
internal import NeuralNetworks
internal import TensorFiles
public import Tensors

/// Weights of a Conv4 that another program trained, saved as safetensors.
///
/// What a tensor is follows from its rank and its neighbours rather than from the names of one
/// program: below one parent, `weight` of rank 4 is a convolution `[filters, in, rows, columns]`, of
/// rank 1 a normalization (with `running_mean` and `running_var`, where it has them), of rank 2 a dense
/// layer `[outputs, inputs]`. Blocks are in the order of the numbers in the parents' names. This
/// covers learn2learn, torchmeta, easyfsl and programs like them.
public struct ForeignWeights {
  /// The tensors of one layer, by the last part of their names.
  struct Layer {
    let parent: String
    let parts: [String: TensorValue]

    func rank(_ part: String) -> Int? { parts[part]?.shape.rank }
  }

  let file: String
  let convolutions: [Layer]
  let normalizations: [Layer]
  let dense: [Layer]

  /// Reads a file; throws where it is missing, damaged or holds other layers.
  public init(_ url: URL) throws {
    let file = try Safetensors.read(url)
    self.file = url.path
    var parents: [String: [String: TensorValue]] = [:]
    for name in file.names {
      let parts = name.split(separator: ".")
      let last = String(parts.last ?? "")
      guard parts.count > 1, last != "num_batches_tracked" else { continue }
      parents[parts.dropLast().joined(separator: "."), default: [:]][last] = try file.value(name)
    }
    let ordered = parents.sorted {
      $0.key.compare($1.key, options: .numeric) == .orderedAscending
    }.map { Layer(parent: $0.key, parts: $0.value) }
    let layers = Self.withoutCopies(ordered)
    convolutions = layers.filter { $0.rank("weight") == 4 }
    normalizations = layers.filter { $0.rank("weight") == 1 }
    dense = layers.filter { $0.rank("weight") == 2 }
    if let other = layers.first(where: { ![1, 2, 4].contains($0.rank("weight") ?? 0) }) {
      throw problem("'\(other.parent)' is no convolution, normalization or dense layer")
    }
  }

  /// The layers without those that stand in the file under a second name, such as `base.0.conv` and
  /// `features.1.0.conv`.
  private static func withoutCopies(_ layers: [Layer]) -> [Layer] {
    func ending(_ layer: Layer) -> [Substring] { layer.parent.split(separator: ".").suffix(2) }
    return layers.reduce(into: []) { kept, layer in
      let isCopy = kept.contains { ending($0) == ending(layer) && $0.parts == layer.parts }
      if !isCopy { kept.append(layer) }
    }
  }

  private func problem(_ text: String) -> ModelError { ModelError(.damaged, file: file, text) }
}

extension ForeignWeights {
  /// The parameters of a learner whose network is a Conv4, with these weights in place of its own.
  ///
  /// Throws where layers or shapes are others.
  public func parameters(of prepared: PreparedRecipe) throws -> ParameterValues {
    let template = prepared.learner.initialParameters(RandomKey(seed: 0))
    let features = try featureShape(of: prepared)
    var used: Set<String> = []
    let filled = try template.mapEntries { entry -> TensorValue in
      guard let (layer, part, found) = try source(of: entry.name, features) else {
        return entry.leaf
      }
      used.insert("\(layer.parent).\(part)")
      let value = found.repeated(like: entry.leaf.shape)
      guard value.shape == entry.leaf.shape else {
        throw problem(
          "'\(layer.parent).\(part)' is \(value.shape) here, and the recipe's "
            + "'\(entry.name)' is \(entry.leaf.shape); set network.width, network.form or task.ways"
        )
      }
      return value
    }
    try expectAllUsed(used, of: filled)
    return filled
  }

  /// Throws where the file has weights that the recipe's network lacks, such as biases.
  private func expectAllUsed(_ used: Set<String>, of parameters: ParameterValues) throws {
    let hasHead = parameters.names.contains { $0.hasSuffix("head.weight") }
    let hasStatistics = parameters.names.contains { $0.hasSuffix("mean") }
    for layer in convolutions + normalizations + (hasHead ? dense : []) {
      for part in layer.parts.keys.sorted() where !used.contains("\(layer.parent).\(part)") {
        if part.hasPrefix("running_"), !hasStatistics { continue }
        throw problem(
          "the recipe's network has nothing for '\(layer.parent).\(part)'; set "
            + "network.convolutionBias, network.normalization or network.kind")
      }
    }
  }

  /// Where a leaf comes from, and its numbers in this program's order of axes; nil for one that is
  /// the learner's own.
  private func source(
    of name: String, _ features: Shape
  ) throws -> (layer: Layer, part: String, value: TensorValue)? {
    let subtree = "\(Network.parametersName)/"
    guard name.hasPrefix(subtree) else { return nil }
    let parts = name.dropFirst(subtree.count).split(separator: ".").map(String.init)
    if parts.first == "head" {
      guard dense.count == 1 else {
        throw problem("one dense layer is wanted for the head, and there are \(dense.count)")
      }
      return try found(parts.last == "weight" ? "weight" : "bias", in: dense[0]) {
        $0.shape.rank == 2 ? $0.headWeight(features) : $0
      }
    }
    guard parts.count == 3, parts[0].hasPrefix("block"), let block = Int(parts[0].dropFirst(5))
    else { return nil }
    let isConvolution = parts[1] == "convolution"
    let layers = isConvolution ? convolutions : normalizations
    guard layers.count == 4, (1...4).contains(block) else {
      throw problem(
        "four \(isConvolution ? "convolutions" : "normalizations") are wanted, and there are "
          + "\(layers.count)")
    }
    let theirs = [
      "weight": "weight", "bias": "bias", "scale": "weight", "offset": "bias",
      "mean": "running_mean", "variance": "running_var",
    ]
    guard let part = theirs[parts[2]] else { return nil }
    return try found(part, in: layers[block - 1]) {
      $0.shape.rank == 4 ? $0.permuted([2, 3, 1, 0]) : $0
    }
  }

  private func found(
    _ part: String, in layer: Layer, _ changed: (TensorValue) -> TensorValue
  ) throws -> (layer: Layer, part: String, value: TensorValue) {
    guard let value = layer.parts[part] else {
      throw problem("'\(layer.parent)' has no '\(part)', which the recipe's network has")
    }
    return (layer, part, changed(value))
  }

  /// The maps that the head reads, `[rows, columns, filters]`.
  private func featureShape(of prepared: PreparedRecipe) throws -> Shape {
    guard
      let network = try prepared.recipe.network(
        for: prepared.dataSet.signature, outputs: nil)
    else {
      throw problem("the learner \(prepared.recipe.learner.name) makes its own network")
    }
    let filters = convolutions.last?.parts["weight"]?.shape[0] ?? 1
    let count = network.outputShape.elementCount
    let side = Int(Double(count / max(1, filters)).squareRoot().rounded())
    return [side, max(1, count / max(1, filters * side)), filters]
  }
}

extension TensorValue {
  /// The numbers with axes in another order, the old numbers of the axes given.
  fileprivate func permuted(_ axes: [Int]) -> TensorValue {
    let sizes = axes.map { shape[$0] }
    let strides = shape.dimensions.indices.map { axis in
      shape.dimensions.dropFirst(axis + 1).reduce(1, *)
    }
    let numbers = floats
    let elements = (0..<shape.elementCount).map { position -> Float in
      var (rest, source) = (position, 0)
      for (axis, size) in zip(axes, sizes).reversed() {
        source += rest % size * strides[axis]
        rest /= size
      }
      return numbers[source]
    }
    return TensorValue(elements, shape: Shape(sizes))
  }

  /// The numbers once for each inner step, where they are kept by step.
  fileprivate func repeated(like other: Shape) -> TensorValue {
    guard other.rank == shape.rank + 1, Shape(Array(other.dimensions.dropFirst())) == shape else {
      return self
    }
    return .stacking([TensorValue](repeating: self, count: other[0]))
  }

  /// The weight of a dense layer `[outputs, filters · rows · columns]` as `[rows · columns ·
  /// filters, outputs]`; one of other inputs is only turned over.
  fileprivate func headWeight(_ maps: Shape) -> TensorValue {
    guard shape[1] == maps.elementCount else { return permuted([1, 0]) }
    return reshaped([shape[0], maps[2], maps[0], maps[1]]).permuted([2, 3, 1, 0])
      .reshaped([shape[1], shape[0]])
  }
}
