public import Tensors

/// A part of a network: a pure function of one or several values and of parameters, which knows its
/// shapes before there are any numbers.
///
/// Most layers read one value: see ``SingleInputLayer``.
public protocol Layer: Sendable {
  /// The shape of one example's result, float32, for values whose examples are described; throws
  /// where the layer does not take them.
  func outputShape(for inputs: [InputDescription]) throws(NetworkError) -> Shape

  /// The parameters by names relative to the layer; throws where the layer does not take such
  /// values.
  func parameterDefinitions(
    for inputs: [InputDescription]
  ) throws(NetworkError) -> ParameterDefinitions

  /// By which statistics the normalization layers in it normalise, at all depths.
  var normalizationModes: Set<NormalizationMode> { get }

  /// Whether parameters and values may have an axis of several networks in front, [p, ...] and
  /// [p, n, ...], so that each has its own result.
  var carriesLeadingAxis: Bool { get }

  /// The layer with other normalization layers in it, each changed by itself.
  func changingNormalizations(_ change: (BatchNorm) -> BatchNorm) -> any Layer

  /// Applies the layer to values [n, ...] with the parameters that it defines.
  ///
  /// Anything else that a layer needs to know or reports goes through the context.
  func callAsFunction(
    _ inputs: [Tensor], _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor
}

extension Layer {
  /// No parameters.
  public func parameterDefinitions(for inputs: [InputDescription]) -> ParameterDefinitions {
    ParameterDefinitions()
  }

  /// No modes: those of a layer that does not normalise by examples.
  public var normalizationModes: Set<NormalizationMode> { [] }

  /// No: the rank of values says where their axes are.
  public var carriesLeadingAxis: Bool { false }

  /// The layer itself: that which does not normalise by examples.
  public func changingNormalizations(_ change: (BatchNorm) -> BatchNorm) -> any Layer { self }

  /// Parameters to begin with, a function of shapes and key alone.
  public func initialParameters(
    for inputs: [InputDescription], key: RandomKey
  ) throws(NetworkError) -> ParameterValues {
    try parameterDefinitions(for: inputs).initialValues(key)
  }
}

/// A layer that reads one value, float32.
public protocol SingleInputLayer: Layer {
  /// The shape of one example's result (without the axis of examples) for the shape of one example;
  /// throws where the layer does not take that shape.
  func outputShape(for inputShape: Shape) throws(NetworkError) -> Shape

  /// The parameters by names relative to the layer, for a shape of which `outputShape(for:)` does
  /// not throw.
  func parameterDefinitions(for inputShape: Shape) -> ParameterDefinitions

  /// Applies the layer to inputs [n, ...] with the parameters that it defines.
  ///
  /// Anything else that a layer needs to know or reports goes through the context.
  func callAsFunction(
    _ inputs: Tensor, _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor
}

extension SingleInputLayer {
  /// The shape of the inputs: that of a layer that changes numbers only.
  public func outputShape(for inputShape: Shape) -> Shape { inputShape }

  /// No parameters.
  public func parameterDefinitions(for inputShape: Shape) -> ParameterDefinitions {
    ParameterDefinitions()
  }

  /// Parameters to begin with, a function of shape and key alone.
  public func initialParameters(for inputShape: Shape, key: RandomKey) -> ParameterValues {
    parameterDefinitions(for: inputShape).initialValues(key)
  }

  /// The shape for the one value that the layer reads; throws where there are others.
  public func outputShape(for inputs: [InputDescription]) throws(NetworkError) -> Shape {
    guard inputs.count == 1, inputs[0].elementType == .float32 else {
      throw NetworkError("takes one float32 value, not \(inputs.inWords)")
    }
    return try outputShape(for: inputs[0].shape)
  }

  /// The parameters for the one value that the layer reads; throws where it does not take it.
  public func parameterDefinitions(
    for inputs: [InputDescription]
  ) throws(NetworkError) -> ParameterDefinitions {
    _ = try outputShape(for: inputs)
    return parameterDefinitions(for: inputs[0].shape)
  }

  /// Applies the layer to the one value that it reads.
  public func callAsFunction(
    _ inputs: [Tensor], _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor { self(inputs[0], parameters, &context) }
}

extension [InputDescription] {
  /// The values with their types and shapes, as errors list them.
  var inWords: String {
    isEmpty
      ? "none"
      : map { "'\($0.name)' (\($0.elementType) \($0.shape))" }.joined(separator: " and ")
  }
}

extension Tensor {
  /// A parameter [..., c] with axes put in before the last, so that it repeats over inputs of a
  /// rank.
  ///
  /// Leading axes (such as one of particles) stay aligned with those of the inputs.
  func aligned(toRank rank: Int) -> Tensor {
    guard shape.rank > 1, shape.rank < rank else { return self }
    let ones = [Int](repeating: 1, count: rank - shape.rank)
    return reshaped(Shape(shape.dimensions.dropLast() + ones + [shape[-1]]))
  }
}
