public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// VERSA (Gordon, Bronskill, Bauer, Nowozin and Turner 2019, arXiv 1805.09921, section 3): a network
/// says from the mean feature of a class how the weights of its row in a linear head are
/// distributed, and predictions are means over heads drawn from that.
///
/// [μ_k, log σ²_k] = amortization(mean over class k of f(x)); w_k = μ_k + σ_k ε;
/// p(y | x) = 1/S Σ_s softmax(W_s f(x) + b_s). Meta-training descends on -log p of the queries.
///
/// Deviations: one network makes all four of means and variances of weights and biases; it has ReLU
/// activations (the paper: ELU). The classes get their random numbers in the order of the sums of
/// their features, so that names of classes never matter. An outer step costs one of prototypes,
/// and a head for each sample.
public struct VERSA: OnePassLearner {
  /// Maps inputs to features.
  public let network: Network
  /// Maps the mean feature of a class to means and log-variances of the weights and the bias of its
  /// row.
  public let amortization: Network
  /// The heads that are drawn.
  public let samples: Int
  /// Whether meta-training normalises queries by their own statistics where layers measure the
  /// support set.
  public let trainsTransductively: Bool

  private static let amortizationName = "amortization"

  /// Makes a learner on the features of a network, with dense hidden layers in between.
  public init(
    network: Network, hidden: [Int] = [256, 256], samples: Int = 10,
    trainsTransductively: Bool = false
  ) {
    let width = network.featureCount
    self.network = network
    amortization = multilayerPerceptron(
      inputs: [width], hidden: hidden, outputs: 2 * (width + 1))
    self.samples = samples
    self.trainsTransductively = trainsTransductively
  }

  /// The parameters of both networks.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    var parameters = network.initialSubtree(key)
    parameters.append(
      amortization.initialParameters(key.folded(Self.amortizationName)),
      as: Self.amortizationName)
    return parameters
  }

  /// The network that draws heads.
  public var subtreesOfSummaries: [String] { [Self.amortizationName] }

  /// The rows `[samples, classes, features + 1]` of the `heads`, the bias last.
  public func summary(
    of features: Tensor, _ support: Examples, _ parameters: Parameters, _ context: LearningContext
  ) -> Parameters {
    // Layers that draw at random take the keys from 0 on.
    Parameters(["heads": heads(features, of: support, parameters, context.key.folded(-1))])
  }

  /// The logits of each head.
  public func answers(
    to features: Tensor, by summary: Parameters, _ parameters: Parameters
  ) -> Prediction {
    let (rows, heads) = (features.rows, summary["heads"])
    let width = rows.shape[1]
    let weights = heads.slice(along: 2, from: 0, to: width)
    let bias = heads.slice(along: 2, from: width, to: width + 1).matrixTransposed
    return Prediction(matrixProduct(rows, weights, transposingRight: true) + bias, .logits)
  }

  /// Heads drawn for the features of a support set.
  private func heads(
    _ features: Tensor, of support: Examples, _ parameters: Parameters, _ key: SymbolicKey
  ) -> Tensor {
    let means = prototypes(features, of: support)
    let (classCount, width) = (means.shape[0], means.shape[1] + 1)
    let outputs = amortization(means, parameters.subtree(Self.amortizationName))
    let center = outputs.slice(along: 1, from: 0, to: width)
    let deviation = (outputs.slice(along: 1, from: width, to: 2 * width) * 0.5).exp()
    let noise = key.normal([samples, classCount, width])
    return center + deviation * matrixProduct(places(of: means), noise)
  }

  /// A one in each row `[classes, classes]` where the class stands among all by the sum of its features.
  private func places(of means: Tensor) -> Tensor {
    let sums = means.sum(along: [1], keepingAxes: true)
    let smaller = sums.matrixTransposed.isLess(than: sums).sum(along: [1])
    return smaller.converted(to: .int32).oneHot(means.shape[0])
  }
}

extension VERSA {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "versa", "heads drawn by a network from the mean of each class's features (Gordon et al. 2019)"
  ) { (settings) throws(SettingsError) in
    let hidden = try settings.integers(
      "hidden", "Units of the hidden layers between features and heads.", default: [256, 256],
      in: 1...8192, count: 1...16)
    let samples = try settings.integer(
      "samples", "The heads that are drawn.", default: 10, in: 1...1000)
    let trainsTransductively = try settings.trainsTransductively()
    return LearnerPlan(needs: .comparedFeatures) { parts in
      VERSA(
        network: parts.network, hidden: hidden, samples: samples,
        trainsTransductively: trainsTransductively)
    }
  }
}
