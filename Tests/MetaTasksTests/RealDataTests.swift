import TestMaterial
import Foundation
import MetaTasks
import Tensors
import Testing

@Suite(.serialized) struct RealDataTests {
  @Test(.enabled(if: realDataHas("omniglot/images_background.zip"), "no ../shared/data/omniglot"))
  func `Omniglot is read, divided, turned and kept`() throws {
    let home = try TemporaryFolder()
    let cache = DataCache(folder: home.url)
    let sets = DataSets(folders: [realData], cache: cache)
    let clock = ContinuousClock()
    var read: LoadedDataSet?
    let readingTime = try clock.measure { read = try sets.load("omniglot") }
    let first = try #require(read)
    #expect(Split.allCases.map { first.count($0)?.classes } == [4112, 172, 423])
    #expect(Split.allCases.map { first.count($0)?.examples } == [20_560, 3440, 8460])
    #expect(
      first.checksums["images_background.zip"]
        == "52920ba32ded643452ebc21c917a2486898bb607695a953b1149e500feab9b54")
    #expect(
      first.checksums["test classes"]
        == "af119b10f318ddb7afdf5108b360887823cf06da68d846c7e5de7286492976d7")
    #expect(first.inputShape == [28, 28, 1])
    var second: LoadedDataSet?
    let time = try clock.measure { second = try sets.load("omniglot") }
    #expect(time * 10 < readingTime, "\(time) after \(readingTime)")
    let shape = EpisodeShape(ways: 5, shots: 5, queries: 15)
    let key = RandomKey(seed: 1)
    for split in Split.allCases {
      try first.examples(split).validate(shape)
      let episode = first.examples(split).episode(shape, key: key)
      #expect(episode == second?.examples(split).episode(shape, key: key))
      let ink = episode.query.inputs.only.floats.reduce(0, +) / Float(75 * 784)
      #expect((0.02...0.12).contains(ink), "\(ink)")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: home.url.path).count == 2)

    let whole = try sets.load("omniglot", ["split": "vinyals-whole"])
    #expect(whole.count(.test)?.classes == 419)
    let random = try sets.load(
      "omniglot", ["split": "random-1200", "seed": "1", "rotations": "false"])
    #expect(Split.allCases.map { random.count($0)?.classes } == [1100, 100, 423])
    let names = Split.allCases.flatMap {
      random.pictureTasks($0)?.pictures.categories.map(\.name) ?? []
    }
    #expect(Set(names).count == 1623)
  }

  @Test(.enabled(if: realDataHas("omniglot/images_background.zip"), "no ../shared/data/omniglot"))
  func `a drawing of Omniglot is the mean of areas with ink 1`() throws {
    let archive = try ZipReader(realData.appendingPathComponent("omniglot/images_background.zip"))
    let member = "images_background/Greek/character01/0394_01.png"
    let name = try #require(
      archive.members.map(\.name).first { $0.hasPrefix("images_background/Greek/character01/") })
    let picture = try PNGReader.picture(
      try archive.bytes(of: name), channels: 1, name: member)
    #expect(picture.height == 105 && picture.width == 105)
    #expect(Set(picture.samples) == [0, 255])
    let scaled = picture.scaled(height: 28, width: 28)
    let before = picture.samples.reduce(0.0) { $0 + Double(255 - $1) } / 11_025
    let after = scaled.samples.reduce(0.0) { $0 + Double(255 - $1) } / 784
    #expect(abs(before - after) < 0.1)
  }

  @Test(.enabled(if: realDataHas("cifar-fs/train.zip"), "no ../shared/data/cifar-fs"))
  func `CIFAR-FS is read, divided and normalized`() throws {
    let home = try TemporaryFolder()
    let sets = DataSets(folders: [realData], cache: DataCache(folder: home.url))
    let set = try sets.load(
      "cifar-fs",
      [
        "augmentation.cropPadding": "4", "augmentation.mirroring": "true",
        "augmentation.colourJitter": "0.4",
      ])
    #expect(Split.allCases.map { set.count($0)?.classes } == [64, 16, 20])
    #expect(Split.allCases.map { set.count($0)?.examples } == [12_800, 3200, 4000])
    #expect(set.notes == ["200 of 600 pictures a class"])
    #expect(set.pictureTasks(.train)?.augmentation == .photographs)
    #expect(set.pictureTasks(.test)?.augmentation == nil)
    let normalization = try #require((set.preparation as? PicturePreparation)?.normalization)
    let means = zip(normalization.offset, normalization.scale).map { -$0 / $1 / 255 }
    for (mean, published) in zip(means, [0.507, 0.487, 0.441] as [Float]) {
      #expect(abs(mean - published) < 0.02)
    }
    let episode = set.examples(.test).episode(
      EpisodeShape(ways: 5, shots: 5, queries: 15), key: RandomKey(seed: 2))
    #expect(episode.query.inputs.only.shape == [75, 32, 32, 3])
    let again = try sets.load("cifar-fs")
    #expect(
      again.examples(.test).episode(.init(ways: 5, shots: 5, queries: 15), key: RandomKey(seed: 2))
        == episode)
  }
}
