import Tensors
import Testing

import MetaTasks

@Suite struct PictureTasksTests {
  /// Pictures of 4x4 whose first sample is the class and second the drawing, the rest distinct.
  private func numbered(
    classes: Int, each: Int, channels: Int = 1
  ) -> LabelledPictures {
    var samples: [UInt8] = []
    for category in 0..<classes {
      for drawing in 0..<each {
        samples += [UInt8(category), UInt8(drawing)]
        samples += (2..<16 * channels).map { UInt8(100 + $0) }
      }
    }
    let categories = (0..<classes).map {
      LabelledPictures.Category(name: "c\($0)", pictures: $0 * each..<($0 + 1) * each)
    }
    return LabelledPictures(
      samples: samples, height: 4, width: 4, channels: channels, categories: categories)
  }

  private func byte(_ value: Float) -> Int { Int((value * 255).rounded()) }

  @Test(arguments: [
    EpisodeShape(ways: 5, shots: 1, queries: 15), .init(ways: 7, shots: 3, queries: 2),
  ])
  func `an episode holds different classes in order and no example twice`(shape: EpisodeShape) {
    let tasks = PictureTasks(name: "t", pictures: numbered(classes: 12, each: 16))
    var classOrders: Set<[Int]> = []
    for seed in 0..<50 {
      let episode = tasks.episode(shape, key: RandomKey(seed: UInt64(seed)))
      let ways = shape.ways ?? 0
      #expect(episode.support.inputs.only.shape == [ways * shape.shots, 4, 4, 1])
      #expect(episode.query.inputs.only.shape == [ways * shape.queries, 4, 4, 1])
      #expect(episode.support.classCount == ways)
      var classOf: [Int32: Int] = [:]
      var seen: Set<[Int]> = []
      for (set, each) in [(episode.support, shape.shots), (episode.query, shape.queries)] {
        #expect(set.weights == nil)
        #expect(
          set.targets.integers == (0..<Int32(ways)).flatMap { Array(repeating: $0, count: each) })
        for (example, target) in set.targets.integers.enumerated() {
          let category = byte(set.inputs.only.floats[example * 16])
          let drawing = byte(set.inputs.only.floats[example * 16 + 1])
          #expect(classOf[target, default: category] == category)
          classOf[target] = category
          #expect(seen.insert([category, drawing]).inserted)
        }
      }
      #expect(Set(classOf.values).count == ways)
      classOrders.insert((0..<ways).map { classOf[Int32($0)] ?? -1 })
    }
    #expect(classOrders.count > 45)
  }

  @Test func `turned classes show the picture turned counter-clockwise`() {
    let samples = (0..<18).map { UInt8($0) }
    let pictures = LabelledPictures(
      samples: samples + samples, height: 3, width: 3, channels: 2,
      categories: [.init(name: "only", pictures: 0..<2)])
    let tasks = PictureTasks(name: "t", pictures: pictures, rotationsAsClasses: true)
    #expect(tasks.classCount == 4)
    let upright = (0..<9).map { [2 * $0, 2 * $0 + 1] }
    func turned(_ picture: [[Int]]) -> [[Int]] {
      (0..<9).map { picture[$0 % 3 * 3 + 2 - $0 / 3] }
    }
    let expected = [
      upright, turned(upright), turned(turned(upright)), turned(turned(turned(upright))),
    ]
    .map { $0.flatMap { $0 } }
    let episode = tasks.episode(
      EpisodeShape(ways: 4, shots: 1, queries: 1), key: RandomKey(seed: 1))
    let shown = (0..<4).map { episode.query.inputs.only.slice(at: $0).floats.map(byte) }
    #expect(Set(shown) == Set(expected))
    #expect(episode.support.inputs == episode.query.inputs)
  }

  @Test func `normalization is applied by channel`() {
    let pictures = numbered(classes: 2, each: 2, channels: 3)
    let normalization = PictureNormalization.standardized(
      mean: [0.5, 0.25, 0], deviation: [0.5, 0.25, 1])
    let values = normalization.values(of: pictures, numbers: [3]).floats
    for (index, sample) in pictures.picture(3).enumerated() {
      let unit = Float(sample) / 255
      let expected = [(unit - 0.5) / 0.5, (unit - 0.25) / 0.25, unit][index % 3]
      #expect(abs(values[index] - expected) < 1e-5)
    }
    let own = PictureNormalization.standardizing(pictures).values(
      of: pictures, numbers: Array(0..<4)
    ).floats
    for channel in 0..<3 {
      let channelValues = stride(from: channel, to: own.count, by: 3).map { own[$0] }
      let mean = channelValues.reduce(0, +) / 64
      let variance = channelValues.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 64
      #expect(abs(mean) < 1e-4 && abs(variance - 1) < 1e-3)
    }
  }

  @Test func `unequal shots hide some examples, and all classes weigh the same`() throws {
    let base = PictureTasks(name: "t", pictures: numbered(classes: 12, each: 10))
    let tasks = UnequalShots(base, fewest: 2)
    let shape = EpisodeShape(ways: 4, shots: 5, queries: 3)
    try tasks.validate(shape)
    var counts: Set<Int> = []
    for seed in 0..<40 {
      let key = RandomKey(seed: UInt64(seed))
      let (thinned, whole) = (tasks.episode(shape, key: key), base.episode(shape, key: key))
      #expect(thinned.query == whole.query)
      let weights = try #require(thinned.support.weights).floats
      for category in 0..<4 {
        let kept = weights[category * 5..<category * 5 + 5]
        #expect(kept.sorted(by: >) == Array(kept))
        #expect(abs(kept.reduce(0, +) - 5) < 1e-5)
        counts.insert(kept.count { $0 > 0 })
      }
      for example in 0..<20 {
        let shown = thinned.support.inputs.only.slice(at: example).floats
        let original = whole.support.inputs.only.slice(at: example).floats
        #expect(shown == original.map { weights[example] > 0 ? $0 : 0 })
      }
    }
    #expect(counts == [2, 3, 4, 5])
    #expect(throws: TaskError.self) { try tasks.validate(.init(ways: 4, shots: 1, queries: 3)) }
  }

  @Test func `shapes vary within their ranges`() {
    let range = EpisodeShapeRange(ways: 3...6, shots: 1...4, queries: 5)
    let shapes = Set((0..<500).map { range.shape(key: RandomKey(seed: $0)) })
    #expect(shapes.count == 16)
    #expect(shapes.allSatisfy { (3...6).contains($0.ways ?? 0) && (1...4).contains($0.shots) })
    #expect(range.largest == EpisodeShape(ways: 6, shots: 4, queries: 5))
  }

  @Test(arguments: [
    (EpisodeShape(ways: 13, shots: 1, queries: 1), "12"),
    (EpisodeShape(ways: 5, shots: 1, queries: 10), "'c0' has 10 pictures"),
    (EpisodeShape(ways: 1, shots: 1, queries: 1), "1 ways"),
    (EpisodeShape(ways: nil, shots: 1, queries: 1), "ways"),
    (EpisodeShape(ways: 5, shots: 0, queries: 1), "0 shots"),
    (EpisodeShape(ways: 5, shots: 1, queries: -1), "-1 queries"),
    (EpisodeShape(ways: 5, shots: .max, queries: .max), "shots"),
  ])
  func `tasks that cannot be made are refused in one line`(shape: EpisodeShape, part: String) {
    let tasks = PictureTasks(name: "mine", pictures: numbered(classes: 12, each: 10))
    let error = #expect(throws: TaskError.self) { try tasks.validate(shape) }
    #expect(error?.description.contains(part) == true)
    #expect(error?.description.hasPrefix("mine: ") == true)
    #expect(error?.description.contains("\n") == false)
  }

  @Test func `selecting classes shares the pictures`() {
    let pictures = numbered(classes: 5, each: 3)
    let some = pictures.selecting([4, 1])
    #expect(some.categories.map(\.name) == ["c4", "c1"])
    #expect(some.pictureCount == 6)
    #expect(some.picture(some.categories[0].pictures.lowerBound).first == 4)
  }
}
