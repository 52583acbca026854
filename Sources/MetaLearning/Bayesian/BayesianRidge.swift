internal import Foundation
public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// Bayesian linear regression on learned features, whose prior is learned from all tasks: a task's
/// weights are known in closed form, and predictions have error bars.
///
/// Harrison, Sharma and Pavone, Meta-learning priors for efficient online Bayesian regression (ALPaCA),
/// 2018, arXiv 1807.08912, equations 8 to 10. y = Wᵀφ(x) + ε with W normal around M with the
/// variances s of its rows, ε normal with variance σ². With K = Φ diag(s) Φᵀ, whose system is as large
/// as the support set, the mean at φ is Mᵀφ + kᵀ(K + I)⁻¹(Y - ΦM), k = Φ diag(s) φ, and the variance
/// σ² (1 + φᵀ diag(s) φ - kᵀ(K + I)⁻¹k).
///
/// Deviations: variances of the prior are a diagonal, and M, s and σ² are learned with the network. An
/// outer step costs one of prototypes.
public struct BayesianRidge: OnePassLearner {
  /// Maps inputs to features.
  public let network: Network
  /// How many numbers are told of each example.
  public let outputs: Int
  /// By which density meta-training judges predictions.
  public let density: NumberDensity

  private static let priorName = "prior"

  /// Makes a learner of so many numbers on the features of a network.
  public init(network: Network, outputs: Int, density: NumberDensity = .normal) {
    self.network = network
    self.outputs = outputs
    self.density = density
  }

  /// The parameters of the network, and `prior/`: the mean of the weights, the logarithms of their
  /// variances and of that of the noise, over σ².
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    var parameters = network.initialSubtree(key)
    let count = network.featureCount
    let mean = Initializer.glorotUniform.values([count, outputs], key: key.folded(Self.priorName))
    parameters.append(
      ParameterValues([
        "mean": mean,
        // Together the features vary as much as the noise.
        "logVariances": TensorValue(
          [Float](repeating: Float(-log(Double(count))), count: count), shape: [count]),
        "logNoise": TensorValue(0),
        "offset": TensorValue([Float](repeating: 0, count: outputs), shape: [outputs]),
      ]), as: Self.priorName)
    return parameters
  }

  /// The support's features times their prior variances `rows` `[examples, features]`, the inverse
  /// `[examples, examples]` of K + I, and its product with what the prior leaves over, `answers`
  /// `[examples, outputs]`.
  public func summary(
    of features: Tensor, _ support: Examples, _ parameters: Parameters, _ context: LearningContext
  ) -> Parameters {
    let prior = parameters.subtree(Self.priorName)
    let roots = support.weights.map { $0.squareRoot().insertingAxis(at: 1) }
    let own = roots.map { features.rows * $0 } ?? features.rows
    let left = support.targets - mean(of: features.rows, prior)
    let targets = roots.map { left * $0 } ?? left
    let weighed = own * prior["logVariances"].exp().insertingAxis(at: 0)
    let kernel = matrixProduct(weighed, own, transposingRight: true)
    let identity = Tensor.positions(along: 0, shape: kernel.shape)
      .isEqual(to: Tensor.positions(along: 1, shape: kernel.shape))
    let inverse = (kernel + identity).positiveDefiniteSolution(identity)
    return Parameters([
      "rows": weighed, "inverse": inverse, "answers": matrixProduct(inverse, targets),
    ])
  }

  /// The means, and the logarithms of the variances.
  public func answers(
    to features: Tensor, by summary: Parameters, _ parameters: Parameters
  ) -> Prediction {
    let prior = parameters.subtree(Self.priorName)
    let rows = features.rows
    let kernel = matrixProduct(rows, summary["rows"], transposingRight: true)
    let mean = mean(of: rows, prior) + matrixProduct(kernel, summary["answers"])
    let variances = prior["logVariances"].exp().insertingAxis(at: 0)
    let before = (rows.square() * variances).sum(along: [1], keepingAxes: true)
    let known = (matrixProduct(kernel, summary["inverse"]) * kernel)
      .sum(along: [1], keepingAxes: true)
    let scale = maximum(before - known, .fill(0)) + 1
    let logVariance = (scale.log() + prior["logNoise"]).broadcast(to: mean.shape)
    return Prediction(mean, .numbers, logVariance: logVariance)
  }

  /// Minus the mean logarithm of the density.
  public func queryLoss(of prediction: Prediction, on query: Examples) -> Tensor {
    density.loss(of: prediction, on: query)
  }

  private func mean(of rows: Tensor, _ prior: Parameters) -> Tensor {
    matrixProduct(rows, prior["mean"]) + prior["offset"].insertingAxis(at: 0)
  }
}

extension BayesianRidge {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "bayesianRidge", "features, and a linear regression with a learned prior (Harrison et al. 2018)"
  ) { (settings) throws(SettingsError) in
    let density = try settings.numberDensity()
    return LearnerPlan(needs: LearnerNeeds(.features, targets: [.numbers])) { parts in
      BayesianRidge(
        network: parts.network, outputs: parts.outputCount, density: density)
    }
  }
}
