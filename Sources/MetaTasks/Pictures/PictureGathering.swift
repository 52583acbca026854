import Tensors

/// One picture of an episode: which, and how it is rotated.
struct DrawnPicture: Hashable, Sendable {
  /// Its number in the storage.
  let number: Int
  /// Turns by 90 degrees, counter-clockwise.
  let quarterRotations: Int
  /// The number of its class in the episode.
  var category = 0
}

/// Copies pictures out of a storage as floating-point numbers.
struct PictureGathering: Sendable {
  private let pictures: LabelledPictures
  private let augmentation: PictureAugmentation?
  /// The coefficients of each sample of a row: a row is then one plain loop.
  private let rowScale: [Float]
  private let rowOffset: [Float]
  /// What each byte stands for in each channel, 256 numbers a channel: normalised, and on the scale
  /// 0...1.
  private let normalizedLevels: [Float]
  private let unitLevels: [Float]

  init(
    pictures: LabelledPictures, normalization: PictureNormalization,
    augmentation: PictureAugmentation? = nil
  ) {
    self.pictures = pictures
    self.augmentation = augmentation
    let coefficients = normalization.coefficients(channels: pictures.channels)
    normalizedLevels = coefficients.flatMap { channel in
      (0...255).map { Float($0) * channel.scale + channel.offset }
    }
    unitLevels = coefficients.flatMap { _ in (0...255).map { Float($0) / 255 } }
    let row = (0..<pictures.width).flatMap { _ in coefficients }
    rowScale = row.map(\.scale)
    rowOffset = row.map(\.offset)
  }

  /// The drawn pictures, `[count, height, width, channels]`; the key varies each if they are
  /// varied, and the other key their classes.
  func values(
    of drawn: [DrawnPicture], key: RandomKey? = nil, classKey: RandomKey? = nil
  ) -> TensorValue {
    let size = pictures.pictureSize
    let floats = unsafe [Float](unsafeUninitializedCapacity: drawn.count * size) { buffer, count in
      unsafe pictures.samples.withUnsafeBufferPointer { samples in
        for (example, picture) in drawn.enumerated() {
          let target = unsafe UnsafeMutableBufferPointer(
            rebasing: buffer[example * size..<(example + 1) * size])
          let source = unsafe UnsafeBufferPointer(
            rebasing: samples[picture.number * size..<(picture.number + 1) * size])
          if let augmentation, let key {
            var numbers = RandomNumbers(key, stream: UInt32(truncatingIfNeeded: example))
            let unit = unsafe [Float](unsafeUninitializedCapacity: size) { unit, count in
              unsafe copy(
                source, rotated: picture.quarterRotations, standingFor: unitLevels, into: unit)
              count = size
            }
            let varied = augmentation.varied(
              unit, height: pictures.height, width: pictures.width,
              channels: pictures.channels, map: map(ofClass: picture.category, classKey),
              numbers: &numbers)
            unsafe normalize(varied, into: target)
          } else if picture.quarterRotations == 0 {
            unsafe copyUpright(source, into: target)
          } else {
            unsafe copy(
              source, rotated: picture.quarterRotations, standingFor: normalizedLevels, into: target
            )
          }
        }
      }
      count = drawn.count * size
    }
    let shape: Shape = [drawn.count, pictures.height, pictures.width, pictures.channels]
    return TensorValue(floats, shape: shape)
  }

  /// How the pictures of a class are changed alike; nil where they are not.
  private func map(ofClass category: Int, _ key: RandomKey?) -> LinearMap? {
    guard let variation = augmentation?.classes, let key else { return nil }
    var numbers = RandomNumbers(key, stream: UInt32(truncatingIfNeeded: category))
    return variation.map(&numbers)
  }

  /// A walk over a picture in the order in which its rotated copy is read, in pixels.
  private func walk(rotated rotations: Int) -> (start: Int, column: Int, row: Int) {
    let (height, width) = (pictures.height, pictures.width)
    return switch rotations {
    case 0: (0, 1, width)
    case 1: (width - 1, width, -1)
    case 2: (height * width - 1, -1, -width)
    default: ((height - 1) * width, -width, 1)
    }
  }

  // Plain loops over pointers: these are also quick where nothing is optimised.

  private func copy(
    _ source: UnsafeBufferPointer<UInt8>, rotated rotations: Int, standingFor levels: [Float],
    into target: UnsafeMutableBufferPointer<Float>
  ) {
    unsafe levels.withUnsafeBufferPointer { levels in
      guard let from = source.baseAddress, let to = target.baseAddress,
        let levels = levels.baseAddress
      else { return }
      let channels = pictures.channels
      let walk = walk(rotated: rotations)
      for channel in 0..<channels {
        let ofChannel = unsafe levels + 256 &* channel
        var row = 0
        while row < pictures.height {
          var position = (walk.start &+ row &* walk.row) &* channels &+ channel
          var index = row &* pictures.width &* channels &+ channel
          let end = index &+ pictures.width &* channels
          while index < end {
            unsafe to[index] = ofChannel[Int(from[position])]
            position &+= walk.column &* channels
            index &+= channels
          }
          row &+= 1
        }
      }
    }
  }

  private func copyUpright(
    _ source: UnsafeBufferPointer<UInt8>, into target: UnsafeMutableBufferPointer<Float>
  ) {
    guard let source = source.baseAddress, let target = target.baseAddress else { return }
    unsafe rowScale.withUnsafeBufferPointer { scale in
      unsafe rowOffset.withUnsafeBufferPointer { offset in
        guard let scale = scale.baseAddress, let offset = offset.baseAddress else { return }
        let size = rowScale.count
        var row = 0
        while row < pictures.height {
          let from = unsafe source + row &* size
          let to = unsafe target + row &* size
          var index = 0
          while index < size {
            unsafe to[index] = Float(from[index]) * scale[index] + offset[index]
            index &+= 1
          }
          row &+= 1
        }
      }
    }
  }

  private func normalize(_ unit: [Float], into target: UnsafeMutableBufferPointer<Float>) {
    unsafe unit.withUnsafeBufferPointer { unit in
      unsafe rowScale.withUnsafeBufferPointer { scale in
        unsafe rowOffset.withUnsafeBufferPointer { offset in
          for row in Swift.stride(from: 0, to: unit.count, by: scale.count) {
            for column in 0..<scale.count {
              unsafe target[row &+ column] =
                unit[row &+ column] * 255 * scale[column] + offset[column]
            }
          }
        }
      }
    }
  }
}
