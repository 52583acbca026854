import Tensors

/// Which classes and which of their examples an episode has, whatever the examples are.
struct ClassEpisodes: Sendable {
  /// One example of an episode.
  struct Drawn: Hashable, Sendable {
    /// The class among all classes.
    let identity: Int
    /// The number of the example within its class.
    let member: Int
    /// The number of the class in the episode.
    let place: Int
  }

  /// A class as messages name it, and how many examples it has.
  struct Category: Hashable, Sendable {
    let name: String
    let count: Int
    /// How many further examples are kept for queries, numbered after the others; nil where support
    /// and queries are drawn from the same.
    var queryCount: Int?

    /// Whether it has enough for an episode.
    func suffices(for shape: EpisodeShape) -> Bool {
      guard let queryCount else { return count >= shape.shots + shape.queries }
      return count >= shape.shots && queryCount >= shape.queries
    }

    /// What it has, for messages.
    func holding(_ noun: String) -> String {
      queryCount.map { "\(count) \(noun) to learn from and \($0) for queries" }
        ?? "\(count) \(noun)"
    }
  }

  /// What the tasks are, for messages.
  let name: String
  /// What examples are, for messages: `pictures`.
  let noun: String
  /// The classes.
  let categories: [Category]

  /// Throws where there are fewer classes than ways, or a class has too few examples.
  func validate(_ shape: EpisodeShape) throws(TaskError) {
    try shape.validate(for: .classes, in: name)
    let ways = shape.ways ?? 0
    guard ways <= categories.count else {
      throw TaskError(
        "\(name): tasks of \(ways) classes need at least \(ways) classes, and there are "
          + "\(categories.count); lower the ways or add classes.", possible: nearest(to: shape))
    }
    let lacking = categories.filter { !$0.suffices(for: shape) }
    if let smallest = lacking.min(by: { $0.count < $1.count }) {
      let needed = smallest.queryCount == nil ? "\(shape.shots + shape.queries)" : "more"
      throw TaskError(
        "\(name): class '\(smallest.name)' has \(smallest.holding(noun)), and \(shape.shots) shots "
          + "and \(shape.queries) queries need \(needed); lower either or add \(noun).",
        possible: nearest(to: shape))
    }
  }

  /// Episodes that can be made of these classes, as like a shape as there are; nil where there are
  /// none.
  private func nearest(to shape: EpisodeShape) -> EpisodeShape? {
    guard categories.count >= 2, let least = categories.map(\.count).min() else { return nil }
    let apart = categories.compactMap(\.queryCount).min()
    let shots = max(1, min(shape.shots, apart == nil ? least - 1 : least))
    let queries = min(shape.queries, apart ?? least - shots)
    guard queries >= 1 else { return nil }
    return EpisodeShape(
      ways: shape.ways.map { min($0, categories.count) }, shots: shots, queries: queries)
  }

  /// The episode that a key names; `examples` makes those that were drawn, of so many classes.
  func episode(
    _ shape: EpisodeShape, key: RandomKey, examples: ([Drawn], Int) -> ExampleValues
  ) -> EpisodeValues {
    let drawn = drawing(shape, key: key)
    let ways = shape.ways ?? 0
    return EpisodeSet(
      support: examples(drawn.support, ways), query: examples(drawn.query, ways))
  }

  /// The examples of the episode that a key names, each class's together.
  func drawing(_ shape: EpisodeShape, key: RandomKey) -> (support: [Drawn], query: [Drawn]) {
    do { try validate(shape) } catch { fatalError(error.description) }
    var numbers = RandomNumbers(key.folded("draw"))
    var support: [Drawn] = []
    var query: [Drawn] = []
    support.reserveCapacity(shape.supportCount)
    query.reserveCapacity(shape.queryCount)
    let chosen = numbers.distinct(shape.ways ?? 0, below: categories.count)
    for (place, identity) in chosen.enumerated() {
      let members = members(of: categories[identity], shape, &numbers)
      for (position, member) in members.enumerated() {
        let drawn = Drawn(identity: identity, member: member, place: place)
        if position < shape.shots { support.append(drawn) } else { query.append(drawn) }
      }
    }
    return (support, query)
  }

  /// The numbers of different examples of a class: those of the support set, then the queries.
  private func members(
    of category: Category, _ shape: EpisodeShape, _ numbers: inout RandomNumbers
  ) -> [Int] {
    guard let queryCount = category.queryCount else {
      return numbers.distinct(shape.shots + shape.queries, below: category.count)
    }
    let support = numbers.distinct(shape.shots, below: category.count)
    return support
      + numbers.distinct(shape.queries, below: queryCount).map { category.count + $0 }
  }

  /// So many examples of any classes, for learning all classes at once; their place is their class.
  ///
  /// Those that are kept for queries are left out.
  func drawing(count: Int, key: RandomKey) -> [Drawn] {
    var numbers = RandomNumbers(key.folded("draw"))
    return (0..<count).map { _ in
      let identity = numbers.integer(below: categories.count)
      let member = numbers.integer(below: categories[identity].count)
      return Drawn(identity: identity, member: member, place: identity)
    }
  }
}

extension ExampleSet where Value == TensorValue {
  /// Examples of classes as they were drawn, of which there are so many.
  init(_ drawn: [ClassEpisodes.Drawn], inputs: NamedTree<TensorValue>, classCount: Int) {
    self.init(
      inputs: inputs, targets: TensorValue(drawn.map { Int32($0.place) }, shape: [drawn.count]),
      identities: TensorValue(drawn.map { Int32($0.identity) }, shape: [drawn.count]),
      target: .classes(classCount))
  }
}
