import Settings
public import Tensors

/// One number for each window of pictures [n, h, w, c]; rows and columns that do not fill a window
/// are dropped.
public struct Pool: SingleInputLayer {
  /// What is taken of a window.
  public enum Kind: String, Hashable, Sendable, CaseIterable { case maximum, average }

  /// What is taken of a window.
  public let kind: Kind
  /// Rows and columns of the window.
  public let size: Int
  /// Rows and columns from one window to the next.
  public let stride: Int

  /// Makes a pooling whose stride is its size unless given.
  public init(_ kind: Kind, size: Int = 2, stride: Int? = nil) {
    self.kind = kind
    self.size = size
    self.stride = stride ?? size
  }

  /// [h, w, c] becomes [rows of windows, columns of windows, c].
  public func outputShape(for inputShape: Shape) throws(NetworkError) -> Shape {
    try inputShape.windowed(size, stride: stride, padding: .valid)
  }

  /// The largest elements, or the means.
  public func callAsFunction(
    _ inputs: Tensor, _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    switch kind {
    case .maximum: inputs.maximumPooled(size: size, stride: stride)
    case .average: inputs.averagePooled(size: size, stride: stride)
    }
  }
}

extension LayerEntry {
  /// A pooling of pictures.
  public static let pool = LayerEntry(
    "pool", "One number for each window of pictures [h, w, c]."
  ) { (settings, _) throws(SettingsError) in
    let size = try settings.integer("size", "Side of the window.", default: 2, in: 1...16)
    return Pool(
      try settings.choice("take", "What is taken of a window.", default: Pool.Kind.maximum),
      size: size,
      stride: try settings.integer(
        "stride", "Pixels from one window to the next.", default: size, in: 1...64))
  }
}
