import MetaTasks
import Tensors
import Testing

@Suite struct TextTasksTests {
  /// Texts of two words: that of the class and that of the text, which begins with q for queries.
  private func tasks(classes: Int, each: Int, queries: Int? = nil, length: Int = 4) -> TextTasks {
    let classes = (0..<classes).map { category in
      TextClass(
        name: "c\(category)", texts: (0..<each).map { "c\(category) t\($0)" },
        queries: queries.map { (0..<$0).map { "c\(category) q\($0)" } })
    }
    let all = classes.flatMap { $0.texts + ($0.queries ?? []) }
    return TextTasks(
      name: "t",
      texts: LabelledTexts(classes, preparation: TextPreparation(of: all + all, length: length)))
  }

  /// The words of each example.
  private func words(_ examples: ExampleValues, _ tasks: TextTasks) -> [[String]] {
    let tokens = examples.inputs["tokens"]
    return examples.inputs["length"].integers.enumerated().map { example, length in
      let row = tokens.slice(at: example).integers
      #expect(row.dropFirst(Int(length)).allSatisfy { $0 == Vocabulary.padding })
      return row.prefix(Int(length)).map { tasks.texts.preparation.vocabulary.words[Int($0) - 1] }
    }
  }

  @Test(arguments: [nil, 9])
  func `an episode holds different classes in order and no text twice`(queries: Int?) {
    let tasks = tasks(classes: 8, each: 12, queries: queries)
    let shape = EpisodeShape(ways: 5, shots: 3, queries: 7)
    var orders: Set<[String]> = []
    for seed in 0..<40 as Range<UInt64> {
      let episode = tasks.episode(shape, key: RandomKey(seed: seed))
      #expect(episode == tasks.episode(shape, key: RandomKey(seed: seed)))
      var classes: [Int32: String] = [:]
      var seen: Set<[String]> = []
      for (set, each) in [(episode.support, 3), (episode.query, 7)] {
        #expect(set.inputs["tokens"].shape == [5 * each, 4] && set.classCount == 5)
        #expect(set.targets.integers == (0..<5).flatMap { Array(repeating: $0, count: each) })
        for (target, words) in zip(set.targets.integers, words(set, tasks)) {
          #expect(classes[target, default: words[0]] == words[0])
          classes[target] = words[0]
          #expect(seen.insert(words).inserted && words.count == 2)
          #expect(words[1].hasPrefix(queries != nil && each == 7 ? "q" : "t"))
        }
        let names = set.identities?.integers.map { "c\($0)" }
        #expect(names == words(set, tasks).map { $0[0] })
      }
      orders.insert((0..<5).map { classes[$0] ?? "" })
    }
    #expect(orders.count > 35)
  }

  @Test func `all classes are learned without the texts kept for queries`() {
    let tasks = tasks(classes: 8, each: 12, queries: 9)
    let examples = tasks.examples(count: 500, key: RandomKey(seed: 1))
    let words = words(examples, tasks)
    #expect(examples.classCount == 8 && tasks.classCount == 8 && tasks.exampleCount == 168)
    #expect(words.map { $0[0] } == examples.targets.integers.map { "c\($0)" })
    #expect(Set(words).count > 90 && words.allSatisfy { $0[1].hasPrefix("t") })
  }

  @Test(arguments: [
    (nil, EpisodeShape(ways: 9, shots: 1, queries: 1), "8"),
    (
      nil, EpisodeShape(ways: 5, shots: 6, queries: 7),
      "'c0' has 12 texts, and 6 shots and 7 queries need 13"
    ),
    (9, EpisodeShape(ways: 5, shots: 13, queries: 1), "12 texts to learn from and 9 for queries"),
    (9, EpisodeShape(ways: 5, shots: 1, queries: 10), "12 texts to learn from and 9 for queries"),
    (nil, EpisodeShape(shots: 1, queries: 1), "ways"),
  ])
  func `tasks that cannot be made are refused`(queries: Int?, shape: EpisodeShape, part: String) {
    let error = #expect(throws: TaskError.self) {
      try tasks(classes: 8, each: 12, queries: queries).validate(shape)
    }
    #expect(error?.description.contains(part) == true, "\(String(describing: error))")
  }

  @Test func `as many texts as there are can be asked for`() throws {
    try tasks(classes: 8, each: 12).validate(EpisodeShape(ways: 8, shots: 5, queries: 7))
    try tasks(classes: 8, each: 12, queries: 9)
      .validate(EpisodeShape(ways: 8, shots: 12, queries: 9))
  }

  @Test func `longer texts are cut and counted`() {
    #expect(tasks(classes: 3, each: 4, queries: 2, length: 2).texts.cutCount == 0)
    let cut = tasks(classes: 3, each: 4, queries: 2, length: 1)
    #expect(cut.texts.cutCount == 18 && cut.texts.textCount == 18)
    #expect(cut.signature.inputs.map(\.shape) == [[1], .scalar, [1], [6], [6]])
    #expect(cut.signature.inputs.prefix(2).map(\.valueCount) == [1 + 9 + 4096, 2])
  }
}
