import Settings
public import Tensors

/// An embedding of tokens, averaged over the first `length` of them, and dense layers on the mean.
///
/// It reads `tokens`, int32 [time], and `length`, int32 []. Layers are `embedding`, `mean`, and
/// then those of a perceptron: `dense1`, `activation1`, ..., `head`. Without `outputs` results are
/// features: those of the last hidden layer, which is the `head`, as it comes, or the mean where
/// there is none. Throws where tokens and length are of other types or shapes.
public func textMean(
  tokens: InputDescription, length: InputDescription, width: Int = 64, hidden: [Int] = [],
  outputs: Int? = nil, activation: Activation = .relu
) throws(NetworkError) -> Network {
  let dense = denseLayers(hidden: hidden, outputs: outputs, activation)
  return try Network(
    inputs: [tokens, length],
    nodes: [
      .init("embedding", Embedding(width: width), reading: [tokens.name]),
      .init("mean", SequenceMean(), reading: ["embedding", length.name]),
    ] + dense.map { .init($0.name, $0.layer) })
}

extension NetworkEntry {
  /// The mean of a text's token embeddings.
  public static let textMean = NetworkEntry(
    "textMean", "The mean of the embeddings of a text's tokens, and dense layers on it.",
    takes: .texts
  ) { (settings, _) throws(SettingsError) in
    let width = try settings.integer(
      "width", "Extent of a token's embedding.", default: 64, in: 1...8192)
    let hidden = try settings.integers(
      "hidden", "Units of the dense layers on the mean.", default: [], in: 1...8192, count: 0...16)
    let activation = try Activation(in: settings)
    return NetworkPlan { (inputs, outputs) throws(NetworkError) in
      let numbers = inputs.filter { $0.elementType == .int32 }
      guard let tokens = numbers.first(where: { $0.shape.rank == 1 }),
        let length = numbers.first(where: { $0.shape.rank == 0 })
      else { throw NetworkError("a mean of texts takes tokens and their length") }
      return try NeuralNetworks.textMean(
        tokens: tokens, length: length, width: width, hidden: hidden, outputs: outputs,
        activation: activation)
    }
  }
}
