public import Settings
public import Tensors

/// Adam (Kingma and Ba 2015): steps along the mean of gradients over the root of the mean of their
/// squares, both corrected for beginning at 0.
///
/// m <- β₁ m + (1 - β₁) g; v <- β₂ v + (1 - β₂) g²; parameters <- parameters
/// - rate · (m / (1 - β₁ᵗ)) / (√(v / (1 - β₂ᵗ)) + ε).
public struct Adam: Optimizer, Hashable {
  /// What part of the mean of gradients a step keeps.
  public var beta1: Double
  /// What part of the mean of squares a step keeps.
  public var beta2: Double
  /// What is added to the root.
  public var epsilon: Double

  /// Makes Adam.
  public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  /// `firstMoment.NAME` and `secondMoment.NAME` for each parameter, and the scalars `firstWeight`
  /// and `secondWeight`, which are 1 - β₁ᵗ and 1 - β₂ᵗ after t steps; of a moment with β 0, which
  /// is the last gradient, nothing is kept.
  public func stateShapes(for parameters: NamedTree<Shape>) -> NamedTree<Shape> {
    let kept = [("first", beta1), ("second", beta2)].filter { $0.1 != 0 }.map(\.0)
    var shapes = kept.flatMap { parameters.state(below: "\($0)Moment") }
    for name in kept {
      shapes.append(.init(name: "\(name)Weight", leaf: .scalar, role: .statistic))
    }
    return NamedTree(shapes)
  }

  /// Parameters and state after one step.
  public func step(
    _ parameters: Parameters, gradient: Parameters, state: Parameters, learningRate: Tensor
  ) -> (parameters: Parameters, state: Parameters) {
    step(
      parameters, gradient: gradient, state: state, learningRate: learningRate, weightDecay: 0)
  }

  /// A step that also shrinks parameters by a part, `learningRate` times `weightDecay`.
  func step(
    _ parameters: Parameters, gradient: Parameters, state: Parameters, learningRate: Tensor,
    weightDecay: Double
  ) -> (parameters: Parameters, state: Parameters) {
    // The weights are followed as the moments are: 1 - β^t computed from t would lose four digits.
    var changed = Parameters()
    func followed(_ name: String, _ new: Tensor, _ kept: Double) -> Tensor {
      guard kept != 0 else { return new }
      let mean = state[name] * kept + new * (1 - kept)
      changed.append(.init(name: name, leaf: mean))
      return mean
    }
    let firstWeight = followed("firstWeight", Tensor.fill(1), beta1)
    let secondWeight = followed("secondWeight", Tensor.fill(1), beta2)
    let moved = gradient.mapEntries { entry in
      let (parameter, slope) = (parameters[entry.name], entry.leaf)
      let first = followed("firstMoment.\(entry.name)", slope, beta1)
      let second = followed("secondMoment.\(entry.name)", slope.square(), beta2)
      let root = (second / secondWeight).squareRootFlatAtZero()
      let moved = parameter - (learningRate / firstWeight) * (first / (root + epsilon))
      return weightDecay == 0 ? moved : moved - (learningRate * weightDecay) * parameter
    }
    return (parameters.replacing(with: moved), state.replacing(with: changed))
  }
}

extension Adam {
  /// Reads the settings of Adam; `beta1` is the default of its first moment.
  init(_ settings: SettingsSection, beta1: Double) throws(SettingsError) {
    self.init(
      beta1: try settings.number(
        "beta1", "What part of the mean of gradients a step keeps.", default: beta1,
        .within(0...0.999999)),
      beta2: try settings.number(
        "beta2", "What part of the mean of squares a step keeps.", default: 0.999,
        .within(0...0.999999)),
      epsilon: try settings.number(
        "epsilon", "What is added to the root of the mean of squares.", default: 1e-8, .positive))
  }
}

extension CatalogueEntry<any Optimizer> {
  /// Adam, whose first moment has a default.
  public static func adam(beta1: Double = 0.9) -> CatalogueEntry {
    CatalogueEntry("adam", "Steps along the mean of gradients over the root of their squares.") {
      (settings) throws(SettingsError) in try Adam(settings, beta1: beta1)
    }
  }
}
