public import NeuralNetworks
public import Settings

/// Body-only update in the inner loop (Oh, Yoo, Kim and Yun 2021, arXiv 2008.08882, section 3):
/// MAML whose inner loop moves everything but the head.
///
/// θ_body ← θ_body - α ∂L_support/∂θ_body in each step, through a head that is meta-learned and
/// stays. Where ANIL reuses features, this learner changes them. A step costs what one of MAML
/// does.
public enum BOIL {
  /// Makes the learner: MAML with a layer that stays.
  public static func learner(
    network: Network, innerLoop: InnerLoop, headName: String = "head",
    trainsTransductively: Bool = false, meaning: Prediction.Meaning = .logits
  ) -> MAML {
    MAML(
      network: network, innerLoop: innerLoop, trainsTransductively: trainsTransductively,
      meaning: meaning, fixedLayer: headName)
  }

  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "boil", "MAML whose inner loop moves all but the head (Oh et al. 2021)"
  ) { (settings) throws(SettingsError) in
    let isFirstOrder = try settings.boolean(
      "firstOrder", "Whether inner gradients are constants to the meta-gradient.", default: false)
    let loop = try InnerLoop(settings, isFirstOrder: isFirstOrder, canZeroHead: false)
    return try MAML.plan(
      settings, loop, needs: loop.needs(canZeroHead: false), fixedLayer: "head")
  }
}
