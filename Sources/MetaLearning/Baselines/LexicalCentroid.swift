public import MetaTasks
public import Tensors

/// A control for texts: the nearest mean of a class's texts as bags of words, words weighted by how
/// rare they are in the training texts (TF-IDF), by cosine.
///
/// Nothing is learned across tasks but how rare words are. Products of two bags are sums over pairs
/// of equal words, so that no vector of all words is ever made.
public struct LexicalCentroid: MetaLearner {
  /// The weight `[numbers, 1]` of each number of a word.
  private let weights: TensorValue

  /// Makes the control with a weight for each number of a word.
  public init(weights: [Float]) {
    self.weights = TensorValue(weights, shape: [weights.count, 1])
  }

  /// No parameters.
  public func initialParameters(_ key: RandomKey) -> ParameterValues { ParameterValues() }

  /// The words of the support set, and what each text counts in the mean of each class.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    let bags = Bags(support.inputs, weights)
    let products = bags.products(with: bags)
    let isSame = Tensor.positions(along: 0, shape: products.shape)
      .isEqual(to: .positions(along: 1, shape: products.shape))
    let lengths = (products * isSame).sum(along: [1]) + Self.least
    let shares =
      (support.weights ?? .fill(1, shape: lengths.shape)) * lengths.reciprocalSquareRoot()
    // Of each class the sum of its texts' directions, divided by its length.
    let sums = support.targets.oneHot(support.classCount) * shares.insertingAxis(at: 1)
    let squares = (matrixProduct(products, sums) * sums).sum(along: [0], keepingAxes: true)
    return Parameters([
      "tokens": bags.tokens, "weights": bags.weights,
      "classes": sums * (squares + Self.least).reciprocalSquareRoot(),
    ])
  }

  /// The products with the directions of the classes.
  public func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction {
    let queries = Bags(inputs, weights)
    let support = Bags(tokens: adapted["tokens"], weights: adapted["weights"])
    let sums = matrixProduct(queries.products(with: support), adapted["classes"])
    // The length of a query is left out: it changes no order.
    return Prediction(sums, .logits)
  }

  private static let least = 1e-12
}

/// Texts as bags of words.
private struct Bags {
  /// The numbers of words, int32 `[n, length]`.
  let tokens: Tensor
  /// The weight of each word `[n, length]`, 0 behind the end of a text.
  let weights: Tensor

  init(tokens: Tensor, weights: Tensor) {
    self.tokens = tokens
    self.weights = weights
  }

  /// The words of inputs.
  init(_ inputs: Inputs, _ table: TensorValue) {
    let tokens = inputs[TextPreparation.tokensName]
    let (count, length) = (tokens.shape[0], tokens.shape[1])
    let weights = Tensor.literal(table).gatheringRows(tokens.reshaped([count * length]))
      .reshaped([count, length])
    let ends = inputs[TextPreparation.lengthName].reshaped([count, 1])
      .broadcast(to: [count, length])
    let isWord = Tensor.positions(along: 1, shape: [count, length]).isLess(than: ends)
    self.init(tokens: tokens, weights: weights * isWord)
  }

  /// The products `[n, m]` of each text with each of another list.
  func products(with others: Bags) -> Tensor {
    let (n, m) = (tokens.shape[0], others.tokens.shape[0])
    let (length, otherLength) = (tokens.shape[1], others.tokens.shape[1])
    let shape: Shape = [n * length, m * otherLength]
    let isSame = tokens.reshaped([n * length, 1]).broadcast(to: shape)
      .isEqual(to: others.tokens.reshaped([1, m * otherLength]).broadcast(to: shape))
    let weighted =
      isSame * weights.reshaped([n * length, 1])
      * others.weights.reshaped([1, m * otherLength])
    let byText = weighted.reshaped([n * length, m, otherLength]).sum(along: [2])
    return byText.reshaped([n, length, m]).sum(along: [1])
  }
}

extension LexicalCentroid {
  /// The control as evaluations name it.
  public static let entry = ControlEntry(
    "lexicalCentroid", "nearest centroid, words by rarity (TF-IDF)"
  ) { parts in
    guard parts.signature.target == .classes,
      let preparation = parts.preparation as? TextPreparation
    else { return nil }
    return LexicalCentroid(weights: preparation.vocabulary.inverseDocumentFrequencies)
  }
}
