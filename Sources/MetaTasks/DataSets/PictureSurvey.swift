/// What a user's own folder of pictures holds: enough to choose what tasks to make of it.
public struct PictureSurvey: Sendable {
  /// What the set is called.
  public let name: String
  /// Whether folders divide the classes into splits.
  public let isDivided: Bool
  /// The classes of each split; all of the first where nothing divides them.
  public let counts: [Split: [ClassCount]]
  /// The middle length of the shorter sides of some pictures; no more than 128 is known.
  public let side: Int
  /// How many times wider than high the pictures are, in the middle; 1 where some lie and some stand.
  public let proportion: Double
  /// Whether some pictures have no colours.
  public let isGrey: Bool
  /// Whether some pictures are of dark ink on bright paper.
  public let isDarkInk: Bool

  /// A class and how many pictures it has.
  public struct ClassCount: Hashable, Sendable {
    /// Its name.
    public let name: String
    /// Its pictures.
    public let pictures: Int
  }

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

  init(name: String, isDivided: Bool, counts: [Split: [ClassCount]], looks: [Look]) {
    self.name = name
    self.isDivided = isDivided
    self.counts = counts
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

  /// The classes of a split, by the division that their names give where folders do not; without
  /// validation its classes are for training too.
  public func classCount(_ split: Split, hasValidation: Bool = true) -> Int {
    guard !isDivided else { return counts[split, default: []].count }
    let share = ClassDivision.share(of: classCount)
    return switch split {
    case .test: share
    case .validation: hasValidation ? share : 0
    case .train: max(0, classCount - (hasValidation ? 2 : 1) * share)
    }
  }

  /// All classes.
  public var classCount: Int { counts.values.reduce(0) { $0 + $1.count } }
  /// All pictures.
  public var pictureCount: Int { counts.values.joined().reduce(0) { $0 + $1.pictures } }
  /// The class with the fewest pictures, the first by its name; nil where there is no class.
  public var smallestClass: ClassCount? {
    counts.values.joined().min { ($0.pictures, $0.name) < ($1.pictures, $1.name) }
  }

  /// How many rotations hold each class out at least once, where their names divide them.
  public var rotationCount: Int {
    let share = ClassDivision.share(of: classCount)
    return isDivided ? 1 : (classCount + share - 1) / share
  }
}
