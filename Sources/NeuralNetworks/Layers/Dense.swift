import Settings
public import Tensors

/// The affine map x W + b of the last axis, with `weight` [in, out] and `bias` [out].
///
/// Parameters may have leading axes, [p, in, out] and [p, out]: results then have them too.
public struct Dense: SingleInputLayer {
  /// The extent of the last axis of results.
  public let units: Int
  /// Whether there is a bias, which begins at 0.
  public let hasBias: Bool
  /// How the weight is drawn.
  public let initializer: Initializer

  /// Makes a dense layer.
  public init(units: Int, bias: Bool = true, initializer: Initializer = .glorotUniform) {
    self.units = units
    hasBias = bias
    self.initializer = initializer
  }

  /// Yes.
  public var carriesLeadingAxis: Bool { true }

  /// The shape with `units` as its last extent.
  public func outputShape(for inputShape: Shape) throws(NetworkError) -> Shape {
    guard inputShape.rank >= 1 else { throw NetworkError("needs an axis of features") }
    return inputShape.replacing(axis: -1, with: units)
  }

  /// `weight` [in, out], and `bias` [out] where there is one.
  public func parameterDefinitions(for inputShape: Shape) -> ParameterDefinitions {
    .weightAndBias([inputShape[-1], units], hasBias: hasBias, initializer)
  }

  /// The products with the weight, plus the bias.
  public func callAsFunction(
    _ inputs: Tensor, _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    inputs.mapped(by: parameters["weight"], hasBias ? parameters["bias"] : nil)
  }
}

extension Tensor {
  /// x W + b of the last axis, with weights [..., in, out] and, where there is one, a bias [...,
  /// out].
  func mapped(by weight: Tensor, _ bias: Tensor?) -> Tensor {
    let products: Tensor
    if weight.shape.rank == 2 {
      // All axes but the last are rows of one product.
      let rowCount = shape.dimensions.dropLast().reduce(1, *)
      products = matrixProduct(reshaped([rowCount, shape[-1]]), weight)
        .reshaped(shape.replacing(axis: -1, with: weight.shape[-1]))
    } else {
      products = matrixProduct(self, weight)
    }
    guard let bias else { return products }
    return products + bias.aligned(toRank: products.shape.rank)
  }
}

extension LayerEntry {
  /// A dense layer.
  public static let dense = LayerEntry(
    "dense", "A weighted sum of the last axis for each unit."
  ) { (settings, _) throws(SettingsError) in
    Dense(
      units: try settings.integer("units", "Extent of the results.", in: 1...65_536),
      bias: try settings.boolean("bias", "Whether a bias is added.", default: true))
  }
}
