/// What a user's own folder of pictures holds: enough to choose what tasks to make of it.
public struct PictureSurvey: Sendable {
  /// The classes, which folders may divide.
  public let classes: ClassSurvey
  /// The middle length of the shorter sides of some pictures; no more than 128 is known.
  public let side: Int
  /// How many times wider than high the pictures are, in the middle; 1 where some lie and some stand.
  public let proportion: Double
  /// Whether some pictures have no colours.
  public let isGrey: Bool
  /// Whether some pictures are of dark ink on bright paper.
  public let isDarkInk: Bool

  /// What one picture looks like.
  struct Look: Sendable {
    /// Pictures are decoded no smaller than twice this.
    static let extent = PictureExtent(height: 64, width: 64)

    let side: Int
    let proportion: Double
    let isGrey: Bool
    let mean: Int

    /// Looks at a picture in colour.
    init(_ picture: Picture) {
      side = min(picture.height, picture.width)
      proportion = Double(picture.width) / Double(max(1, picture.height))
      isGrey = stride(from: 0, to: picture.samples.count, by: 3).allSatisfy { first in
        let colours = picture.samples[first..<first + 3]
        return Int(colours.max() ?? 0) - Int(colours.min() ?? 0) <= 12
      }
      mean = picture.samples.reduce(0) { $0 + Int($1) } / max(1, picture.samples.count)
    }
  }

  init(classes: ClassSurvey, looks: [Look]) {
    self.classes = classes
    let sides = looks.map(\.side).sorted()
    side = sides.isEmpty ? 32 : sides[sides.count / 2]
    proportion = Self.proportion(of: looks)
    isGrey = !looks.isEmpty && looks.allSatisfy(\.isGrey)
    isDarkInk = isGrey && looks.reduce(0) { $0 + $1.mean } > 200 * looks.count
  }

  private static func proportion(of looks: [Look]) -> Double {
    let proportions = looks.map(\.proportion).sorted()
    guard let least = proportions.first, let most = proportions.last, least > 1 || most < 1 else {
      return 1
    }
    return proportions[proportions.count / 2]
  }
}
