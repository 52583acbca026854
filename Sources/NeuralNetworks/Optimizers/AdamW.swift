public import Settings
public import Tensors

/// Adam with weight decay apart from the gradient (Loshchilov and Hutter 2019): parameters also
/// shrink by rate · weightDecay of themselves.
public struct AdamW: Optimizer, Hashable {
  /// The rule without decay.
  public var adam: Adam
  /// The part of the parameters, times the learning rate, that a step takes away.
  public var weightDecay: Double

  /// Makes Adam with weight decay.
  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0.01
  ) {
    adam = Adam(beta1: beta1, beta2: beta2, epsilon: epsilon)
    self.weightDecay = weightDecay
  }

  /// The state of Adam.
  public func stateShapes(for parameters: NamedTree<Shape>) -> NamedTree<Shape> {
    adam.stateShapes(for: parameters)
  }

  /// Parameters and state after one step.
  public func step(
    _ parameters: Parameters, gradient: Parameters, state: Parameters, learningRate: Tensor
  ) -> (parameters: Parameters, state: Parameters) {
    adam.step(
      parameters, gradient: gradient, state: state, learningRate: learningRate,
      weightDecay: weightDecay)
  }
}

extension CatalogueEntry<any Optimizer> {
  /// Adam with weight decay, whose first moment has a default.
  public static func adamw(beta1: Double = 0.9) -> CatalogueEntry {
    CatalogueEntry("adamw", "Adam with weight decay apart from the gradient.") {
      (settings) throws(SettingsError) in
      let adam = try Adam(settings, beta1: beta1)
      return AdamW(
        beta1: adam.beta1, beta2: adam.beta2, epsilon: adam.epsilon,
        weightDecay: try settings.number(
          "weightDecay", "What part of the parameters a step of rate 1 takes off.", default: 0.01,
          .notNegative))
    }
  }
}
