import Settings
public import Tensors

/// The cross-correlation of pictures [n, h, w, in] with `weight` [kernel, kernel, in, filters],
/// plus `bias` [filters].
public struct Conv2D: SingleInputLayer {
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
  public func outputShape(for inputShape: Shape) throws(NetworkError) -> Shape {
    try inputShape.windowed(kernel, stride: stride, padding: padding)
      .replacing(axis: -1, with: filters)
  }

  /// `weight` [kernel, kernel, in, filters], and `bias` [filters] where there is one.
  public func parameterDefinitions(for inputShape: Shape) -> ParameterDefinitions {
    .weightAndBias([kernel, kernel, inputShape[-1], filters], hasBias: hasBias, initializer)
  }

  /// The convolved pictures.
  public func callAsFunction(
    _ inputs: Tensor, _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    let convolved = inputs.convolved(with: parameters["weight"], stride: stride, padding: padding)
    return hasBias ? convolved + parameters["bias"] : convolved
  }
}

extension LayerEntry {
  /// A convolution of pictures.
  public static let convolution = LayerEntry(
    "convolution", "A convolution of pictures [h, w, c]."
  ) { (settings, _) throws(SettingsError) in
    let isPadded = try settings.boolean(
      "padded", "Whether zeros around the picture keep its size.", default: true)
    return Conv2D(
      filters: try settings.integer("filters", "Channels of the results.", in: 1...4096),
      kernel: try settings.integer("kernel", "Side of the window.", default: 3, in: 1...64),
      stride: try settings.integer(
        "stride", "Pixels from one window to the next.", default: 1, in: 1...64),
      padding: isPadded ? .same : .valid,
      bias: try settings.boolean("bias", "Whether a bias is added.", default: true))
  }
}
