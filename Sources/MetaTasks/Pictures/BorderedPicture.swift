import CTensorKernels

/// A picture with a border of 0 about it, so that no point between its pixels is a special case.
package struct BorderedPicture {
  /// The channels one after the other, each with one row and column before the picture and two
  /// after.
  private let planes: [Float]
  private let height: Int
  private let width: Int
  private let channels: Int

  /// Puts a border about a picture of interleaved channels.
  package init(_ picture: [Float], height: Int, width: Int, channels: Int) {
    guard picture.count == height * width * channels else {
      fatalError("\(picture.count) numbers are no picture of \(height)x\(width)x\(channels).")
    }
    var planes = [Float](repeating: 0, count: channels * (height + 3) * (width + 3))
    unsafe planes.withUnsafeMutableBufferPointer { planes in
      unsafe picture.withUnsafeBufferPointer { picture in
        for channel in 0..<channels {
          for row in 0..<height {
            let first = (channel * (height + 3) + row + 1) * (width + 3) + 1
            let source = row * width * channels + channel
            for column in 0..<width {
              unsafe planes[first &+ column] = picture[source &+ column &* channels]
            }
          }
        }
      }
    }
    self.planes = planes
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// The picture of which each pixel lies where a map about the centre and a shift, in pixels, send
  /// it, by bilinear interpolation.
  package func samples(through map: LinearMap, right: Float, down: Float) -> [Float] {
    let planeSize = (height + 3) * (width + 3)
    let map = [map.xx, map.xy, map.yx, map.yy]
    let count = height * width * channels
    return unsafe [Float](unsafeUninitializedCapacity: count) { samples, filled in
      unsafe planes.withUnsafeBufferPointer { planes in
        guard let planes = planes.baseAddress, let samples = samples.baseAddress else { return }
        for channel in 0..<channels {
          unsafe ml_sample_plane(
            planes + channel * planeSize, Int64(height), Int64(width), map, right, down,
            samples + channel, Int64(channels))
        }
      }
      filled = count
    }
  }
}
