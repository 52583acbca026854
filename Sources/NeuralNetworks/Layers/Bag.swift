import Settings
public import Tensors

/// How often each token is in a sequence, weighted: tokens int32 [n, time] and their weights
/// float32 [n, time] become [n, tokens].
///
/// With weights by rarity this is TF-IDF. What a token weighs is multiplied by the exponential of a
/// learned number of its own, `weight` [tokens, 1], which begins at 0.
public struct Bag: Layer {
  /// Makes a bag.
  public init() {}

  /// One number for each token that there is.
  public func outputShape(for inputs: [InputDescription]) throws(NetworkError) -> Shape {
    guard inputs.count == 2, let tokens = inputs[0].valueCount, inputs[0].shape.rank == 1,
      inputs[1].elementType == .float32, inputs[1].shape == inputs[0].shape
    else {
      throw NetworkError(
        "takes tokens (int32 [time]) and their weights (float32 [time]), not \(inputs.inWords)")
    }
    return [tokens]
  }

  /// `weight` [tokens, 1].
  public func parameterDefinitions(
    for inputs: [InputDescription]
  ) throws(NetworkError) -> ParameterDefinitions {
    let tokens = try outputShape(for: inputs)[0]
    return ParameterDefinitions(["weight": .init([tokens, 1], .constant(0))])
  }

  /// The weighted counts.
  public func callAsFunction(
    _ inputs: [Tensor], _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    let (tokens, learned) = (inputs[0], parameters["weight"])
    let (count, time, kinds) = (tokens.shape[0], tokens.shape[1], learned.shape[0])
    let factors = learned.gatheringRows(tokens.reshaped([count * time])).exp()
    let weights = inputs[1] * factors.reshaped([count, time])
    // Places are counted in float32, which has all whole numbers up to 2^24.
    let most = max(1, (1 << 24) / kinds)
    let parts = stride(from: 0, to: count, by: most).map { first in
      let last = min(first + most, count)
      return bag(
        tokens.slice(along: 0, from: first, to: last),
        weights.slice(along: 0, from: first, to: last), kinds)
    }
    return Tensor.concatenating(parts, along: 0)
  }

  /// Adds the weights [n, time] up at the places of their tokens: [n, tokens].
  private func bag(_ tokens: Tensor, _ weights: Tensor, _ kinds: Int) -> Tensor {
    let count = tokens.shape[0]
    let rows = Tensor.positions(along: 0, shape: tokens.shape).converted(to: .float32)
    let places = (rows * Double(kinds) + tokens.converted(to: .float32)).converted(to: .int32)
    let total = tokens.shape.elementCount
    return weights.reshaped([total, 1])
      .scatteringRows(places.reshaped([total]), into: count * kinds)
      .reshaped([count, kinds])
  }
}

extension LayerEntry {
  /// Weighted counts of tokens.
  public static let bag = LayerEntry(
    "bag", "How often each token is there, by weights that it reads and learned ones."
  ) { (_, _) throws(SettingsError) in Bag() }
}
