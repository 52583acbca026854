/// One decoded picture: a byte a sample, rows from the top, channels interleaved.
public struct Picture: Sendable, Hashable {
  /// The number of rows.
  public let height: Int
  /// The number of columns.
  public let width: Int
  /// 1 for grey, 3 for red, green and blue.
  public let channels: Int
  /// The samples, `height * width * channels` of them.
  public let samples: [UInt8]

  /// The most pixels that a picture may claim to have before it is decoded.
  static let pixelLimit = 64_000_000

  /// Makes a picture; stops where the samples do not fill it.
  public init(height: Int, width: Int, channels: Int, samples: [UInt8]) {
    guard height > 0, width > 0, samples.count == height * width * channels else {
      fatalError("\(samples.count) samples do not fill \(height)x\(width)x\(channels).")
    }
    self.height = height
    self.width = width
    self.channels = channels
    self.samples = samples
  }

  /// The grey of red, green and blue, by the weights of ITU-R BT.601, as JPEG itself has them.
  static func grey(_ colours: [Int]) -> UInt8 {
    UInt8((299 * colours[0] + 587 * colours[1] + 114 * colours[2] + 500) / 1000)
  }

  /// The problem with claimed extents, or nil.
  ///
  /// `leastBytes` is the least that so large a picture takes in its file, which has `available`.
  static func problem(
    width: Int, height: Int, leastBytes: @autoclosure () -> Int, available: Int
  ) -> String? {
    guard width > 0, height > 0 else { return "it claims \(width)x\(height) pixels." }
    guard width <= pixelLimit, height <= pixelLimit, width * height <= pixelLimit else {
      return "it claims \(width)x\(height) pixels, and at most \(pixelLimit) are read; "
        + "make it smaller."
    }
    guard leastBytes() <= available else {
      return "cut short or damaged: \(width)x\(height) pixels do not fit in its \(available) bytes."
    }
    return nil
  }
}
