public import MetaTasks
public import Tensors

/// A control: multinomial logistic regression on raw inputs, by gradient descent from zero.
///
/// Nothing is learned across tasks.
public struct LogisticRegression: MetaLearner {
  /// Gradient steps on a support set.
  public let steps: Int

  /// Makes the control.
  public init(steps: Int = 50) { self.steps = steps }

  /// No parameters.
  public func initialParameters(_ key: RandomKey) -> ParameterValues { ParameterValues() }

  /// The weights `[numbers, classes]` and the middle `[numbers]` of the support set.
  ///
  /// Inputs are taken from their middle and steps follow their size, so that no rate has to be
  /// chosen.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    let rows = support.inputs.only.reshaped([support.targets.shape[0], -1])
    let middle = prototypes(rows, of: support).mean(along: [0])
    let centred = rows - middle
    let sizes = centred.square().sum(along: [1])
    let counted = support.weights.map { sizes * Tensor.fill(0).isLess(than: $0) } ?? sizes
    let size = counted.maximum(along: [0])
    let rate = (size + 1e-6).reciprocal() * 2
    let start = Parameters(["weights": support.zeros([rows.shape[1], support.classCount])])
    let end = repeated(steps, from: start) { weights, _ in
      let logits = matrixProduct(centred, weights["weights"])
      let slope = gradient(of: loss(of: logits, on: support), withRespectTo: weights)
      return weights - rate * slope.stopGradient()
    }
    return Parameters(["weights": end["weights"], "middle": middle])
  }

  /// The logits.
  public func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction {
    let input = inputs.only
    let rows = input.reshaped([input.shape[0], -1]) - adapted["middle"]
    return Prediction(matrixProduct(rows, adapted["weights"]), .logits)
  }
}

extension LogisticRegression {
  /// The control as evaluations name it.
  public static let entry = ControlEntry("logisticRegression", "logistic regression, raw") {
    parts in
    parts.signature.isOfRawNumbers ? LogisticRegression() : nil
  }
}
