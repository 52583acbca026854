public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// Amortized Bayesian meta-learning (Ravi and Beatson, ICLR 2019): a normal distribution of each
/// parameter that is meta-learned as the prior of all tasks, and that some gradient steps on a
/// support set make the posterior of one.
///
/// An inner step descends on -E_q log p(support set | φ) + w KL(q | prior) with respect to means and
/// logarithms of deviations of q, which begin as the prior's; meta-training descends on the
/// same bound of support and query set together. Expectations are means over a few
/// draws φ = μ + σ ε, new ones in each step. A trained learner draws `samples` networks from q when
/// it adapts; a prediction is their mean, with the variance 1/β of numbers about each.
///
/// w = 1 is the bound itself. It makes steps unstable where α w / σ² is not small beside the number of
/// examples, as with the small deviations that networks need; less keeps them short.
///
/// Deviations: bounds are divided by the number of examples, so that rates are those of MAML; all
/// examples of a draw share it (the paper's Flipout gives each its own); there is no hyperprior. An
/// outer step costs as many of MAML's as there are draws.
public struct AmortizedBayesianMAML: ParticleLearner {
  /// The networks that a prediction is made of.
  public let particles: Particles
  /// What their outputs are.
  public let meaning: Prediction.Meaning
  /// Steps on a support set in meta-training.
  public let steps: Int
  /// Steps when a trained learner adapts.
  public let evaluationSteps: Int
  /// The rate of a step.
  public let learningRate: Double
  /// Where the deviations of the prior begin.
  public let initialDeviation: Double
  /// The weight w of the divergence.
  public let divergenceWeight: Double
  /// Whether the insides of a step are recomputed for the meta-gradient rather than kept.
  public let recomputes: Bool
  /// The networks that an expectation is the mean of.
  private let draws: Particles
  private let likelihood: ParticleLikelihood

  /// Names the logarithms of deviations among the parameters.
  package static let deviationsName = "logDeviations"

  /// Makes a learner.
  public init(
    network: Network, samples: Int = 10, drawCount: Int = 2, steps: Int,
    evaluationSteps: Int? = nil, learningRate: Double, initialDeviation: Double = 0.02,
    divergenceWeight: Double = 0.001, noisePrecision: Double = 1,
    meaning: Prediction.Meaning = .logits, recomputes: Bool = false
  ) {
    particles = Particles(of: network, count: samples)
    draws = Particles(of: network, count: drawCount)
    self.meaning = meaning
    self.steps = steps
    self.evaluationSteps = evaluationSteps ?? steps
    self.learningRate = learningRate
    self.initialDeviation = initialDeviation
    self.divergenceWeight = divergenceWeight
    self.recomputes = recomputes
    likelihood = ParticleLikelihood(meaning: meaning, noisePrecision: noisePrecision)
  }

  /// One over the variance of numbers about what a network says.
  public var noisePrecision: Double? { likelihood.noisePrecision }

  /// The means of the prior as the parameters of the network, and the logarithms of its deviations.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    let network = particles.network
    var parameters = network.initialSubtree(key)
    let start = Float(RandomKey.logarithm(initialDeviation))
    parameters.append(
      network.parameterShapes.map { TensorValue(repeating: start, shape: $0) },
      as: Self.deviationsName)
    return parameters
  }

  /// Networks drawn from the posterior, and the support set's statistics under each.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    let count = context.choose(training: steps, adapting: evaluationSteps)
    let posterior = posterior(from: parameters, steps: count, on: support, context.key)
    return particles.withStatistics(
      of: support, drawn(particles.count, from: posterior, context.key.folded(count)))
  }

  /// The bound of support and query set; reported is the loss of the prediction that its draws make
  /// together.
  public func objective(
    _ parameters: Parameters, on episode: Episode, _ context: LearningContext
  ) -> Objective {
    let (support, query) = (episode.support, episode.query)
    let posterior = posterior(from: parameters, steps: steps, on: support, context.key)
    let networks = draws.withStatistics(
      of: support, drawn(draws.count, from: posterior, context.key.folded(steps)))
    let results = draws.inductiveResults(for: query.inputs, with: networks)
    let likelihoods =
      likelihood.logarithms(draws(support, networks), on: support)
      + likelihood.logarithms(results, on: query)
    let bound = bound(
      likelihoods, posterior, prior: parameters,
      exampleCount: support.weighedCount + query.weighedCount)
    let prediction = prediction(results)
    return Objective(
      loss: bound, reportedLoss: loss(of: prediction, on: query),
      metrics: context.metrics.values(of: prediction, on: query))
  }
}

// MARK: The distribution

extension AmortizedBayesianMAML {
  /// The posterior after some steps from the prior: means and logarithms of deviations, as
  /// parameters are.
  package func posterior(
    from prior: Parameters, steps: Int, on support: Examples, _ key: SymbolicKey
  ) -> Parameters {
    repeated(steps, from: prior, recomputing: recomputes) { posterior, step in
      let networks = drawn(draws.count, from: posterior, key.folded(step))
      let bound = bound(
        likelihood.logarithms(draws(support, networks), on: support), posterior, prior: prior,
        exampleCount: support.weighedCount)
      return posterior - learningRate * gradient(of: bound, withRespectTo: posterior)
    }
  }

  /// Networks drawn from a distribution: each leaf `[count, ...]`.
  private func drawn(
    _ count: Int, from distribution: Parameters, _ key: SymbolicKey
  ) -> Parameters {
    let deviations = distribution.subtree(Self.deviationsName)
    let means = distribution.subtree(Network.parametersName)
    let names = means.names
    let networks = means.mapEntries { mean in
      let number = names.firstIndex(of: mean.name) ?? 0
      let noise = key.folded(number).normal([count] + mean.leaf.shape)
      return mean.leaf.insertingAxis(at: 0)
        + deviations[mean.name].exp().insertingAxis(at: 0) * noise
    }
    return Parameters(networks, as: Network.parametersName)
  }

  /// What is descended on for the log-likelihoods `[draws]` of examples, for each of them.
  private func bound(
    _ logLikelihoods: Tensor, _ posterior: Parameters, prior: Parameters, exampleCount: Tensor
  ) -> Tensor {
    (divergence(of: posterior, from: prior) * divergenceWeight - logLikelihoods.mean())
      / exampleCount
  }

  /// KL(q | prior): Σ log(σ₀/σ) + (σ² + (μ - μ₀)²) / (2 σ₀²) - 1/2.
  private func divergence(of posterior: Parameters, from prior: Parameters) -> Tensor {
    let names = particles.network.parameterShapes.names
    let terms = names.map { name in
      let (mean, priorMean) = (
        posterior["\(Network.parametersName)/\(name)"],
        prior["\(Network.parametersName)/\(name)"]
      )
      let (width, priorWidth) = (
        posterior["\(Self.deviationsName)/\(name)"], prior["\(Self.deviationsName)/\(name)"]
      )
      let squares =
        ((width - priorWidth) * 2).exp()
        + (mean - priorMean).square() * (priorWidth * -2).exp()
      return (priorWidth - width + (squares - 1) * 0.5).sum()
    }
    return terms.dropFirst().reduce(terms[0], +)
  }
}

extension AmortizedBayesianMAML {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "abml", "a normal distribution of networks that gradient steps narrow (Ravi and Beatson 2019)"
  ) { (settings) throws(SettingsError) in
    let samples = try settings.integer(
      "samples", "Networks that a prediction is made of.", default: 10, in: 1...64)
    let drawCount = try settings.integer(
      "draws", "Networks that an expectation in a step is the mean of.", default: 2, in: 1...64)
    let steps = try settings.integer(
      "steps", "Gradient steps on a support set in meta-training.", default: 1, in: 1...1000)
    let evaluationSteps = try settings.integer(
      "evaluationSteps", "Gradient steps when a trained learner adapts.", default: steps,
      in: 0...1000)
    let learningRate = try settings.number(
      "learningRate", "The rate of a gradient step.", default: 0.1, .positive)
    let initialDeviation = try settings.number(
      "initialDeviation", "Where the deviation of each parameter begins.", default: 0.02,
      .within(1e-6...10))
    let divergenceWeight = try settings.number(
      "divergenceWeight", "The weight of the divergence from the prior.", default: 0.001,
      .notNegative)
    let noisePrecision = try settings.noisePrecision()
    let recomputes = try settings.boolean(
      "recomputes", "Whether steps are recomputed for the meta-gradient rather than kept.",
      default: steps > 5)
    let needs = LearnerNeeds(
      .fixedHead, network: InnerLoop.networkNeeds, adaptationSteps: evaluationSteps)
    return LearnerPlan(needs: needs) { parts in
      AmortizedBayesianMAML(
        network: parts.network, samples: samples, drawCount: drawCount, steps: steps,
        evaluationSteps: parts.adaptationSteps ?? evaluationSteps, learningRate: learningRate,
        initialDeviation: initialDeviation, divergenceWeight: divergenceWeight,
        noisePrecision: noisePrecision, meaning: parts.meaning, recomputes: recomputes)
    }
  }
}
