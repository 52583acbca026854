/// How a window moves over a picture: its extent, steps and the zeros around the picture.
public struct WindowGeometry: Hashable, Sendable {
  /// What lies beyond the border of a picture.
  public enum Padding: Hashable, Sendable {
    /// Windows lie inside the picture.
    case valid
    /// Zeros, half before and the rest after, so that the output has ceil(extent / stride) rows.
    case same
    /// The given number of zeros on each side.
    case explicit(Int)
  }

  /// Rows of the window.
  public let height: Int
  /// Columns of the window.
  public let width: Int
  /// Rows from one window to the next.
  public let verticalStride: Int
  /// Columns from one window to the next.
  public let horizontalStride: Int
  /// Zero rows above and below, zero columns left and right.
  public let top, bottom, left, right: Int

  /// Makes the geometry for pictures of a size.
  public init(
    height: Int, width: Int, stride: Int, padding: Padding, pictureHeight: Int, pictureWidth: Int
  ) {
    guard height > 0, width > 0, stride > 0 else {
      fatalError("A window needs positive extents and stride, not \(height)x\(width), \(stride).")
    }
    self.height = height
    self.width = width
    verticalStride = stride
    horizontalStride = stride
    (top, bottom) = WindowGeometry.zeros(padding, of: pictureHeight, window: height, stride: stride)
    (left, right) = WindowGeometry.zeros(padding, of: pictureWidth, window: width, stride: stride)
  }

  private static func zeros(
    _ padding: Padding, of extent: Int, window: Int, stride: Int
  ) -> (Int, Int) {
    switch padding {
    case .valid: return (0, 0)
    case .explicit(let count):
      guard count >= 0 else { fatalError("A picture cannot have \(count) zeros on each side.") }
      return (count, count)
    case .same:
      let total = max(0, ((extent + stride - 1) / stride - 1) * stride + window - extent)
      return (total / 2, total - total / 2)
    }
  }

  /// The rows and columns of windows over a picture; stops when not one fits.
  public func outputExtent(height pictureHeight: Int, width pictureWidth: Int) -> (Int, Int) {
    let rows = pictureHeight + top + bottom - height
    let columns = pictureWidth + left + right - width
    guard rows >= 0, columns >= 0 else {
      fatalError(
        "A window of \(height)x\(width) does not fit a picture of \(pictureHeight)x\(pictureWidth)."
      )
    }
    return (rows / verticalStride + 1, columns / horizontalStride + 1)
  }
}
