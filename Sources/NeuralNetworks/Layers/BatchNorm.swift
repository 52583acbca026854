public import Tensors

/// Each channel (the last axis) brought to mean 0 and variance 1 by statistics of examples (Ioffe
/// and Szegedy 2015), times `scale` [c], plus `offset` [c]; the mode says of which examples.
///
/// The variance is the mean squared deviation, divided by n. Statistics are differentiated through,
/// except running ones.
public struct BatchNorm: Layer {
  /// By which statistics the layer normalises.
  public let mode: NormalizationMode
  /// What is added to the variance.
  public let epsilon: Double
  /// What part of the running statistics a pass keeps.
  public let momentum: Double
  /// The number of inner steps with running statistics of their own.
  public let steps: Int

  /// Makes a batch normalization; `momentum` and `steps` matter to the mode `running` alone.
  public init(
    mode: NormalizationMode = .support, epsilon: Double = 1e-5, momentum: Double = 0.9,
    steps: Int = 1
  ) {
    guard steps > 0 else { fatalError("Running statistics need at least one step, not \(steps).") }
    self.mode = mode
    self.epsilon = epsilon
    self.momentum = momentum
    self.steps = steps
  }

  /// The shape of the inputs.
  public func outputShape(for inputShape: Shape) -> Shape {
    guard inputShape.rank >= 1 else { stop(inputShape, "needs an axis of channels") }
    return inputShape
  }

  /// `scale` of ones and `offset` of zeros; `blendSlope` and `blendOffset` (scalars, 0) for
  /// TaskNorm; the statistics `mean` and `variance` [steps, c] for the mode `running`.
  public func initialParameters(for inputShape: Shape, key: RandomKey) -> ParameterValues {
    let channels = inputShape[-1]
    var parameters = ParameterValues([
      "scale": TensorValue(repeating: 1, shape: [channels]),
      "offset": TensorValue(repeating: 0, shape: [channels]),
    ])
    switch mode {
    case .examples, .support, .supportAndQuery: break
    case .taskNorm:
      parameters.append(.init(name: "blendSlope", leaf: TensorValue(0)))
      parameters.append(.init(name: "blendOffset", leaf: TensorValue(0)))
    case .running:
      for (name, value) in [("mean", Float(0)), ("variance", 1)] {
        let leaf = TensorValue(repeating: value, shape: [steps, channels])
        parameters.append(.init(name: name, leaf: leaf, role: .statistic))
      }
    }
    return parameters
  }

  /// The normalised inputs [n, ..., c].
  ///
  /// `scale` and `offset` [p, c] with inputs [p, n, ..., c] take statistics for each p.
  public func callAsFunction(
    _ inputs: Tensor, _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    if mode == .taskNorm { return taskNormalised(inputs, parameters, &context) }
    let shape = parameters["scale"].shape
    let leading = shape.dimensions.dropLast()
    // The rows of one matrix: few operations, each easily fused.
    let rows = inputs.reshaped(leading + [-1, inputs.shape[-1]])
    let moments: Moments
    if mode == .support, let given = Moments(givenIn: context, forRank: rows.shape.rank) {
      moments = given
    } else if mode == .running, context.usesRunningStatistics {
      moments = Moments(
        mean: running("mean", parameters, context),
        variance: running("variance", parameters, context))
    } else {
      moments = Moments(
        of: rows, examples: inputs.shape[leading.count], weights: context.exampleWeights)
      moments.report(to: &context, shape: shape)
      if mode == .running { update(moments, parameters, &context) }
    }
    return normalised(rows, by: moments, parameters).reshaped(inputs.shape)
  }

  private func normalised(
    _ rows: Tensor, by moments: Moments, _ parameters: Parameters
  ) -> Tensor {
    let rank = rows.shape.rank
    let scale = parameters["scale"].aligned(toRank: rank)
    let factor = scale * (moments.variance + epsilon).reciprocalSquareRoot()
    return moments.centered(rows) * factor + parameters["offset"].aligned(toRank: rank)
  }
}

// MARK: Running statistics

extension BatchNorm {
  /// The running statistic [1, c] of the step at hand.
  private func running(
    _ name: String, _ parameters: Parameters, _ context: NetworkContext
  ) -> Tensor {
    let step = min(max(0, context.step), steps - 1)
    return parameters[name].slice(along: 0, from: step, to: step + 1).stopGradient()
  }

  /// Reports running statistics of which the row of the step at hand is moved to what was measured.
  private func update(
    _ moments: Moments, _ parameters: Parameters, _ context: inout NetworkContext
  ) {
    let step = min(max(0, context.step), steps - 1)
    let rowPadding = [AxisPadding(before: step, after: steps - 1 - step), AxisPadding()]
    for (name, measured) in [("mean", moments.mean), ("variance", moments.variance)] {
      let change = measured.stopGradient() - running(name, parameters, context)
      let value = parameters[name].stopGradient() + (change * (1 - momentum)).padded(rowPadding)
      context.update(name, to: value)
    }
  }
}

// MARK: TaskNorm

extension BatchNorm {
  /// TaskNorm-I on pictures; on examples without positions, whose channels have no moments of their
  /// own, the moments of a whole example (TaskNorm-L).
  private func taskNormalised(
    _ inputs: Tensor, _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    let hasPositions = inputs.shape.rank > 2
    let rows = inputs.reshaped([inputs.shape[0], -1, inputs.shape[-1]])
    let own = Moments(of: rows, along: hasPositions ? 1 : 2)
    let support: Moments
    let count: Tensor
    if let given = Moments(givenIn: context, forRank: 3), let givenCount = context.given("count") {
      (support, count) = (given, givenCount)
    } else {
      let weights = context.exampleWeights
      support =
        hasPositions
        ? Moments(joining: own, weights: weights)
        : Moments(of: inputs, examples: inputs.shape[0], weights: weights)
      count = weights?.sum() ?? Tensor.fill(Double(inputs.shape[0]))
      support.report(to: &context, shape: parameters["scale"].shape)
      context.report("count", count)
    }
    let blend = (parameters["blendSlope"] * count + parameters["blendOffset"]).sigmoid()
    let blended = Moments(blending: support, own, blend)
    return normalised(rows, by: blended, parameters).reshaped(inputs.shape)
  }
}
