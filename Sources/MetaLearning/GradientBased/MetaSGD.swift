public import NeuralNetworks
public import Settings

/// Meta-SGD (Li, Zhou, Chen and Li 2017, arXiv 1707.09835, Algorithm 1): MAML that learns for each
/// number of the network how far, and in which direction, an inner step moves it.
///
/// θ' = θ - α ∘ ∂L_support/∂θ, where α has the shape of θ and is learned with it. The paper begins
/// α at random between 0.005 and 0.1; here all of it begins at `learningRate`, so that the first
/// steps are those of MAML. It has twice the parameters of MAML, and a step costs the same.
public enum MetaSGD {
  /// Makes the learner: MAML whose inner loop has a learned rate for each number.
  public static func learner(
    network: Network, innerLoop: InnerLoop, trainsTransductively: Bool = false,
    meaning: Prediction.Meaning = .logits
  ) -> MAML {
    var loop = innerLoop
    loop.learnedRates = .perNumber
    return MAML(
      network: network, innerLoop: loop, trainsTransductively: trainsTransductively,
      meaning: meaning)
  }

  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "metaSGD", "MAML with a learned rate for each number of the network (Li et al. 2017)"
  ) { (settings) throws(SettingsError) in
    let loop = try InnerLoop(
      settings, isFirstOrder: false, canZeroHead: false, learnedRates: .perNumber)
    return try MAML.plan(settings, loop, needs: loop.needs(canZeroHead: false))
  }
}
