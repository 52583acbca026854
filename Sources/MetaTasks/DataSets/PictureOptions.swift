import Settings

/// What to make of a data set of pictures.
public struct PictureOptions: Sendable, Hashable {
  /// What random divisions and built-in sets are drawn from.
  public var seed: UInt64
  /// Whether rotations by 90 degrees are new classes in training, where the set is of that kind.
  public var rotations: Bool
  /// How pictures are varied in training; nil for not at all.
  public var augmentation: PictureAugmentation?
  /// The rows that pictures are scaled to; nil for the set's own default.
  public var size: Int?
  /// The columns that pictures are scaled to; nil for as many as rows.
  public var width: Int?
  /// 1 for grey or 3 for colour; nil for the set's own default.
  public var channels: Int?
  /// Whether pictures are of dark ink on bright paper, which becomes 1 on 0.
  public var darkInk: Bool
  /// Which part of the classes is held out, where their names divide them.
  public var rotation: Int
  /// Whether some classes are held out to choose by, where their names divide them.
  public var hasValidation: Bool

  /// Makes options; what is not named is as the set has it.
  public init(
    seed: UInt64 = 0, rotations: Bool = true, augmentation: PictureAugmentation? = nil,
    size: Int? = nil, width: Int? = nil, channels: Int? = nil, darkInk: Bool = false,
    rotation: Int = 0,
    hasValidation: Bool = true
  ) {
    self.seed = seed
    self.rotations = rotations
    self.augmentation = augmentation
    self.size = size
    self.width = width
    self.channels = channels
    self.darkInk = darkInk
    self.rotation = rotation
    self.hasValidation = hasValidation
  }

  /// Throws where a number is out of range.
  public func validate() throws(TaskError) {
    try augmentation?.validate()
    for side in [size, width].compactMap(\.self) where !(4...1024).contains(side) {
      throw TaskError("data: pictures of \(side) pixels; size and width must lie in 4...1024.")
    }
    if let channels, channels != 1 && channels != 3 {
      throw TaskError("data: \(channels) channels; give 1 for grey or 3 for colour.")
    }
  }
}

extension PictureOptions {
  /// Reads what all sets of pictures have: the seed.
  init(seedIn settings: SettingsSection) throws(SettingsError) {
    self.init()
    seed = UInt64(try settings.seed())
  }

  /// Reads size, channels and ink of a user's own pictures.
  mutating func readOwnPictures(_ settings: SettingsSection) throws(SettingsError) {
    size = try settings.optionalInteger(
      "size", "Rows that pictures are scaled to; null: the set's own.", in: 16...1024)
    width = try settings.optionalInteger(
      "width", "Columns that pictures are scaled to; null: as many as rows.", in: 16...1024)
    channels = try settings.optionalInteger(
      "channels", "1 for grey, 3 for colour; null: the set's own.", in: 1...3)
    darkInk = try settings.boolean(
      "darkInk", "Whether pictures show dark ink on bright paper, to become 1 on 0.",
      default: false)
    rotation = try settings.rotation()
    hasValidation = try settings.hasValidation()
  }

  /// Reads how training pictures are varied.
  mutating func readAugmentation(_ settings: SettingsSection) throws(SettingsError) {
    let read = try PictureAugmentation(
      try settings.section("augmentation", "How training pictures are varied."))
    augmentation = read == PictureAugmentation() ? nil : read
  }
}

extension SettingsSection {
  /// The key `seed` of a data set.
  func seed() throws(SettingsError) -> Int {
    try integer(
      "seed", "What built-in sets and random divisions are drawn from.", default: 0, in: 0...Int.max
    )
  }

  /// The key `rotation` of a user's own data.
  func rotation() throws(SettingsError) -> Int {
    try integer(
      "rotation", "Which part of the classes is held out, where their names divide them.",
      default: 0, in: 0...10_000)
  }

  /// The key `validation` of a user's own data.
  func hasValidation() throws(SettingsError) -> Bool {
    try boolean(
      "validation",
      "Whether some classes are held out to choose by, where their names divide them.",
      default: true)
  }
}
