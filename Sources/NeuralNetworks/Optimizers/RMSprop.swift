public import Settings
public import Tensors

/// RMSprop (Tieleman and Hinton 2012): steps along the gradient over the root of the mean of its
/// squares.
///
/// v <- decay · v + (1 - decay) g²; parameters <- parameters - rate · g / (√v + ε).
public struct RMSprop: Optimizer, Hashable {
  /// What part of the mean of squares a step keeps.
  public var decay: Double
  /// What is added to the root.
  public var epsilon: Double

  /// Makes RMSprop.
  public init(decay: Double = 0.99, epsilon: Double = 1e-8) {
    self.decay = decay
    self.epsilon = epsilon
  }

  /// `secondMoment.NAME` for each parameter.
  public func stateShapes(for parameters: NamedTree<Shape>) -> NamedTree<Shape> {
    NamedTree(parameters.state(below: "secondMoment"))
  }

  /// Parameters and state after one step.
  public func step(
    _ parameters: Parameters, gradient: Parameters, state: Parameters, learningRate: Tensor
  ) -> (parameters: Parameters, state: Parameters) {
    var changed: [Parameters.Entry] = []
    let moved = gradient.mapEntries { entry in
      let name = "secondMoment.\(entry.name)"
      let second = state[name] * decay + entry.leaf.square() * (1 - decay)
      changed.append(.init(name: name, leaf: second))
      let root = second.squareRootFlatAtZero()
      return parameters[entry.name] - learningRate * (entry.leaf / (root + epsilon))
    }
    return (parameters.replacing(with: moved), state.replacing(with: Parameters(changed)))
  }
}

extension CatalogueEntry<any Optimizer> {
  /// RMSprop.
  public static let rmsprop = CatalogueEntry(
    "rmsprop", "Steps along the gradient over the root of the mean of its squares."
  ) { (settings) throws(SettingsError) in
    RMSprop(
      decay: try settings.number(
        "decay", "What part of the mean of squares a step keeps.", default: 0.99,
        .within(0...0.999999)),
      epsilon: try settings.number(
        "epsilon", "What is added to the root.", default: 1e-8, .positive))
  }
}
