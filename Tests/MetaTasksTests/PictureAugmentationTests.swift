import Tensors
import Testing

import MetaTasks

@Suite struct PictureAugmentationTests {
  private let shape = EpisodeShape(ways: 2, shots: 4, queries: 8)

  private func tasks(
    _ augmentation: PictureAugmentation?, channels: Int = 3
  ) -> PictureTasks {
    let size = 8 * 8 * channels
    let samples = RandomKey(seed: 9).bits(count: 2 * 12 * size).map { UInt8(40 + $0 >> 25) }
    return PictureTasks(
      name: "t",
      pictures: LabelledPictures(
        samples: samples, height: 8, width: 8, channels: channels,
        categories: [.init(name: "a", pictures: 0..<12), .init(name: "b", pictures: 12..<24)]),
      augmentation: augmentation)
  }

  @Test(arguments: [
    PictureAugmentation.photographs, .drawings, .init(cropPadding: 2), .init(mirroring: true),
    .init(colourJitter: 0.3), .init(shift: 1.5), .init(rotation: 20), .init(scaling: 0.2),
    .init(classes: .init(mirroring: true, rotation: 20, stretch: 0.2, shear: 0.3)),
  ])
  func `a variation depends on the key alone and stays within 0 and 1`(
    augmentation: PictureAugmentation
  ) {
    let plain = tasks(nil).episode(shape, key: RandomKey(seed: 4))
    let varied = tasks(augmentation).episode(shape, key: RandomKey(seed: 4))
    #expect(varied == tasks(augmentation).episode(shape, key: RandomKey(seed: 4)))
    #expect(varied.query.inputs != plain.query.inputs)
    #expect(varied.support.inputs != plain.support.inputs)
    #expect(varied.query.targets == plain.query.targets)
    #expect(varied.query.inputs.only.floats.allSatisfy { (-1e-6...1.000001).contains($0) })
  }

  @Test func `a variation that does nothing leaves pictures as they are`() {
    let plain = tasks(nil).episode(shape, key: RandomKey(seed: 4))
    let varied = tasks(.init()).episode(shape, key: RandomKey(seed: 4))
    for (one, other) in zip(plain.query.inputs.only.floats, varied.query.inputs.only.floats) {
      #expect(abs(one - other) < 1e-6)
    }
  }

  @Test func `mirroring shows each picture as it is or left to right`() {
    let plain = tasks(nil).episode(shape, key: RandomKey(seed: 4)).query.inputs.only
    let varied = tasks(.init(mirroring: true)).episode(shape, key: RandomKey(seed: 4)).query.inputs
      .only
    var mirrored = 0
    for example in 0..<plain.shape[0] {
      let before = plain.slice(at: example).floats
      let after = varied.slice(at: example).floats
      let flipped = (0..<192).map { (index: Int) -> Float in
        let (row, column, channel) = (index / 24, index % 24 / 3, index % 3)
        return before[row * 24 + (7 - column) * 3 + channel]
      }
      let isMirrored = zip(after, flipped).allSatisfy { abs($0 - $1) < 1e-6 }
      #expect(isMirrored || zip(after, before).allSatisfy { abs($0 - $1) < 1e-6 })
      mirrored += isMirrored ? 1 : 0
    }
    #expect((1..<plain.shape[0]).contains(mirrored))
  }

  @Test func `a crop is the picture shifted by whole pixels`() {
    let plain = tasks(nil, channels: 1).episode(shape, key: RandomKey(seed: 4)).query.inputs.only
    let varied = tasks(.init(cropPadding: 2), channels: 1)
      .episode(shape, key: RandomKey(seed: 4)).query.inputs.only
    var shifts: Set<[Int]> = []
    for example in 0..<plain.shape[0] {
      let before = plain.slice(at: example).floats
      let after = varied.slice(at: example).floats
      for down in -2...2 {
        for right in -2...2 {
          let shifted = (0..<64).map { index -> Float in
            let (row, column) = (index / 8 + down, index % 8 + right)
            return (0..<8).contains(row) && (0..<8).contains(column) ? before[row * 8 + column] : 0
          }
          if zip(after, shifted).allSatisfy({ abs($0 - $1) < 1e-6 }) {
            shifts.insert([down, right])
          }
        }
      }
    }
    #expect(shifts.count >= 6)
  }

  @Test func `a varied class has all its pictures changed alike`() {
    // Every picture of a class is the same drawing, so it must stay so.
    let drawings = (0..<2).map { seed in
      RandomKey(seed: UInt64(seed)).bits(count: 64).map { UInt8(40 + $0 >> 25) }
    }
    let samples = drawings.flatMap { [[UInt8]](repeating: $0, count: 12).flatMap { $0 } }
    let tasks = PictureTasks(
      name: "t",
      pictures: LabelledPictures(
        samples: samples, height: 8, width: 8, channels: 1,
        categories: [.init(name: "a", pictures: 0..<12), .init(name: "b", pictures: 12..<24)]),
      augmentation: .init(classes: .init(rotation: 40, stretch: 0.3, shear: 0.4)))
    var seen: Set<[Float]> = []
    for seed in 0..<5 as Range<UInt64> {
      let episode = tasks.episode(shape, key: RandomKey(seed: seed))
      for category in 0..<2 {
        let support = episode.support.inputs.only.slice(at: category * 4)
        seen.insert(support.floats)
        for example in 0..<8 {
          #expect(episode.query.inputs.only.slice(at: category * 8 + example) == support)
        }
      }
    }
    #expect(seen.count == 10)
  }

  @Test func `settings out of range are refused`() {
    #expect(throws: TaskError.self) { try PictureAugmentation(cropPadding: -1).validate() }
    #expect(throws: TaskError.self) { try PictureAugmentation(colourJitter: 1).validate() }
    #expect(throws: TaskError.self) { try PictureAugmentation(rotation: .nan).validate() }
    #expect(throws: TaskError.self) {
      try PictureAugmentation(classes: .init(stretch: 1)).validate()
    }
    #expect(throws: Never.self) { try PictureAugmentation.photographs.validate() }
  }
}
