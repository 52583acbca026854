public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// MAML with implicit gradients (Rajeswaran, Finn, Kakade and Levine 2019, arXiv 1909.04630,
/// Algorithms 1 and 2): the meta-gradient depends on where the inner steps lead, not on the way.
///
/// Inner steps go down G(φ) = L_support(φ) + λ/2 |φ - θ|², from φ = θ. At its minimum
/// φ - θ = -∇L_support(φ)/λ, so that dφ/dθ = (I + H/λ)⁻¹ with the Hessian H of L_support at φ. The
/// meta-gradient is therefore d = (I + H/λ)⁻¹ g, where g = ∂L_query/∂φ; conjugate gradient solves
/// for d with products of H and a vector, and H itself is never made.
///
/// No derivative goes through the steps: they are constants to the meta-gradient, and none is kept.
/// The objective has the value of the query loss and the gradient d: it is L_query as a constant,
/// plus the product of d, as a constant, with θ - θ₀, where θ₀ is θ as a constant: a zero whose
/// derivative is one.
///
/// The gradient is exact where the inner steps reach the minimum and the solver the solution. With
/// few solver steps it lies between g, where the solver begins, and d. The inner steps are plain
/// gradient descent.
///
/// Where H has eigenvalues below -λ, as it may for deep networks, φ is no minimum and d is of no
/// use. A direction along which I + H/λ is not positive is left out; a larger λ helps, or a
/// `damping` δ, with which the system is I + H/(λ + δ), nearer to g. The paper's code has δ = 10,
/// doubles I, and pulls φ towards θ only once, after the steps.
///
/// A meta-step costs a first-order step for each inner step, and one Hessian-vector product (about
/// two gradients) for each solver step and one more. Memory does not grow with the inner steps.
public struct ImplicitMAML: NetworkLearner {
  /// Maps inputs to logits or predicted numbers.
  public let network: Network
  /// The steps on a support set.
  private let innerLoop: InnerLoop
  /// λ: how strongly a task's parameters are held near the meta-learned ones.
  public let proximity: Double
  /// δ: what the solver adds to λ.
  public let damping: Double
  /// The steps of conjugate gradient.
  public let solverSteps: Int
  /// Whether meta-training normalises queries by their own statistics.
  public let trainsTransductively: Bool
  /// What the network's outputs are.
  public let meaning: Prediction.Meaning

  /// Makes a learner.
  public init(
    network: Network, steps: Int = 16, evaluationSteps: Int? = nil, learningRate: Double = 0.1,
    proximity: Double = 0.5, damping: Double = 0, solverSteps: Int = 5,
    trainsTransductively: Bool = false, meaning: Prediction.Meaning = .logits
  ) {
    self.network = network
    // As the body of a call, a step is built without a walk through all steps before it.
    innerLoop = InnerLoop(
      steps: steps, evaluationSteps: evaluationSteps, learningRate: learningRate,
      isFirstOrder: true, recomputes: true)
    self.proximity = proximity
    self.damping = damping
    self.solverSteps = solverSteps
    self.trainsTransductively = trainsTransductively
    self.meaning = meaning
  }

  /// The parameters after some steps on the support set, and its statistics under them.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    network.withStatistics(of: support, descend(parameters, on: support, context))
  }

  /// How the adapted parameters depend on the initial ones, but by where the steps would end.
  public func approximation(at progress: LearningProgress) -> String? {
    "the gradient is that of where the inner steps would end, not of the steps taken"
  }

  /// The query loss after the inner steps, with the implicit gradient.
  public func objective(
    _ parameters: Parameters, on episode: Episode, _ context: LearningContext
  ) -> Objective {
    let fast = descend(parameters, on: episode.support, context)
    let results = network.queryResults(of: episode, fast, transductively: trainsTransductively)
    var objective = Objective(Prediction(results, meaning), on: episode.query, context)
    let slope = gradient(of: objective.loss, withRespectTo: fast)
    let direction = solution(of: slope, at: fast, on: episode.support).stopGradient()
    let zero = parameters.learned - parameters.learned.stopGradient()
    objective.loss = objective.loss.stopGradient() + direction.dot(zero)
    return objective
  }

  /// What the inner steps go down: the support loss, and half the squared distance from a start
  /// times λ.
  package func innerLoss(
    _ fast: Parameters, near start: Parameters, on support: Examples
  ) -> Tensor {
    loss(of: network(support, fast), on: support)
      + (fast.learned - start.learned).squaredNorm() * (proximity / 2)
  }

  private func descend(
    _ parameters: Parameters, on support: Examples, _ context: LearningContext
  ) -> Parameters {
    let start = parameters.stopGradient()
    return innerLoop.descend(
      start, steps: innerLoop.stepCount(context), rates: Parameters()
    ) { fast, _ in innerLoss(fast, near: start, on: support) }
  }

  /// (I + H/(λ + δ))⁻¹ times a slope, with the Hessian H of the support loss.
  private func solution(
    of slope: Parameters, at fast: Parameters, on support: Examples
  ) -> Parameters {
    let supportSlope = gradient(
      of: loss(of: network(support, fast), on: support), withRespectTo: fast)
    return ConjugateGradient(steps: solverSteps).solution(of: slope, from: slope) { vector in
      let curved = gradient(
        of: supportSlope.dot(vector.stopGradient()), withRespectTo: fast)
      return vector + (1 / (proximity + damping)) * curved
    }
  }
}

extension ImplicitMAML {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "imaml", "MAML whose meta-gradient depends on where steps lead alone (Rajeswaran et al. 2019)"
  ) { (settings) throws(SettingsError) in
    let steps = try settings.integer(
      "steps", "Gradient steps on a support set in meta-training.", default: 16, in: 1...1000)
    let evaluationSteps = try settings.integer(
      "evaluationSteps", "Gradient steps when a trained learner adapts.", default: steps,
      in: 0...1000)
    let learningRate = try settings.number(
      "learningRate", "The rate of a gradient step.", default: 0.1, .positive)
    let proximity = try settings.number(
      "proximity", "How strongly a task's parameters are held near the meta-learned ones.",
      default: 0.5, .within(1e-6...1e6))
    let damping = try settings.number(
      "damping", "What is added to the proximity where the meta-gradient is solved for.",
      default: 0, .within(0...1e6))
    let solverSteps = try settings.integer(
      "solverSteps", "Conjugate gradient steps towards the meta-gradient.", default: 5, in: 0...100)
    let trainsTransductively = try settings.trainsTransductively()
    let needs = LearnerNeeds(
      .fixedHead, network: InnerLoop.networkNeeds, adaptationSteps: evaluationSteps)
    return LearnerPlan(needs: needs) { parts in
      ImplicitMAML(
        network: parts.network, steps: steps,
        evaluationSteps: parts.adaptationSteps ?? evaluationSteps, learningRate: learningRate,
        proximity: proximity, damping: damping, solverSteps: solverSteps,
        trainsTransductively: trainsTransductively, meaning: parts.meaning)
    }
  }
}
