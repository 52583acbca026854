public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// Bayesian model-agnostic meta-learning (Yoon, Kim, Dia, Kim, Bengio and Ahn 2018, arXiv
/// 1806.03836): particles from which some steps of Stein variational gradient descent on a support
/// set lead to samples of the task's posterior.
///
/// θ_i ← θ_i + α φ_i (`SteinVariationalGradient`), all at once, where log p is a sum over
/// examples: -β/2 (f(x) - y)² for numbers, the cross-entropy for classes, and -λ/2 |θ|² for the
/// prior. Steps are therefore longer where there are more examples. Meta-training descends on the
/// chaser loss (Algorithm 3) Σ_i |chaser_i - leader_i|²: the chasers are the adapted particles, the
/// leaders go some steps further on support and query set together and are constants. Or it
/// descends on -log (1/M Σ_i p(query set | θ_i)), divided by the number of queries.
///
/// A prediction is the mean of what the particles say, with the variance 1/β of numbers about each.
/// Deviation: the precisions β and λ are settings; in the authors' program each particle has its
/// own, with gamma distributions as priors. An outer step costs M steps of MAML's inner loop, another
/// time without derivatives for the leaders, and products of M x M matrices.
public struct BayesianMAML: ParticleLearner {
  /// What meta-training descends on.
  public enum MetaLoss: String, Hashable, Sendable, CaseIterable {
    /// The squared distance to particles that have seen the query set too.
    case chaser
    /// Minus the logarithm of the probability of the query set.
    case likelihood
  }

  /// The networks.
  public let particles: Particles
  /// What their outputs are.
  public let meaning: Prediction.Meaning
  /// Steps on a support set in meta-training.
  public let steps: Int
  /// Steps when a trained learner adapts.
  public let evaluationSteps: Int
  /// The steps by which leaders are further.
  public let leaderSteps: Int
  /// The rate α of a step.
  public let learningRate: Double
  /// What meta-training descends on.
  public let metaLoss: MetaLoss
  /// Whether the insides of a step are recomputed for the meta-gradient rather than kept.
  public let recomputes: Bool
  /// One over the variance that the prior assumes of each parameter; 0: it says nothing.
  public let priorPrecision: Double
  private let likelihood: ParticleLikelihood

  /// Makes a learner; stops where there is one particle alone.
  public init(
    network: Network, particleCount: Int, steps: Int, evaluationSteps: Int? = nil,
    leaderSteps: Int = 1, learningRate: Double, noisePrecision: Double = 1,
    priorPrecision: Double = 0, metaLoss: MetaLoss = .chaser,
    meaning: Prediction.Meaning = .logits, recomputes: Bool = false
  ) {
    guard particleCount > 1 else {
      fatalError("Bayesian MAML needs two particles or more, not \(particleCount).")
    }
    particles = Particles(of: network, count: particleCount)
    self.meaning = meaning
    self.steps = steps
    self.evaluationSteps = evaluationSteps ?? steps
    self.leaderSteps = leaderSteps
    self.learningRate = learningRate
    self.metaLoss = metaLoss
    self.recomputes = recomputes
    self.priorPrecision = priorPrecision
    likelihood = ParticleLikelihood(meaning: meaning, noisePrecision: noisePrecision)
  }

  /// One over the variance of numbers about what a particle says.
  public var noisePrecision: Double? { likelihood.noisePrecision }

  /// The particles.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    particles.initialSubtree(key)
  }

  /// The particles after some steps on the support set, and its statistics under each.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    let count = context.choose(training: steps, adapting: evaluationSteps)
    return particles.withStatistics(
      of: support, descend(parameters, steps: count, on: support))
  }

  /// How the leaders and the width of the kernel depend on the parameters.
  public func approximation(at progress: LearningProgress) -> String? {
    "the leaders and the width of the kernel are seen as constants"
  }

  /// The chaser loss or the probability of the query set; reported is the loss of the prediction
  /// that all particles make together.
  public func objective(
    _ parameters: Parameters, on episode: Episode, _ context: LearningContext
  ) -> Objective {
    let chaser = descend(parameters, steps: steps, on: episode.support)
    let results = particles.inductiveResults(
      for: episode.query.inputs, with: particles.withStatistics(of: episode.support, chaser))
    let prediction = prediction(results)
    let loss: Tensor
    switch metaLoss {
    case .chaser: loss = (chaser - leader(of: chaser, on: episode)).squaredNorm()
    case .likelihood:
      let each = likelihood.logarithms(results, on: episode.query)
      let logarithm = each.logSumExp() - RandomKey.logarithm(Double(particles.count))
      loss = -logarithm / episode.query.weighedCount
    }
    return Objective(
      loss: loss, reportedLoss: MetaLearning.loss(of: prediction, on: episode.query),
      metrics: context.metrics.values(of: prediction, on: episode.query))
  }

  /// Where chasers would be after further steps on all examples, as a constant.
  package func leader(of chaser: Parameters, on episode: Episode) -> Parameters {
    let all = Examples.joining(episode.support, episode.query)
    return Scope.named("leader") {
      descend(chaser.stopGradient(), steps: leaderSteps, on: all).stopGradient()
    }
  }

  private func descend(
    _ start: Parameters, steps: Int, on examples: Examples
  ) -> Parameters {
    repeated(steps, from: start, recomputing: recomputes) { fast, _ in
      let slopes = gradient(of: logPosterior(fast, examples).sum(), withRespectTo: fast)
      return fast + learningRate * SteinVariationalGradient(fast).direction(slopes)
    }
  }

  /// log p(targets | θ) + log p(θ) of each particle `[particles]`, without constants.
  package func logPosterior(_ parameters: Parameters, _ examples: Examples) -> Tensor {
    let likelihoods = likelihood.logarithms(particles(examples, parameters), on: examples)
    guard priorPrecision > 0 else { return likelihoods }
    let squares = parameters.leaves
      .map { $0.square().reshaped([particles.count, -1]).sum(along: [1]) }
    return squares.reduce(likelihoods) { $0 - $1 * (priorPrecision / 2) }
  }
}

extension BayesianMAML {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "bmaml", "particles that descend together to samples of the posterior (Yoon et al. 2018)"
  ) { (settings) throws(SettingsError) in
    let count = try settings.integer(
      "particles", "How many networks there are.", default: 10, in: 2...64)
    let steps = try settings.integer(
      "steps", "Steps on a support set in meta-training.", default: 1, in: 1...1000)
    let evaluationSteps = try settings.integer(
      "evaluationSteps", "Steps when a trained learner adapts.", default: steps, in: 0...1000)
    let leaderSteps = try settings.integer(
      "leaderSteps", "Further steps of the leaders, on support and query set.", default: 1,
      in: 1...1000)
    let learningRate = try settings.number(
      "learningRate", "The rate of a step, along a sum over the examples.", default: 0.01,
      .positive)
    let noisePrecision = try settings.noisePrecision()
    let priorPrecision = try settings.number(
      "priorPrecision", "One over the variance of each parameter that the prior assumes.",
      default: 0, .notNegative)
    let metaLoss = try settings.choice(
      "metaLoss", "What meta-training descends on.", default: MetaLoss.chaser)
    let recomputes = try settings.boolean(
      "recomputes", "Whether steps are recomputed for the meta-gradient rather than kept.",
      default: steps > 5)
    let needs = LearnerNeeds(
      .fixedHead, network: InnerLoop.networkNeeds, adaptationSteps: evaluationSteps)
    return LearnerPlan(needs: needs) { parts in
      BayesianMAML(
        network: parts.network, particleCount: count, steps: steps,
        evaluationSteps: parts.adaptationSteps ?? evaluationSteps, leaderSteps: leaderSteps,
        learningRate: learningRate, noisePrecision: noisePrecision,
        priorPrecision: priorPrecision, metaLoss: metaLoss, meaning: parts.meaning,
        recomputes: recomputes)
    }
  }
}

extension SettingsSection {
  /// The key `noisePrecision`.
  func noisePrecision() throws(SettingsError) -> Double {
    try number(
      "noisePrecision", "One over the variance of numbers about what a network says.",
      default: 1, .within(1e-6...1e6))
  }
}
