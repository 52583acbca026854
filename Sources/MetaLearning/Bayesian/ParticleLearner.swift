import MetaTasks
import NeuralNetworks
public import Tensors

/// A learner whose adapted tensors are the parameters of several networks, with what their layers
/// measured of the support set: its predictions have an axis of samples in front.
public protocol ParticleLearner: MetaLearner {
  /// The networks.
  var particles: Particles { get }
  /// What their outputs are.
  var meaning: Prediction.Meaning { get }
  /// One over the variance of targets about a network's numbers; nil where none is assumed.
  var noisePrecision: Double? { get }
}

extension ParticleLearner {
  /// The results of all networks, normalised by the support set.
  public func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction {
    prediction(particles.inductiveResults(for: inputs, with: adapted))
  }

  /// The results of all networks, normalised by the inputs themselves; nil where they normalise
  /// nothing.
  public func transductivePredictions(
    for inputs: Inputs, with adapted: Parameters
  ) -> Prediction? {
    guard particles.network.normalises else { return nil }
    return prediction(particles.transductiveResults(for: inputs, with: adapted))
  }

  /// What results `[samples, n, count]` say.
  func prediction(_ results: Tensor) -> Prediction {
    guard meaning == .numbers, let noisePrecision else { return Prediction(results, meaning) }
    return Prediction(
      results, meaning,
      logVariance: .fill(-RandomKey.logarithm(noisePrecision), shape: results.shape))
  }
}

/// How likely targets are under the results of particles.
struct ParticleLikelihood: Sendable {
  /// What the results are.
  let meaning: Prediction.Meaning
  /// One over the variance of numbers.
  let noisePrecision: Double

  /// log p(targets | results) of each particle, summed over the examples: `[particles]` for results
  /// `[particles, n, count]`; constants are left out.
  func logarithms(_ results: Tensor, on examples: Examples) -> Tensor {
    var each: Tensor
    switch meaning {
    case .logits, .scores: each = -crossEntropies(results, examples.targets)
    case .numbers:
      each = (results - examples.targets).square().sum(along: [-1]) * (-noisePrecision / 2)
    }
    if let weights = examples.weights { each = each * weights }
    return each.sum(along: [-1])
  }
}
