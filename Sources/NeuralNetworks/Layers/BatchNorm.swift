import Settings
public import Tensors

/// Each channel (the last axis) brought to mean 0 and variance 1 by statistics of examples (Ioffe
/// and Szegedy 2015), times `scale` [c], plus `offset` [c]; the mode says of which examples.
///
/// The variance is the mean squared deviation, divided by n. Statistics are differentiated through,
/// except running ones. Inner steps may have running statistics, scales and offsets of their own
/// (MAML++; Antoniou, Edwards and Storkey 2019, section 4): `context.step` says which hold.
public struct BatchNorm: SingleInputLayer {
  /// By which statistics the layer normalises.
  public let mode: NormalizationMode
  /// What is added to the variance.
  public let epsilon: Double
  /// What part of the running statistics a pass keeps.
  public let momentum: Double
  /// The number of inner steps with running statistics of their own.
  public let steps: Int
  /// Whether each of these steps also has a scale and an offset of its own.
  public let scalesEachStep: Bool

  /// Makes a batch normalization; `momentum` matters to the mode `running` alone, and so does
  /// `steps` unless each step has its scale and offset.
  public init(
    mode: NormalizationMode = .support, epsilon: Double = 1e-5, momentum: Double = 0.9,
    steps: Int = 1, scalesEachStep: Bool = false
  ) {
    guard steps > 0 else { fatalError("Normalization needs at least one step, not \(steps).") }
    self.mode = mode
    self.epsilon = epsilon
    self.momentum = momentum
    self.steps = steps
    self.scalesEachStep = scalesEachStep
  }

  /// The mode.
  public var normalizationModes: Set<NormalizationMode> { [mode] }

  /// Whether it knows the statistics of the examples at hand or of a support set alone.
  public var carriesLeadingAxis: Bool {
    (mode == .examples || mode == .support) && !scalesEachStep
  }

  /// The layer as it is changed to.
  public func changingNormalizations(_ change: (BatchNorm) -> BatchNorm) -> any Layer {
    change(self)
  }

  /// The shape of the inputs.
  public func outputShape(for inputShape: Shape) throws(NetworkError) -> Shape {
    guard inputShape.rank >= 1 else { throw NetworkError("needs an axis of channels") }
    return inputShape
  }

  /// `scale` of ones and `offset` of zeros, [c], or [steps, c] where each step has its own;
  /// `blendSlope` and `blendOffset` (scalars, 0) for TaskNorm; the statistics `mean` and `variance`
  /// [steps, c] for the mode `running`.
  public func parameterDefinitions(for inputShape: Shape) -> ParameterDefinitions {
    let channels: Shape = [inputShape[-1]]
    let channelsByStep = [steps] + channels
    var definitions = ParameterDefinitions.scaleAndOffset(
      scalesEachStep ? channelsByStep : channels)
    switch mode {
    case .examples, .support, .supportAndQuery: break
    case .taskNorm:
      definitions.append(.init(name: "blendSlope", leaf: .init(.scalar, .constant(0))))
      definitions.append(.init(name: "blendOffset", leaf: .init(.scalar, .constant(0))))
    case .running:
      for (name, value) in [("mean", 0.0), ("variance", 1)] {
        let definition = ParameterDefinition(channelsByStep, .constant(value))
        definitions.append(.init(name: name, leaf: definition, role: .statistic))
      }
    }
    return definitions
  }

  /// The normalised inputs [n, ..., c].
  ///
  /// `scale` and `offset` [p, c] with inputs [p, n, ..., c] take statistics for each p.
  public func callAsFunction(
    _ inputs: Tensor, _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    let parameters = scalesEachStep ? ofStep(parameters, context) : parameters
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

  /// The parameters with the scale and the offset [..., c] of the step at hand.
  private func ofStep(_ parameters: Parameters, _ context: NetworkContext) -> Parameters {
    let step = row(of: context)
    return parameters.mapEntries { entry in
      guard ["scale", "offset"].contains(entry.name) else { return entry.leaf }
      let shape = entry.leaf.shape.dimensions
      return entry.leaf.slice(along: -2, from: step, to: step + 1)
        .reshaped(Shape(shape.dropLast(2) + shape.suffix(1)))
    }
  }

  /// Which of the rows of several steps holds: the last also for later steps.
  private func row(of context: NetworkContext) -> Int { min(max(0, context.step), steps - 1) }

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
    let step = row(of: context)
    return parameters[name].slice(along: 0, from: step, to: step + 1).stopGradient()
  }

  /// Reports running statistics of which the row of the step at hand is moved to what was measured.
  private func update(
    _ moments: Moments, _ parameters: Parameters, _ context: inout NetworkContext
  ) {
    let step = row(of: context)
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

extension LayerEntry {
  /// A batch normalization.
  public static let batchNorm = LayerEntry(
    "batchNorm", "Each channel brought to mean 0 and variance 1 by statistics of examples."
  ) { (settings, reader) throws(SettingsError) in
    BatchNorm(
      mode: try reader.needs.mode(in: settings),
      epsilon: try settings.number(
        "epsilon", "What is added to the variance.", default: 1e-5, .positive),
      momentum: try settings.number(
        "momentum", "What part of running statistics a pass keeps.", default: 0.9, .within(0...1)),
      steps: try settings.integer(
        "steps", "Inner steps with statistics of their own.", default: 1, in: 1...1000),
      scalesEachStep: try settings.boolean(
        "scalesEachStep", "Whether these steps also have a scale and an offset of their own.",
        default: false))
  }
}
