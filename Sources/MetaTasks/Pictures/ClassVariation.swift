import Settings
import Tensors

/// Ways to make another class of a class: all its pictures in a task are changed alike, the classes
/// of a task each in a way of their own.
///
/// Characters that are slanted or stretched are other characters, so a task distribution gets many
/// more classes than there are drawings of.
public struct ClassVariation: Sendable, Hashable {
  /// Mirror half of the classes left to right.
  public var mirroring: Bool
  /// Rotate by up to so many degrees about the centre.
  public var rotation: Float
  /// Scale width and height, each by a number in `1 - stretch...1 + stretch`.
  public var stretch: Float
  /// Slant by up to so many columns a row.
  public var shear: Float

  /// Makes a variation; everything that is not named stays off.
  public init(mirroring: Bool = false, rotation: Float = 0, stretch: Float = 0, shear: Float = 0) {
    self.mirroring = mirroring
    self.rotation = rotation
    self.stretch = stretch
    self.shear = shear
  }

  /// Reads a variation.
  init(_ settings: SettingsSection) throws(SettingsError) {
    mirroring = try settings.boolean(
      "mirroring", "Mirror half of the classes left to right.", default: false)
    rotation = Float(
      try settings.number(
        "rotation", "Rotate a class by up to so many degrees.", default: 0, .within(0...180)))
    stretch = Float(
      try settings.number(
        "stretch", "Scale width and height by up to this part.", default: 0, .within(0...0.99)))
    shear = Float(
      try settings.number(
        "shear", "Slant by up to so many columns a row.", default: 0, .within(0...1)))
  }

  /// Throws where a setting is out of range.
  public func validate() throws(TaskError) {
    guard (0...180).contains(rotation), (0..<1).contains(stretch), (0...1).contains(shear) else {
      throw TaskError(
        "augmentation of classes: rotation must lie in 0...180, stretch in 0..<1 and shear in "
          + "0...1; they are \(rotation), \(stretch) and \(shear).")
    }
  }

  /// The map of a class, whose numbers decide it.
  func map(_ numbers: inout RandomNumbers) -> LinearMap {
    let isMirrored = numbers.unit() < 0.5 && mirroring
    let angle = Double(numbers.uniform(-rotation, rotation)) * Double.pi / 180
    let width = numbers.uniform(1 - stretch, 1 + stretch) * (isMirrored ? -1 : 1)
    let height = numbers.uniform(1 - stretch, 1 + stretch)
    let slant = numbers.uniform(-shear, shear)
    return LinearMap(turningBy: angle, size: 1)
      .after(LinearMap(xx: 1 / width, xy: slant / width, yx: 0, yy: 1 / height))
  }
}

/// A map of the plane that keeps the centre, from where a varied picture has a point to where the
/// picture that it is made of has it.
package struct LinearMap: Sendable, Hashable {
  package let xx: Float
  package let xy: Float
  package let yx: Float
  package let yy: Float

  static let identity = LinearMap(xx: 1, xy: 0, yx: 0, yy: 1)

  package init(xx: Float, xy: Float, yx: Float, yy: Float) {
    (self.xx, self.xy, self.yx, self.yy) = (xx, xy, yx, yy)
  }

  /// Turns by an angle and makes larger by a factor.
  init(turningBy angle: Double, size: Float) {
    let cosine = Float(sine(angle + Double.pi / 2)) / size
    let sine = Float(MetaTasks.sine(angle)) / size
    self.init(xx: cosine, xy: -sine, yx: sine, yy: cosine)
  }

  /// This map of what another one gives.
  func after(_ other: LinearMap) -> LinearMap {
    LinearMap(
      xx: xx * other.xx + xy * other.yx, xy: xx * other.xy + xy * other.yy,
      yx: yx * other.xx + yy * other.yx, yy: yx * other.xy + yy * other.yy)
  }
}
