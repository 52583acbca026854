import Tensors

/// One picture of an episode: which, and how it is turned.
struct DrawnPicture: Hashable, Sendable {
  /// Its number in the storage.
  let number: Int
  /// Turns by 90 degrees, counter-clockwise.
  let quarterTurns: Int
  /// The number of its class in the episode.
  var category = 0
}

/// Copies pictures out of a storage as floating-point numbers.
struct PictureGathering: Sendable {
  private let pictures: LabelledPictures
  private let coefficients: [(scale: Float, offset: Float)]
  private let augmentation: PictureAugmentation?
  /// The coefficients of each sample of a row: a row is then one plain loop.
  private let rowScale: [Float]
  private let rowOffset: [Float]
  /// Each byte on the scale 0...1.
  private let levels = (0...255).map { Float($0) / 255 }

  init(
    pictures: LabelledPictures, normalization: PictureNormalization,
    augmentation: PictureAugmentation? = nil
  ) {
    self.pictures = pictures
    self.coefficients = normalization.coefficients(channels: pictures.channels)
    self.augmentation = augmentation
    let row = (0..<pictures.width).flatMap { [coefficients] _ in coefficients }
    rowScale = row.map(\.scale)
    rowOffset = row.map(\.offset)
  }

  /// The drawn pictures, `[count, height, width, channels]`; the key varies each if they are varied,
  /// and the other key their classes.
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
            let varied = augmentation.varied(
              unit(of: picture), height: pictures.height, width: pictures.width,
              channels: pictures.channels, map: map(ofClass: picture.category, classKey),
              numbers: &numbers)
            unsafe normalize(varied, into: target)
          } else {
            unsafe copy(source, turned: picture.quarterTurns, into: target)
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

  /// A walk over a picture in the order in which its turned copy is read, in pixels.
  private func walk(turned turns: Int) -> (start: Int, column: Int, row: Int) {
    let (height, width) = (pictures.height, pictures.width)
    return switch turns {
    case 0: (0, 1, width)
    case 1: (width - 1, width, -1)
    case 2: (height * width - 1, -1, -width)
    default: ((height - 1) * width, -width, 1)
    }
  }

  private func copy(
    _ source: UnsafeBufferPointer<UInt8>, turned turns: Int,
    into target: UnsafeMutableBufferPointer<Float>
  ) {
    guard let from = source.baseAddress, let to = target.baseAddress else { return }
    if turns == 0 { return unsafe copyUpright(from, into: to) }
    let channels = pictures.channels
    let walk = walk(turned: turns)
    for channel in 0..<channels {
      let (scale, offset) = coefficients[channel]
      var row = 0
      while row < pictures.height {
        var position = (walk.start &+ row &* walk.row) &* channels &+ channel
        var index = row &* pictures.width &* channels &+ channel
        let end = index &+ pictures.width &* channels
        while index < end {
          unsafe to[index] = Float(from[position]) * scale + offset
          position &+= walk.column &* channels
          index &+= channels
        }
        row &+= 1
      }
    }
  }

  // Plain loops over pointers: these are also quick where nothing is optimised.

  private func copyUpright(
    _ source: UnsafePointer<UInt8>, into target: UnsafeMutablePointer<Float>
  ) {
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

  /// The samples of a turned picture on the scale 0...1.
  private func unit(of picture: DrawnPicture) -> [Float] {
    let (channels, size) = (pictures.channels, pictures.pictureSize)
    let walk = walk(turned: picture.quarterTurns)
    return unsafe [Float](unsafeUninitializedCapacity: size) { result, count in
      unsafe pictures.samples.withUnsafeBufferPointer { samples in
        unsafe levels.withUnsafeBufferPointer { levels in
          for channel in 0..<channels {
            var next = channel
            for row in 0..<pictures.height {
              let pixel = walk.start &+ row &* walk.row
              var position = picture.number &* size &+ pixel &* channels &+ channel
              for _ in 0..<pictures.width {
                unsafe result[next] = levels[Int(samples[position])]
                position &+= walk.column &* channels
                next &+= channels
              }
            }
          }
        }
      }
      count = size
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
