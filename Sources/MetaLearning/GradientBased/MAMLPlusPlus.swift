public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// MAML++ (Antoniou, Edwards and Storkey 2019, arXiv 1810.09502): MAML with the query losses after
/// all inner steps, a learned rate for each layer and step, batch normalization by step, and first
/// derivatives in the beginning.
///
/// The objective is Σ_s w_s L(query; θ_s), s = 1...K. The weights begin at 1/K each; over the first
/// part of the training those of the steps before the last fall to 0.03/K and the last takes their
/// place, after which only the last counts (section 4, "multi-step loss optimization"). Each
/// normalization layer keeps running statistics, scale and offset for each step, K + 1 of each:
/// those of θ_0 ... θ_K. Support sets are normalised by themselves. Queries of the training are
/// too, as in the authors' program; a trained learner normalises them by the running statistics of
/// the last step, so that its predictions are inductive. The authors' program uses the queries' own
/// statistics there as well.
public struct MAMLPlusPlus: NetworkLearner {
  /// Maps inputs to logits or predicted numbers, normalised step by step.
  public let network: Network
  /// The steps on a support set, with learned rates.
  public let innerLoop: InnerLoop
  /// The part of the training in which the losses of all steps count.
  public let multiStepPart: Double
  /// The part of the training in which inner gradients are constants to the meta-gradient.
  public let firstOrderPart: Double
  /// What the network's outputs are.
  public let meaning: Prediction.Meaning

  /// Makes a learner; the network's normalization layers get a row for each step.
  public init(
    network: Network, innerLoop: InnerLoop, multiStepPart: Double = 0.1,
    firstOrderPart: Double = 0, scalesEachStep: Bool = true, meaning: Prediction.Meaning = .logits
  ) {
    self.network = network.normalizing(
      eachOf: innerLoop.steps + 1, scalesEachStep: scalesEachStep)
    self.innerLoop = innerLoop
    self.multiStepPart = multiStepPart
    self.firstOrderPart = firstOrderPart
    self.meaning = meaning
  }

  /// The parameters of the network, and the learned rates.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    innerLoop.initialParameters(of: network, key)
  }

  /// The parameters after some steps on the support set.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    var fast = innerLoop.start(parameters, of: network, for: support)
    for step in 0..<innerLoop.stepCount(context) {
      fast = stepped(fast, on: support, step: step, parameters, follows: false, context)
    }
    return network.withStatistics(of: support, fast)
  }

  /// The network's results, normalised by the statistics of the last step.
  public func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction {
    Prediction(
      network.inductiveResults(for: inputs, with: adapted, step: innerLoop.evaluationSteps),
      meaning)
  }

  /// The network's results, normalised by the inputs themselves; nil where it normalises nothing.
  public func transductivePredictions(
    for inputs: Inputs, with adapted: Parameters
  ) -> Prediction? {
    guard !network.normalizationModes.isEmpty else { return nil }
    var pass = NetworkContext(step: innerLoop.evaluationSteps)
    return Prediction(network(inputs, adapted, &pass), meaning)
  }

  /// The weighted query losses after the steps; metrics are those of the last one.
  public func objective(
    _ parameters: Parameters, on episode: Episode, _ context: LearningContext
  ) -> Objective {
    let names = (1...innerLoop.steps).map(Self.weightName)
    let weights = isMultiStep(context.variant) ? names.map(context.scalar) : nil
    return objective(parameters, on: episode, context, weights: weights)
  }

  /// The query losses with a weight for each step; nil: the last one alone.
  package func objective(
    _ parameters: Parameters, on episode: Episode, _ context: LearningContext, weights: [Tensor]?
  ) -> Objective {
    let count = innerLoop.steps
    var fast = innerLoop.start(parameters, of: network, for: episode.support)
    var losses = Tensor.fill(0)
    var last = Objective(loss: losses)
    for step in 0..<count {
      fast = stepped(fast, on: episode.support, step: step, parameters, follows: true, context)
      let isLast = step + 1 == count
      guard isLast || weights != nil else { continue }
      var pass = NetworkContext(exampleWeights: episode.query.weights, step: step + 1)
      let results = Scope.named("query") { network(episode.query.inputs, fast, &pass) }
      fast = following(fast, pass)
      last = Objective(Prediction(results, meaning), on: episode.query, context)
      if let weights { losses = losses + weights[step] * last.loss }
    }
    last.reportedLoss = weights == nil ? nil : last.loss
    if weights != nil { last.loss = losses }
    last.updates = fast.statistics.stopGradient()
    return last
  }

  /// The parameters after a step on the support set; the running statistics of the step follow it
  /// where asked for.
  private func stepped(
    _ fast: Parameters, on support: Examples, step: Int, _ parameters: Parameters, follows: Bool,
    _ context: LearningContext
  ) -> Parameters {
    let rates = parameters.subtree(InnerLoop.ratesName)
    let isFirstOrder = context.purpose == .training && self.isFirstOrder(context.variant)
    return repeated(1, from: fast, recomputing: innerLoop.recomputes) { fast, _ in
      var pass = NetworkContext(exampleWeights: support.weights, step: step)
      let loss = loss(of: network(support.inputs, fast, &pass), on: support)
      let moved = innerLoop.moved(
        fast, down: loss, step: step, rates: rates, isFirstOrder: isFirstOrder)
      return follows ? following(moved, pass) : moved
    }
  }

  private func following(_ fast: Parameters, _ pass: NetworkContext) -> Parameters {
    fast.replacing(with: Parameters(pass.updatedStatistics, as: Network.parametersName))
  }
}

// MARK: Annealing

extension MAMLPlusPlus {
  private static func weightName(_ step: Int) -> String { "stepWeight\(step)" }
  private func isFirstOrder(_ variant: Int) -> Bool { variant & 1 != 0 }
  private func isMultiStep(_ variant: Int) -> Bool { variant & 2 != 0 }

  /// Which derivatives there are, and whether the losses of all steps count.
  public func variant(at progress: LearningProgress) -> Int {
    (progress.part < firstOrderPart ? 1 : 0) + (progress.part < multiStepPart ? 2 : 0)
  }

  /// Second derivatives, in the first part of the training.
  public func approximation(at progress: LearningProgress) -> String? {
    isFirstOrder(variant(at: progress)) ? InnerLoop.firstOrderWords : nil
  }

  /// The weight of the query loss after each step, from 1.
  public func scalars(at progress: LearningProgress) -> [(name: String, value: Double)] {
    guard progress.part < multiStepPart else { return [] }
    let count = Double(innerLoop.steps)
    let early = max((1 - progress.part / multiStepPart) / count, 0.03 / count)
    return (1...innerLoop.steps).map { step in
      (
        Self.weightName(step), step == innerLoop.steps ? 1 - (count - 1) * early : early
      )
    }
  }
}

extension MAMLPlusPlus {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "mamlpp", "MAML with the losses of all steps, rates and normalization by step (MAML++, 2019)"
  ) { (settings) throws(SettingsError) in
    let steps = try settings.integer(
      "steps", "Gradient steps on a support set.", default: 5, in: 1...100)
    let learningRate = try settings.number(
      "learningRate", "Where the learned rates begin.", default: 0.1, .positive)
    let multiStepPart = try settings.number(
      "multiStepPart", "The part of the training in which the losses of all steps count.",
      default: 0.1, .within(0...1))
    let firstOrderPart = try settings.number(
      "firstOrderPart", "The part of the training with first derivatives alone.", default: 0,
      .within(0...1))
    let scalesEachStep = try settings.boolean(
      "scalesEachStep", "Whether normalization has a scale and an offset for each step.",
      default: true)
    let recomputes = try settings.boolean(
      "recomputes", "Whether steps are recomputed for the meta-gradient rather than kept.",
      default: steps > 5)
    let needs = LearnerNeeds(
      .fixedHead,
      network: NetworkNeeds(
        defaultNormalization: .running,
        refusing: [
          .supportAndQuery: "with a learner whose statistics are those of its steps",
          .taskNorm: "with a learner whose statistics are those of its steps",
        ]), adaptationSteps: steps)
    return LearnerPlan(needs: needs) { parts in
      MAMLPlusPlus(
        network: parts.network,
        innerLoop: InnerLoop(
          steps: steps, evaluationSteps: parts.adaptationSteps ?? steps,
          learningRate: learningRate, learnedRates: .perLayerAndStep, recomputes: recomputes),
        multiStepPart: multiStepPart, firstOrderPart: firstOrderPart,
        scalesEachStep: scalesEachStep, meaning: parts.meaning)
    }
  }
}
