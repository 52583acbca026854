import Tensors

extension Shape {
  /// Throws where this is not the shape of pictures [h, w, c].
  func expectPicture() throws(NetworkError) {
    guard rank == 3 else { throw NetworkError("takes pictures [h, w, c], not \(self)") }
  }

  /// The shape [rows of windows, columns of windows, c] that square windows over pictures [h, w, c]
  /// make; throws where not one window fits.
  func windowed(
    _ size: Int, stride: Int, padding: WindowGeometry.Padding
  ) throws(NetworkError) -> Shape {
    try expectPicture()
    let (height, width) = (self[0], self[1])
    let window = WindowGeometry(
      height: size, width: size, stride: stride, padding: padding, pictureHeight: height,
      pictureWidth: width)
    guard height + window.top + window.bottom >= size, width + window.left + window.right >= size
    else {
      throw NetworkError("has windows of \(size)x\(size), and pictures \(self) are smaller")
    }
    let (rows, columns) = window.outputExtent(height: height, width: width)
    return [rows, columns, self[2]]
  }
}
