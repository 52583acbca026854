package import MetaTasks
internal import NeuralNetworks
internal import Tensors

/// Controls for texts: the nearest mean of a class's texts as bags of words, or of trigrams, weighted
/// by how rare these are in the training texts (TF-IDF), by cosine.
///
/// Nothing is learned across tasks but how rare words are.
public enum LexicalCentroid {
  /// The control on words as evaluations name it.
  public static let entry = ControlEntry(
    "lexicalCentroid", "nearest centroid, words by rarity (TF-IDF)"
  ) { parts in
    learner(of: TextPreparation.tokensName, TextPreparation.tokenWeightsName, parts.signature)
  }

  /// The control on trigrams as evaluations name it.
  public static let trigramEntry = ControlEntry(
    "trigramCentroid", "nearest centroid, trigrams by rarity (TF-IDF)"
  ) { parts in
    learner(of: TextPreparation.trigramsName, TextPreparation.trigramWeightsName, parts.signature)
  }

  /// The control on two inputs; nil where tasks do not have these.
  package static func learner(
    of units: String, _ weights: String, _ signature: Signature
  ) -> CosineCentroid? {
    let inputs = [units, weights].compactMap { name in
      signature.inputs.first { $0.name == name }
    }
    guard signature.target == .classes, inputs.count == 2,
      let network = try? joined(inputs)
    else { return nil }
    return CosineCentroid(network: network)
  }
}
