/// What a user's own folder of pictures holds: enough to choose what tasks to make of it.
public struct PictureSurvey: Sendable {
  /// What the set is called.
  public let name: String
  /// Whether folders divide the classes into splits.
  public let isDivided: Bool
  /// The number of pictures of each class, by split; all of the first where nothing divides them.
  public let counts: [Split: [Int]]
  /// The middle height and width of some pictures.
  public let extent: (height: Int, width: Int)
  /// Whether some pictures have no colours.
  public let isGrey: Bool
  /// Whether some pictures are of dark ink on bright paper.
  public let isDarkInk: Bool

  init(name: String, isDivided: Bool, counts: [Split: [Int]], pictures: [Picture]) {
    self.name = name
    self.isDivided = isDivided
    self.counts = counts
    let (heights, widths) = (
      pictures.map(\.height).sorted(), pictures.map(\.width).sorted()
    )
    extent = heights.isEmpty ? (32, 32) : (heights[heights.count / 2], widths[widths.count / 2])
    isGrey = !pictures.isEmpty && pictures.allSatisfy(\.isGrey)
    isDarkInk = isGrey && pictures.reduce(0) { $0 + $1.meanSample } > 200 * pictures.count
  }

  /// The classes of a split, by the division that their names give where folders do not.
  public func classCount(_ split: Split) -> Int {
    guard !isDivided else { return counts[split, default: []].count }
    let (total, share) = (classCount, ClassDivision.share(of: classCount))
    return split == .train ? max(0, total - 2 * share) : share
  }

  /// All classes.
  public var classCount: Int { counts.values.reduce(0) { $0 + $1.count } }
  /// All pictures.
  public var pictureCount: Int { counts.values.joined().reduce(0, +) }
  /// The fewest pictures of a class.
  public var fewestPictures: Int { counts.values.joined().min() ?? 0 }

  /// How many rotations hold each class out once, where their names divide them.
  public var rotationCount: Int {
    let share = ClassDivision.share(of: classCount)
    return isDivided ? 1 : (classCount + share - 1) / share
  }
}

extension Picture {
  /// Whether red, green and blue are nearly the same everywhere.
  fileprivate var isGrey: Bool {
    channels == 1
      || stride(from: 0, to: samples.count, by: 3).allSatisfy { first in
        let colours = samples[first..<first + 3]
        return Int(colours.max() ?? 0) - Int(colours.min() ?? 0) <= 12
      }
  }

  /// The mean of all samples, 0 to 255.
  fileprivate var meanSample: Int {
    samples.reduce(0) { $0 + Int($1) } / max(1, samples.count)
  }
}
