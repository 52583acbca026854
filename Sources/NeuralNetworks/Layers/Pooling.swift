public import Tensors

/// One number for each window of pictures [n, h, w, c]; rows and columns that do not fill a window
/// are dropped.
public struct Pool: Layer {
  /// What is taken of a window.
  public enum Kind: Hashable, Sendable { case maximum, average }

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
  public func outputShape(for inputShape: Shape) -> Shape {
    guard inputShape.rank == 3 else { stop(inputShape, "takes pictures [h, w, c]") }
    let window = WindowGeometry(
      height: size, width: size, stride: stride, padding: .valid, pictureHeight: inputShape[0],
      pictureWidth: inputShape[1])
    let (rows, columns) = window.outputExtent(height: inputShape[0], width: inputShape[1])
    return [rows, columns, inputShape[2]]
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

/// The mean over all positions of pictures [n, h, w, c]: [n, c].
public struct GlobalAveragePool: Layer {
  /// Makes the mean over positions.
  public init() {}

  /// [h, w, c] becomes [c].
  public func outputShape(for inputShape: Shape) -> Shape {
    guard inputShape.rank == 3 else { stop(inputShape, "takes pictures [h, w, c]") }
    return [inputShape[2]]
  }

  /// The means.
  public func callAsFunction(
    _ inputs: Tensor, _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor { inputs.mean(along: [-3, -2]) }
}
