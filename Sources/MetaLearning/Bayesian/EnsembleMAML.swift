public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// Several learners of MAML from different beginnings, trained side by side on the same tasks: the
/// control of Bayesian MAML (EMAML of Yoon, Kim, Dia, Kim, Bengio and Ahn 2018, arXiv 1806.03836,
/// section 5).
///
/// Each network takes its own gradient steps on the support set, and meta-training descends on the
/// sum of their query losses, so that none feels the others. (A limit on the gradient's norm
/// counts them together.) A prediction is the mean of what they say; the variance of numbers is that
/// of their means alone. An outer step costs as many of MAML's as there are networks.
public struct EnsembleMAML: ParticleLearner {
  /// The networks.
  public let particles: Particles
  /// The steps of each on a support set, with fixed rates.
  public let innerLoop: InnerLoop
  /// What the networks' outputs are.
  public let meaning: Prediction.Meaning

  /// Makes a learner; stops where the inner loop learns rates or begins a head at zero.
  public init(
    network: Network, count: Int, innerLoop: InnerLoop, meaning: Prediction.Meaning = .logits
  ) {
    guard innerLoop.learnedRates == .fixed, innerLoop.zeroedLayer == nil else {
      fatalError("Learners side by side have fixed rates, and heads of their own.")
    }
    particles = Particles(of: network, count: count)
    self.innerLoop = innerLoop
    self.meaning = meaning
  }

  /// None: what a network says is all that it says.
  public var noisePrecision: Double? { nil }

  /// The parameters of all networks.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    particles.initialSubtree(key)
  }

  /// The parameters after some steps on the support set, and its statistics under each.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    particles.withStatistics(of: support, descend(parameters, on: support, context))
  }

  /// What the meta-gradient of each leaves out.
  public func approximation(at progress: LearningProgress) -> String? { innerLoop.approximation }

  /// The sum of the query losses after the inner loop; reported is the loss of the prediction that
  /// all networks make together.
  public func objective(
    _ parameters: Parameters, on episode: Episode, _ context: LearningContext
  ) -> Objective {
    let adapted = adapted(parameters, to: episode.support, context)
    let results = particles.inductiveResults(for: episode.query.inputs, with: adapted)
    let prediction = prediction(results)
    return Objective(
      loss: summedLoss(of: results, on: episode.query),
      reportedLoss: loss(of: prediction, on: episode.query),
      metrics: context.metrics.values(of: prediction, on: episode.query))
  }

  private func descend(
    _ parameters: Parameters, on support: Examples, _ context: LearningContext
  ) -> Parameters {
    innerLoop.descend(
      parameters, steps: innerLoop.stepCount(context), rates: Parameters()
    ) { fast, _ in summedLoss(of: particles(support, fast), on: support) }
  }

  /// The sum of the networks' mean losses, whose derivative with respect to one is that of its own.
  private func summedLoss(of results: Tensor, on examples: Examples) -> Tensor {
    let mean =
      switch meaning {
      case .logits, .scores:
        crossEntropy(results, examples.targets, weights: examples.weights)
      case .numbers: meanSquaredError(results, examples.targets, weights: examples.weights)
      }
    return mean * Double(particles.count)
  }
}

extension EnsembleMAML {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "emaml", "several learners of MAML side by side, averaged (Yoon et al. 2018, control)"
  ) { (settings) throws(SettingsError) in
    let count = try settings.integer(
      "networks", "How many networks there are.", default: 5, in: 1...64)
    let isFirstOrder = try settings.boolean(
      "firstOrder", "Whether inner gradients are constants to the meta-gradient.", default: false)
    let loop = try InnerLoop(
      settings, isFirstOrder: isFirstOrder, canZeroHead: false, learnedRates: .fixed)
    return LearnerPlan(needs: loop.needs(canZeroHead: false)) { parts in
      EnsembleMAML(
        network: parts.network, count: count, innerLoop: loop.adjusted(to: parts),
        meaning: parts.meaning)
    }
  }
}
