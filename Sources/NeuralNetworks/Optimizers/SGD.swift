public import Settings
public import Tensors

/// Stochastic gradient descent, with momentum (Polyak 1964) and Nesterov's form of it where asked
/// for.
///
/// velocity <- momentum · velocity + gradient; parameters <- parameters - rate · velocity, or
/// - rate · (gradient + momentum · velocity) in Nesterov's form.
public struct SGD: Optimizer, Hashable {
  /// What part of the velocity a step keeps; there is no state where it is 0.
  public var momentum: Double
  /// Whether the gradient is, in effect, taken where the velocity leads.
  public var usesNesterov: Bool
  /// What part of the parameters is added to their gradient.
  public var weightDecay: Double

  /// Makes gradient descent.
  public init(momentum: Double = 0, nesterov: Bool = false, weightDecay: Double = 0) {
    self.momentum = momentum
    usesNesterov = nesterov
    self.weightDecay = weightDecay
  }

  /// `velocity.NAME` for each parameter where there is momentum, else nothing.
  public func stateShapes(for parameters: NamedTree<Shape>) -> NamedTree<Shape> {
    NamedTree(momentum == 0 ? [] : parameters.state(below: "velocity"))
  }

  /// Parameters and velocities after one step.
  public func step(
    _ parameters: Parameters, gradient: Parameters, state: Parameters, learningRate: Tensor
  ) -> (parameters: Parameters, state: Parameters) {
    var velocities: [Parameters.Entry] = []
    let moved = gradient.mapEntries { entry in
      let parameter = parameters[entry.name]
      let slope = weightDecay == 0 ? entry.leaf : entry.leaf + parameter * weightDecay
      guard momentum != 0 else { return parameter - learningRate * slope }
      let name = "velocity.\(entry.name)"
      let velocity = state[name] * momentum + slope
      velocities.append(.init(name: name, leaf: velocity))
      let direction = usesNesterov ? slope + velocity * momentum : velocity
      return parameter - learningRate * direction
    }
    return (parameters.replacing(with: moved), state.replacing(with: Parameters(velocities)))
  }
}

extension CatalogueEntry<any Optimizer> {
  /// Stochastic gradient descent.
  public static let sgd = CatalogueEntry("sgd", "Steps along the gradient, or with momentum.") {
    (settings) throws(SettingsError) in
    SGD(
      momentum: try settings.number(
        "momentum", "What part of the velocity a step keeps.", default: 0, .within(0...0.9999)),
      nesterov: try settings.boolean(
        "nesterov", "Whether the gradient is taken where the velocity leads.", default: false),
      weightDecay: try settings.number(
        "weightDecay", "What part of the parameters is added to their gradient.", default: 0,
        .notNegative))
  }
}
