import MetaTasks
import Tensors
import Testing

@Suite struct `Transforms of tasks` {
  /// Pictures of one grey, 40 for each class and 1 for each drawing.
  private static let tasks: PictureTasks = {
    var pictures = SurveyPictures(classes: 6, each: 8, seed: 1)
    for category in pictures.classes.indices {
      for number in pictures.classes[category].indices {
        let size = pictures.classes[category][number].count
        pictures.classes[category][number] = [UInt8](
          repeating: UInt8(40 * category + number), count: size)
      }
    }
    return pictures.tasks("t")
  }()
  private let shape = EpisodeShape(ways: 3, shots: 4, queries: 3)

  /// The grey of each example as the byte that it was.
  private func greys(_ examples: ExampleValues) -> [Float] {
    examples.inputs.only.asBytes
  }

  private func episodes(_ transforms: TaskTransforms, count: Int = 50) -> [EpisodeValues] {
    let tasks = transforms.applied(to: Self.tasks)
    return (0..<count).map { tasks.episode(shape, key: RandomKey(seed: 2).folded($0)) }
  }

  @Test func `none change nothing`() {
    #expect(TaskTransforms().isEmpty)
    #expect(
      episodes(TaskTransforms()).first
        == Self.tasks.episode(
          shape, key: RandomKey(seed: 2).folded(0)))
  }

  @Test(arguments: [
    TaskTransforms(permutesLabels: true), .init(labelNoise: 0.5), .init(mixing: 0.5),
    .init(permutesLabels: true, labelNoise: 0.3, mixing: 1),
  ])
  func `keep the form of tasks, and are functions of the key`(_ transforms: TaskTransforms) {
    let plain = episodes(TaskTransforms())
    let changed = episodes(transforms)
    #expect(changed == episodes(transforms))
    #expect(changed != plain)
    for (changed, plain) in zip(changed, plain) {
      #expect(changed.support.targets == plain.support.targets)
      #expect(changed.query.targets == plain.query.targets)
      #expect(changed.support.parts.map(\.value.shape) == plain.support.parts.map(\.value.shape))
      #expect(changed.support.target == plain.support.target)
    }
  }

  @Test func `labels are permuted alike in support and query, in every way`() {
    let plain = episodes(TaskTransforms())
    var orders: Set<[Int]> = []
    for (changed, plain) in zip(episodes(TaskTransforms(permutesLabels: true)), plain) {
      let classes = plain.support.identities?.integers ?? []
      let support = changed.support.identities?.integers ?? []
      let query = changed.query.identities?.integers ?? []
      let order = (0..<3).map { place in
        #expect(Set(support[place * 4..<place * 4 + 4]) == [query[place * 3]])
        return (0..<3).first { classes[$0 * 4] == support[place * 4] } ?? -1
      }
      orders.insert(order)
      #expect(greys(changed.support).sorted() == greys(plain.support).sorted())
    }
    #expect(orders.count == 6)
  }

  @Test(arguments: [0.1, 0.5])
  func `noise puts so many support examples in another class, and no query`(_ part: Double) {
    var wrong = 0
    let changed = episodes(TaskTransforms(labelNoise: part), count: 400)
    for (changed, plain) in zip(changed, episodes(TaskTransforms(), count: 400)) {
      #expect(changed.query == plain.query)
      #expect(greys(changed.support).sorted() == greys(plain.support).sorted())
      wrong += zip(
        changed.support.identities?.integers ?? [], plain.support.identities?.integers ?? []
      ).count { $0 != $1 }
    }
    let found = Double(wrong) / Double(400 * 12)
    // Some examples change places twice, and back into their class.
    #expect(found > 0.75 * part && found < 1.1 * part, "\(found)")
  }

  @Test func `a mixture lies between two classes, with the same shares in support and query`() {
    for episode in episodes(TaskTransforms(mixing: 1)) {
      let (support, query) = (greys(episode.support), greys(episode.query))
      for place in 0..<3 {
        let identity = Float(episode.support.identities?.integers[place * 4] ?? -1)
        let (mean, queryMean) = (
          support[place * 4..<place * 4 + 4].reduce(0, +) / 4,
          query[place * 3..<place * 3 + 3].reduce(0, +) / 3
        )
        // The other class is at most 5 * 40 away, and has at most half.
        #expect(abs(mean - queryMean) < 8)
        #expect(abs(mean - 40 * identity) < 108)
      }
    }
    let means = episodes(TaskTransforms(mixing: 1)).map { episode in
      abs(greys(episode.support)[0] - 40 * Float(episode.support.identities?.integers[0] ?? -1))
    }
    #expect(means.count { $0 > 8 } > 30, "most are mixed")
  }

  @Test func `what cannot be made is refused`() {
    let mixing = TaskTransforms(mixing: 0.5).applied(to: Self.tasks)
    #expect(throws: TaskError.self) {
      try mixing.validate(EpisodeShape(ways: 4, shots: 1, queries: 1))
    }
    #expect(throws: Never.self) {
      try mixing.validate(EpisodeShape(ways: 3, shots: 1, queries: 1))
    }
    for transforms in [TaskTransforms(permutesLabels: true), .init(labelNoise: 0.1)] {
      #expect(throws: TaskError.self) {
        try transforms.applied(to: SinusoidTasks()).validate(EpisodeShape(shots: 5, queries: 5))
      }
    }
  }

  @Test func `a curriculum opens its ranges as the training goes on`() {
    var range = EpisodeShapeRange(ways: 2...10, shots: 1...5, queries: 3)
    range.openingPart = 0.5
    func shapes(_ part: Double) -> [EpisodeShape] {
      (0..<200).map { range.shape(key: RandomKey(seed: 4).folded($0), at: part) }
    }
    #expect(Set(shapes(0)) == [EpisodeShape(ways: 2, shots: 5, queries: 3)])
    #expect(shapes(0.25).allSatisfy { ($0.ways ?? 0) <= 6 && $0.shots >= 3 })
    for part in [0.5, 1] {
      #expect(Set(shapes(part).map(\.ways)).count == 9 && Set(shapes(part).map(\.shots)).count == 5)
    }
    range.openingPart = 0
    #expect(shapes(0) == (0..<200).map { range.shape(key: RandomKey(seed: 4).folded($0)) })
  }
}

extension TensorValue {
  /// The first sample of each picture as a byte.
  fileprivate var asBytes: [Float] {
    let size = shape.elementCount / shape[0]
    return (0..<shape[0]).map { floats[$0 * size] * 255 }
  }
}
