extension Tensor {
  /// The cross-correlation of pictures [n, h, w, in] with weights [h, w, in, out].
  public func convolved(
    with weights: Tensor, stride: Int = 1, padding: WindowGeometry.Padding = .same
  ) -> Tensor {
    guard shape.rank == 4, weights.shape.rank == 4 else {
      fatalError("A convolution takes [n, h, w, c] and [h, w, in, out]: \(self), \(weights).")
    }
    let window = WindowGeometry(
      height: weights.shape[0], width: weights.shape[1], stride: stride, padding: padding,
      pictureHeight: shape[1], pictureWidth: shape[2])
    return Tensor(.convolution(window), [self, weights])
  }

  /// The largest element of each window of pictures [n, h, w, c]; rows and columns that do not
  /// fill a window are dropped.
  public func maximumPooled(size: Int = 2, stride: Int? = nil) -> Tensor {
    let window = poolingWindow(size: size, stride: stride)
    return Tensor(.windowGather(window), [self, Tensor(.windowIndex(window), [self])])
  }

  /// The mean of each window of pictures [n, h, w, c]; rows and columns that do not fill a window
  /// are dropped.
  public func averagePooled(size: Int = 2, stride: Int? = nil) -> Tensor {
    let window = poolingWindow(size: size, stride: stride)
    return Tensor(.windowSum(window), [self]) / Double(size * size)
  }

  private func poolingWindow(size: Int, stride: Int?) -> WindowGeometry {
    guard shape.rank == 4 else { fatalError("Pooling takes [n, h, w, c]: \(self).") }
    return WindowGeometry(
      height: size, width: size, stride: stride ?? size, padding: .valid, pictureHeight: shape[1],
      pictureWidth: shape[2])
  }
}
