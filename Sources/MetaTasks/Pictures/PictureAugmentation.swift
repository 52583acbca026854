import Settings
import Tensors

/// Ways to vary pictures as tasks are made, each picture of each task in a way of its own.
///
/// What lies beyond the border of a picture is 0: black, or paper.
public struct PictureAugmentation: Sendable, Hashable {
  /// Crop at random after padding each side by so many pixels: shifts by whole pixels.
  public var cropPadding: Int
  /// Mirror half of the pictures left to right.
  public var mirroring: Bool
  /// Brightness, contrast and saturation are multiplied by numbers in `1 - jitter...1 + jitter`.
  public var colourJitter: Float
  /// Shift by up to so many pixels, fractions included.
  public var shift: Float
  /// Rotate by up to so many degrees about the centre.
  public var rotation: Float
  /// Scale by numbers in `1 - scaling...1 + scaling`.
  public var scaling: Float
  /// Makes other classes of the classes; nil: they stay as they are.
  public var classes: ClassVariation?

  /// Makes a variation; everything that is not named stays off.
  public init(
    cropPadding: Int = 0, mirroring: Bool = false, colourJitter: Float = 0, shift: Float = 0,
    rotation: Float = 0, scaling: Float = 0, classes: ClassVariation? = nil
  ) {
    self.cropPadding = cropPadding
    self.mirroring = mirroring
    self.colourJitter = colourJitter
    self.shift = shift
    self.rotation = rotation
    self.scaling = scaling
    self.classes = classes
  }

  /// Reads a variation.
  init(_ settings: SettingsSection) throws(SettingsError) {
    cropPadding = try settings.integer(
      "cropPadding", "Crop at random after padding by so many pixels.", default: 0, in: 0...64)
    mirroring = try settings.boolean(
      "mirroring", "Mirror half of the pictures left to right.", default: false)
    colourJitter = Float(
      try settings.number(
        "colourJitter", "Change brightness, contrast and saturation by up to this part.",
        default: 0, .within(0...0.99)))
    shift = Float(
      try settings.number("shift", "Shift by up to so many pixels.", default: 0, .within(0...64)))
    rotation = Float(
      try settings.number(
        "rotation", "Rotate by up to so many degrees.", default: 0, .within(0...180)))
    scaling = Float(
      try settings.number("scaling", "Scale by up to this part.", default: 0, .within(0...0.99)))
    let variation = try ClassVariation(
      try settings.section("classes", "How classes are changed to other classes."))
    classes = variation == ClassVariation() ? nil : variation
  }

  /// Crops, mirror images and colour jitter of 0.4, as is usual for photographs of 32 pixels.
  public static let photographs = PictureAugmentation(
    cropPadding: 4, mirroring: true, colourJitter: 0.4)

  /// Small shifts, rotations and changes of size, as hands vary drawings.
  public static let drawings = PictureAugmentation(shift: 2, rotation: 10, scaling: 0.1)

  /// Throws where a setting is out of range.
  public func validate() throws(TaskError) {
    guard (0...64).contains(cropPadding), (0..<1).contains(colourJitter), (0...64).contains(shift),
      (0...180).contains(rotation), (0..<1).contains(scaling)
    else {
      throw TaskError(
        "augmentation: cropPadding and shift must lie in 0...64, rotation in 0...180, "
          + "colourJitter and scaling in 0..<1; they are \(cropPadding), \(shift), \(rotation), "
          + "\(colourJitter) and \(scaling).")
    }
    try classes?.validate()
  }

  /// A varied copy of one picture on the scale 0...1; the map is that of its class.
  func varied(
    _ picture: [Float], height: Int, width: Int, channels: Int, map: LinearMap?,
    numbers: inout RandomNumbers
  ) -> [Float] {
    var picture = picture
    if shift > 0 || rotation > 0 || scaling > 0 || map != nil {
      picture = moved(
        picture, height: height, width: width, channels: channels, map ?? .identity, &numbers)
    }
    if cropPadding > 0 || mirroring {
      picture = cropped(picture, height: height, width: width, channels: channels, &numbers)
    }
    if colourJitter > 0 { jitter(&picture, channels: channels, &numbers) }
    return picture
  }

  /// Shifted, rotated and scaled about the centre, with bilinear interpolation.
  private func moved(
    _ picture: [Float], height: Int, width: Int, channels: Int, _ classMap: LinearMap,
    _ numbers: inout RandomNumbers
  ) -> [Float] {
    let right = numbers.uniform(-shift, shift)
    let down = numbers.uniform(-shift, shift)
    let angle = Double(numbers.uniform(-rotation, rotation)) * Double.pi / 180
    let size = numbers.uniform(1 - scaling, 1 + scaling)
    return BorderedPicture(picture, height: height, width: width, channels: channels).samples(
      through: classMap.after(LinearMap(turningBy: angle, size: size)), right: right, down: down)
  }

  /// Shifted by whole pixels and perhaps mirrored.
  private func cropped(
    _ picture: [Float], height: Int, width: Int, channels: Int, _ numbers: inout RandomNumbers
  ) -> [Float] {
    let right = numbers.integer(below: 2 * cropPadding + 1) - cropPadding
    let down = numbers.integer(below: 2 * cropPadding + 1) - cropPadding
    let mirrored = numbers.unit() < 0.5 && mirroring
    var result = [Float](repeating: 0, count: picture.count)
    for row in max(0, -down)..<max(max(0, -down), min(height, height - down)) {
      for column in max(0, -right)..<max(max(0, -right), min(width, width - right)) {
        let target = mirrored ? width - 1 - column : column
        for channel in 0..<channels {
          result[(row * width + target) * channels + channel] =
            picture[((row + down) * width + column + right) * channels + channel]
        }
      }
    }
    return result
  }

  /// Brightness, then contrast about the mean of all samples, then saturation; each cut to 0...1.
  private func jitter(_ picture: inout [Float], channels: Int, _ numbers: inout RandomNumbers) {
    let brightness = numbers.uniform(1 - colourJitter, 1 + colourJitter)
    let contrast = numbers.uniform(1 - colourJitter, 1 + colourJitter)
    let saturation = numbers.uniform(1 - colourJitter, 1 + colourJitter)
    var total: Float = 0
    for index in picture.indices {
      picture[index] = min(picture[index] * brightness, 1)
      total += picture[index]
    }
    let mean = total / Float(picture.count)
    for index in picture.indices {
      picture[index] = min(max(mean + (picture[index] - mean) * contrast, 0), 1)
    }
    guard channels == 3 else { return }
    for first in stride(from: 0, to: picture.count, by: 3) {
      let grey =
        0.299 * picture[first] + 0.587 * picture[first + 1] + 0.114 * picture[first + 2]
      for index in first..<first + 3 {
        picture[index] = min(max(grey + (picture[index] - grey) * saturation, 0), 1)
      }
    }
  }
}
