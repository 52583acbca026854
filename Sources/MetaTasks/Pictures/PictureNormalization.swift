public import Tensors

/// How the bytes of pictures become numbers: `byte * scale + offset`, by channel.
public struct PictureNormalization: Sendable, Hashable {
  /// The factor of each channel; a single one serves all.
  public let scale: [Float]
  /// The summand of each channel; a single one serves all.
  public let offset: [Float]

  /// Makes a normalization of factors and summands.
  init(scale: [Float], offset: [Float]) {
    self.scale = scale
    self.offset = offset
  }

  /// From 0...255 to 0...1.
  public static let unit = PictureNormalization(scale: [1 / 255], offset: [0])

  /// To mean 0 and deviation 1 by channel, given both on the scale 0...1.
  public static func standardized(mean: [Float], deviation: [Float]) -> PictureNormalization {
    guard mean.count == deviation.count, deviation.allSatisfy({ $0 > 0 }) else {
      fatalError("Means \(mean) and deviations \(deviation) do not make a normalization.")
    }
    return PictureNormalization(
      scale: deviation.map { 1 / (255 * $0) }, offset: zip(mean, deviation).map { -$0 / $1 })
  }

  /// To mean 0 and deviation 1 of these pictures, by channel.
  public static func standardizing(_ pictures: LabelledPictures) -> PictureNormalization {
    let channels = pictures.channels
    var sums = [Int](repeating: 0, count: channels)
    var squares = [Int](repeating: 0, count: channels)
    for category in pictures.categories {
      for number in category.pictures {
        var channel = 0
        for sample in pictures.picture(number) {
          sums[channel] += Int(sample)
          squares[channel] += Int(sample) * Int(sample)
          channel = channel + 1 == channels ? 0 : channel + 1
        }
      }
    }
    let count = Double(max(1, pictures.pictureCount * pictures.height * pictures.width))
    let means = sums.map { Double($0) / count / 255 }
    let deviations = zip(squares, means).map { square, mean in
      max(Double(square) / count / 65025 - mean * mean, 1e-6).squareRoot()
    }
    return standardized(mean: means.map(Float.init), deviation: deviations.map(Float.init))
  }

  /// Factor and summand of each of so many channels.
  func coefficients(channels: Int) -> [(scale: Float, offset: Float)] {
    (0..<channels).map { (scale[$0 % scale.count], offset[$0 % offset.count]) }
  }

  /// The pictures of the given numbers as float32 `[count, height, width, channels]`.
  public func values(of pictures: LabelledPictures, numbers: [Int]) -> TensorValue {
    let drawn = numbers.map { DrawnPicture(number: $0, quarterRotations: 0) }
    return PictureGathering(pictures: pictures, normalization: self).values(of: drawn)
  }
}
