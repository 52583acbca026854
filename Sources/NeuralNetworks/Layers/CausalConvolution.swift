import Settings
public import Tensors

/// A gated convolution over time that sees no later position: [n, time, features] becomes [n, time,
/// filters].
///
/// Mishra, Rohaninejad, Chen and Abbeel, A simple neural attentive meta-learner, 2018, arXiv
/// 1707.03141, section 3; the gate is that of van den Oord and others, WaveNet, 2016, arXiv
/// 1609.03499. Result t is tanh(f) · sigmoid(g), each a map of x_(t - dilation) and x_t with a bias,
/// where x before the first position is 0.
public struct CausalConvolution: SingleInputLayer {
  /// The extent of the results.
  public let filters: Int
  /// How many positions earlier the other position stands that a result sees.
  public let dilation: Int
  /// How the weights are drawn.
  public let initializer: Initializer

  /// Makes a convolution over time.
  public init(filters: Int, dilation: Int = 1, initializer: Initializer = .glorotUniform) {
    self.filters = filters
    self.dilation = dilation
    self.initializer = initializer
  }

  /// [time, features] becomes [time, filters].
  public func outputShape(for inputShape: Shape) throws(NetworkError) -> Shape {
    guard inputShape.rank == 2, inputShape[0] >= 1 else {
      throw NetworkError("takes sequences [time, features], not \(inputShape)")
    }
    return [inputShape[0], filters]
  }

  /// `filter.weight` and `gate.weight` [2, features, filters], the earlier position first, each
  /// with its `bias`.
  public func parameterDefinitions(for inputShape: Shape) -> ParameterDefinitions {
    var definitions = ParameterDefinitions()
    for name in ["filter", "gate"] {
      definitions.append(
        .weightAndBias([2, inputShape[-1], filters], hasBias: true, initializer), below: name)
    }
    return definitions
  }

  /// The gated results of all positions.
  public func callAsFunction(
    _ inputs: Tensor, _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    let time = inputs.shape[1]
    guard dilation < time else {
      return gated { name in now(inputs, name, parameters) }
    }
    let earlier = inputs.slice(along: 1, from: 0, to: time - dilation)
      .padded([AxisPadding(), AxisPadding(before: dilation), AxisPadding()])
    let pairs = Tensor.concatenating([earlier, inputs], along: -1)
    return gated { name in
      let weight = parameters["\(name).weight"]
      return pairs.mapped(
        by: weight.reshaped([2 * weight.shape[1], filters]), parameters["\(name).bias"])
    }
  }

  private func gated(_ value: (_ name: String) -> Tensor) -> Tensor {
    value("filter").tanh() * value("gate").sigmoid()
  }

  /// What the present position adds, and the bias.
  private func now(_ inputs: Tensor, _ name: String, _ parameters: Parameters) -> Tensor {
    inputs.mapped(by: tap(1, name, parameters), parameters["\(name).bias"])
  }

  /// The weight [features, filters] of the earlier position, 0, or of the present one, 1.
  private func tap(_ index: Int, _ name: String, _ parameters: Parameters) -> Tensor {
    let weight = parameters["\(name).weight"]
    return weight.slice(along: 0, from: index, to: index + 1).reshaped([weight.shape[1], filters])
  }
}

extension CausalConvolution: CausalLayer {
  /// The gated results [n, filters] at the position after a sequence [time, features].
  public func next(_ inputs: Tensor, after past: Tensor, _ parameters: Parameters) -> Tensor {
    let position = past.shape[0] - dilation
    guard position >= 0 else { return gated { name in now(inputs, name, parameters) } }
    let earlier = past.slice(along: 0, from: position, to: position + 1)
    return gated { name in
      now(inputs, name, parameters) + matrixProduct(earlier, tap(0, name, parameters))
    }
  }
}

extension LayerEntry {
  /// A gated convolution over time.
  public static let causalConvolution = LayerEntry(
    "causalConvolution", "A gated convolution over a sequence that sees no later position."
  ) { (settings, _) throws(SettingsError) in
    CausalConvolution(
      filters: try settings.integer("filters", "Extent of the results.", in: 1...65_536),
      dilation: try settings.integer(
        "dilation", "How many positions earlier the other one stands that is seen.", default: 1,
        in: 1...65_536))
  }
}
