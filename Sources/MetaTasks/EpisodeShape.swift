public import Tensors

/// What tasks to draw: how many classes, and how many examples of each.
public struct EpisodeShape: Hashable, Sendable {
  /// The number of classes; nil where tasks have none.
  public var ways: Int?
  /// Support examples of each class; of the whole task where there are none.
  public var shots: Int
  /// Query examples of each class; of the whole task where there are none.
  public var queries: Int

  /// Makes a shape; `ways` is nil where tasks have no classes.
  public init(ways: Int? = nil, shots: Int, queries: Int) {
    self.ways = ways
    self.shots = shots
    self.queries = queries
  }

  /// The examples in the support set.
  public var supportCount: Int { (ways ?? 1) * shots }
  /// The examples in the query set.
  public var queryCount: Int { (ways ?? 1) * queries }

  /// Throws where a number is out of range whatever the tasks are.
  public func validate(for target: TargetKind, in name: String) throws(TaskError) {
    guard shots >= 1, queries >= 1, shots <= 1_000_000, queries <= 1_000_000 else {
      throw TaskError(
        "\(name): \(shots) shots and \(queries) queries; both must lie between 1 and 1,000,000.")
    }
    switch (target, ways) {
    case (.classes, let ways?) where ways >= 2: return
    case (.classes, let ways?):
      throw TaskError("\(name): \(ways) ways; a task of classes has at least 2 of them.")
    case (.classes, nil):
      throw TaskError("\(name): no number of ways; say how many classes a task has, such as 5.")
    case (_, nil): return
    case (_, _?):
      throw TaskError(
        "\(name): tasks \(target.words) have no classes; leave the number of ways out.")
    }
  }
}

/// Shapes that vary from batch to batch: a key names one within the ranges.
public struct EpisodeShapeRange: Hashable, Sendable {
  /// The numbers of classes; nil where tasks have none.
  public var ways: ClosedRange<Int>?
  /// The numbers of support examples of each class.
  public var shots: ClosedRange<Int>
  /// Query examples of each class.
  public var queries: Int
  /// The part of a training over which the ranges open, from the fewest ways and the most shots on
  /// (a curriculum); 0: they are open from the start.
  public var openingPart = 0.0

  /// Makes a range of shapes.
  public init(ways: ClosedRange<Int>?, shots: ClosedRange<Int>, queries: Int) {
    self.ways = ways
    self.shots = shots
    self.queries = queries
  }

  /// The range that holds one shape.
  public init(_ shape: EpisodeShape) {
    self.init(
      ways: shape.ways.map { $0...$0 }, shots: shape.shots...shape.shots, queries: shape.queries)
  }

  /// The shape that a key names, every one as likely as the others, after a part of a training from
  /// 0 to 1.
  public func shape(key: RandomKey, at part: Double = 1) -> EpisodeShape {
    let open = openingPart > 0 ? min(1, part / openingPart) : 1
    func opened(_ range: ClosedRange<Int>) -> Int {
      1 + Int((Double(range.count - 1) * open).rounded(.down))
    }
    var numbers = RandomNumbers(key)
    let ways = ways.map { $0.lowerBound + numbers.integer(below: opened($0)) }
    let count = opened(shots)
    let shots = shots.upperBound + 1 - count + numbers.integer(below: count)
    return EpisodeShape(ways: ways, shots: shots, queries: queries)
  }

  /// The shape that asks most of a task distribution.
  public var largest: EpisodeShape {
    EpisodeShape(ways: ways?.upperBound, shots: shots.upperBound, queries: queries)
  }

  /// The shape that asks least of a task distribution.
  public var smallest: EpisodeShape {
    EpisodeShape(ways: ways?.lowerBound, shots: shots.lowerBound, queries: queries)
  }
}
