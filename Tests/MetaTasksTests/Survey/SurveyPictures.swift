import MetaTasks
import Tensors

/// Pictures at random, with what a survey must find put among them.
struct SurveyPictures {
  static let extent = 16

  /// The samples of each picture of each class.
  var classes: [[[UInt8]]]

  /// Classes of pictures of blocks, each picture unlike all others.
  init(classes: Int, each: Int, seed: UInt64) {
    self.classes = (0..<classes).map { category in
      (0..<each).map { number in
        SurveyPictures.picture(RandomKey(seed: seed).folded(category).folded(number))
      }
    }
  }

  /// A picture of 4 x 4 blocks of grey.
  static func picture(_ key: RandomKey) -> [UInt8] {
    let blocks = key.uniform(count: 16).map { UInt8($0 * 200) }
    return (0..<extent * extent).map { blocks[$0 / extent / 4 * 4 + $0 % extent / 4] }
  }

  func tasks(_ name: String) -> PictureTasks {
    var categories: [LabelledPictures.Category] = []
    var first = 0
    for (number, pictures) in classes.enumerated() {
      categories.append(.init(name: "\(name)\(number)", pictures: first..<first + pictures.count))
      first += pictures.count
    }
    return PictureTasks(
      name: name,
      pictures: LabelledPictures(
        samples: classes.joined().flatMap { $0 }, height: Self.extent, width: Self.extent,
        channels: 1, categories: categories))
  }
}
