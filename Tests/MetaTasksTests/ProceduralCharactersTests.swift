import Tensors
import Testing

import MetaTasks

@Suite struct ProceduralCharactersTests {
  private static let small = ProceduralCharacters(train: 6, validation: 4, test: 60)

  /// The share of queries whose nearest class mean, in raw samples, is the right one.
  private func nearestCentroidAccuracy(_ tasks: PictureTasks, episodes: Int) -> Double {
    let shape = EpisodeShape(ways: 5, shots: 1, queries: 5)
    var right = 0
    for number in 0..<episodes {
      let episode = tasks.episode(shape, key: RandomKey(seed: 1).folded(number))
      let (support, query) = (episode.support.inputs.only.floats, episode.query.inputs.only.floats)
      for (example, target) in episode.query.targets.integers.enumerated() {
        let distances = (0..<5).map { way -> Float in
          var sum: Float = 0
          for index in 0..<784 {
            let difference = support[way * 784 + index] - query[example * 784 + index]
            sum += difference * difference
          }
          return sum
        }
        if distances.indices.min(by: { distances[$0] < distances[$1] }) == Int(target) {
          right += 1
        }
      }
    }
    return Double(right) / Double(episodes * 25)
  }

  @Test func `characters are neither trivial nor hopeless for raw pixels`() {
    let accuracy = nearestCentroidAccuracy(Self.small.tasks(.test), episodes: 40)
    #expect((0.4...0.75).contains(accuracy), "\(accuracy)")
  }

  @Test func `every drawing has ink and differs from the others`() {
    let pictures = Self.small.pictures(.validation)
    #expect(pictures.categories.count == 4 && pictures.pictureCount == 80)
    let drawings = (0..<80).map { Array(pictures.picture($0)) }
    #expect(Set(drawings).count == 80)
    for drawing in drawings {
      let ink = drawing.reduce(0) { $0 + Int($1) } / 255
      #expect((20...350).contains(ink), "\(ink)")
    }
  }

  @Test func `drawings follow from the seed and splits share no class`() {
    let same = ProceduralCharacters(train: 6, validation: 4, test: 1)
    #expect(same.pictures(.validation) == Self.small.pictures(.validation))
    var other = same
    other.seed = 1
    #expect(other.pictures(.validation) != same.pictures(.validation))
    let names = Split.allCases.map { Set(Self.small.pictures($0).categories.map(\.name)) }
    #expect(names[0].union(names[1]).union(names[2]).count == 70)
  }

  @Test func `drawings are the same on every system`() {
    let bytes = ProceduralCharacters(train: 3).pictures(.train).samples
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    #expect(hash == 18_321_428_256_546_723_020)
  }
}
