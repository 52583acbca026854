public import Tensors

/// The cross-correlation of pictures [n, h, w, in] with `weight` [kernel, kernel, in, filters], plus
/// `bias` [filters].
public struct Conv2D: Layer {
  /// The channels of results.
  public let filters: Int
  /// Rows and columns of the window.
  public let kernel: Int
  /// Rows and columns from one window to the next.
  public let stride: Int
  /// What lies beyond the border.
  public let padding: WindowGeometry.Padding
  /// Whether there is a bias, which begins at 0.
  public let hasBias: Bool
  /// How the weight is drawn.
  public let initializer: Initializer

  /// Makes a convolution.
  public init(
    filters: Int, kernel: Int = 3, stride: Int = 1, padding: WindowGeometry.Padding = .same,
    bias: Bool = true, initializer: Initializer = .glorotUniform
  ) {
    self.filters = filters
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    hasBias = bias
    self.initializer = initializer
  }

  /// [h, w, in] becomes [rows of windows, columns of windows, filters].
  public func outputShape(for inputShape: Shape) -> Shape {
    guard inputShape.rank == 3 else { stop(inputShape, "takes pictures [h, w, c]") }
    let window = WindowGeometry(
      height: kernel, width: kernel, stride: stride, padding: padding,
      pictureHeight: inputShape[0], pictureWidth: inputShape[1])
    let (rows, columns) = window.outputExtent(height: inputShape[0], width: inputShape[1])
    return [rows, columns, filters]
  }

  /// `weight` [kernel, kernel, in, filters], and `bias` [filters] where there is one.
  public func initialParameters(for inputShape: Shape, key: RandomKey) -> ParameterValues {
    initializer.weightAndBias(
      [kernel, kernel, inputShape[-1], filters], hasBias: hasBias, key: key)
  }

  /// The convolved pictures.
  public func callAsFunction(
    _ inputs: Tensor, _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    let convolved = inputs.convolved(with: parameters["weight"], stride: stride, padding: padding)
    return hasBias ? convolved + parameters["bias"] : convolved
  }
}
