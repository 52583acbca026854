public import NeuralNetworks
public import Settings

/// Joint training without an inner loop: one network for all tasks, trained as if they were one; some
/// gradient steps on the support set only when it is judged.
///
/// The pre-trained network that Finn, Abbeel and Levine 2017 (arXiv 1703.03400, section 5.1) compare
/// MAML with: θ descends on the mean query loss of all tasks, L_query(θ), and a task begins there. A
/// control: what a start is worth that was not trained to be one. An outer step costs a pass forward
/// and back for each task.
public enum JointTraining {
  /// Makes the learner: MAML without steps in meta-training.
  public static func learner(
    network: Network, steps: Int, learningRate: Double, meaning: Prediction.Meaning = .logits
  ) -> MAML {
    MAML(
      network: network,
      innerLoop: InnerLoop(steps: 0, evaluationSteps: steps, learningRate: learningRate),
      meaning: meaning)
  }

  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "jointTraining", "one network for all tasks, and gradient steps only when it is judged"
  ) { (settings) throws(SettingsError) in
    let steps = try settings.integer(
      "steps", "Gradient steps on a support set when it is judged.", default: 10, in: 0...1000)
    let rate = try settings.number(
      "learningRate", "The rate of a gradient step.", default: 0.01, .positive)
    let needs = InnerLoop(steps: 0, evaluationSteps: steps, learningRate: rate)
      .needs(canZeroHead: false)
    return LearnerPlan(needs: needs) { parts in
      learner(
        network: parts.network, steps: parts.adaptationSteps ?? steps, learningRate: rate,
        meaning: parts.meaning)
    }
  }
}
