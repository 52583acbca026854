public import NeuralNetworks

/// The optimizer of a recipe with its options.
public enum OptimizerRecipe: Hashable, Sendable {
  case adam(Adam)
  case adamw(AdamW)
  case sgd(SGD)
  case rmsprop(RMSprop)

  /// The optimizers by the name that a recipe gives them.
  public enum Kind: String, Hashable, Sendable, CaseIterable { case adam, adamw, sgd, rmsprop }

  /// The optimizer.
  public var optimizer: any Optimizer {
    switch self {
    case .adam(let adam): adam
    case .adamw(let adamw): adamw
    case .sgd(let sgd): sgd
    case .rmsprop(let rmsprop): rmsprop
    }
  }

  init(
    _ section: RecipeSection, default kind: Kind, beta1: Double = 0.9
  ) throws(RecipeError) {
    switch try section.choice("kind", default: kind) {
    case .adam: self = .adam(try Self.adam(section, beta1))
    case .adamw:
      let adam = try Self.adam(section, beta1)
      self = .adamw(
        AdamW(
          beta1: adam.beta1, beta2: adam.beta2, epsilon: adam.epsilon,
          weightDecay: try section.number("weightDecay", default: 0.01, .notNegative)))
    case .sgd:
      self = .sgd(
        SGD(
          momentum: try section.number("momentum", default: 0, .within(0...0.9999)),
          nesterov: try section.boolean("nesterov", default: false),
          weightDecay: try section.number("weightDecay", default: 0, .notNegative)))
    case .rmsprop:
      self = .rmsprop(
        RMSprop(
          decay: try section.number("decay", default: 0.99, .within(0...0.999999)),
          epsilon: try section.number("epsilon", default: 1e-8, .positive)))
    }
  }

  private static func adam(_ section: RecipeSection, _ beta1: Double) throws(RecipeError) -> Adam {
    Adam(
      beta1: try section.number("beta1", default: beta1, .within(0...0.999999)),
      beta2: try section.number("beta2", default: 0.999, .within(0...0.999999)),
      epsilon: try section.number("epsilon", default: 1e-8, .positive))
  }
}
