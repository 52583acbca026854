public import Tensors

/// The affine map x W + b of the last axis, with `weight` [in, out] and `bias` [out].
///
/// Parameters may have leading axes, [p, in, out] and [p, out]: results then have them too.
public struct Dense: Layer {
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

  /// The shape with `units` as its last extent.
  public func outputShape(for inputShape: Shape) -> Shape {
    guard inputShape.rank >= 1 else { stop(inputShape, "needs an axis of features") }
    return inputShape.replacing(axis: -1, with: units)
  }

  /// `weight` [in, out], and `bias` [out] where there is one.
  public func initialParameters(for inputShape: Shape, key: RandomKey) -> ParameterValues {
    initializer.weightAndBias([inputShape[-1], units], hasBias: hasBias, key: key)
  }

  /// The products with the weight, plus the bias.
  public func callAsFunction(
    _ inputs: Tensor, _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    let weight = parameters["weight"]
    let products: Tensor
    if weight.shape.rank == 2 {
      // All axes but the last are rows of one product.
      let rowCount = inputs.shape.dimensions.dropLast().reduce(1, *)
      products = matrixProduct(inputs.reshaped([rowCount, inputs.shape[-1]]), weight)
        .reshaped(inputs.shape.replacing(axis: -1, with: weight.shape[-1]))
    } else {
      products = matrixProduct(inputs, weight)
    }
    guard hasBias else { return products }
    return products + parameters["bias"].aligned(toRank: products.shape.rank)
  }
}
