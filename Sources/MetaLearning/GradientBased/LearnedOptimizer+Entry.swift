import NeuralNetworks
public import Settings

extension LearnedOptimizer {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "learnedOptimizer", "an LSTM that trains a network from any start (Andrychowicz et al. 2016)"
  ) { (settings) throws(SettingsError) in
    let steps = try settings.integer(
      "steps", "Steps on a support set in meta-training.", default: 100, in: 1...1000)
    let evaluationSteps = try settings.integer(
      "evaluationSteps", "Steps when a trained learner adapts.", default: steps, in: 0...1000)
    let batchSize = try settings.optionalInteger(
      "stepExamples", "Examples that a step sees, drawn with replacement; null: all.",
      in: 1...100_000)
    let isFirstOrder = try settings.boolean(
      "firstOrder", "Whether gradients of the network are constants to the meta-gradient.",
      default: true)
    let goal = try settings.choice(
      "goal", "What meta-training makes small: the loss of each step, or its logarithm.",
      default: LearnedOptimizer.Goal.loss)
    let rule = try CoordinatewiseLSTM(settings)
    var needs = LearnerNeeds(
      .fixedHead, network: InnerLoop.networkNeeds, adaptationSteps: evaluationSteps,
      usualPhase: UnrollStep.name)
    needs.isOptimizer = true
    return LearnerPlan(needs: needs) { parts in
      LearnedOptimizer(
        network: parts.network, rule: rule, steps: steps,
        evaluationSteps: parts.adaptationSteps ?? evaluationSteps, batchSize: batchSize,
        isFirstOrder: isFirstOrder, goal: goal, meaning: parts.meaning)
    }
  }
}

extension CoordinatewiseLSTM {
  /// Reads the settings of a rule.
  fileprivate init(_ settings: SettingsSection) throws(SettingsError) {
    self.init(
      units: try settings.integer(
        "units", "The extent of each LSTM's state.", default: 20, in: 1...1024),
      preprocessing: try settings.optionalNumber(
        "preprocessing",
        "The number p of the logarithm and sign by which gradients are read; null: as they are.",
        default: 5, .within(0.1...50)),
      outputScale: try settings.number(
        "outputScale", "What the rule's output is multiplied by.", default: 0.01, .positive))
  }
}
