public import Tensors

/// What tasks are made of: what is seen, what is to be said about it, and how that is judged.
///
/// Everything that depends on the kind of task reads it here: networks their inputs, learners their
/// targets, evaluation its metrics.
public struct Signature: Hashable, Sendable {
  /// Whether the order of a task's examples means something.
  public enum Order: String, Hashable, Sendable {
    /// Nothing: they may be shuffled.
    case none
    /// Examples of one class stand together, classes in the order of their numbers in the task.
    case byClass
    /// They follow one another, as in time.
    case sequence
  }

  /// What each example shows, by name.
  public let inputs: [InputDescription]
  /// What is to be said of an example.
  public let target: TargetKind
  /// What the order of examples means.
  public let order: Order
  /// How predictions are judged; the first one counts.
  public let metrics: [MetricDescription]

  /// Describes tasks; stops where there is no metric that could count.
  public init(
    inputs: [InputDescription], target: TargetKind, order: Order, metrics: [MetricDescription]
  ) {
    guard !metrics.isEmpty else {
      fatalError("Tasks need at least one metric, the one that counts.")
    }
    self.inputs = inputs
    self.target = target
    self.order = order
    self.metrics = metrics
  }

  /// The metric that counts.
  public var mainMetric: MetricDescription { metrics[0] }
}

/// What is to be said of an example.
public enum TargetKind: Hashable, Sendable {
  /// Which of the task's classes it belongs to; tasks say how many they have.
  case classes
  /// So many numbers.
  case numbers(Int)
  /// Which of so many candidates, which come with the example, is the right one.
  case choice(candidates: Int)
  /// Which of so many actions to take; rewards follow.
  case rewards(actions: Int)

  /// The kind in words that follow "tasks".
  public var words: String {
    switch self {
    case .classes: "of classes"
    case .numbers: "of numbers"
    case .choice: "of a choice among candidates"
    case .rewards: "of actions and rewards"
    }
  }

  /// The target of a task with so many classes, where it has any.
  public func target(ways: Int?) -> Target {
    switch self {
    case .classes: .classes(ways ?? 0)
    case .numbers(let count): .numbers(count)
    case .choice(let candidates): .choice(candidates: candidates)
    case .rewards(let actions): .rewards(actions: actions)
    }
  }
}

/// What is to be said of each example of one task.
public enum Target: Hashable, Sendable {
  /// Which of so many classes: int32 `[n]`.
  case classes(Int)
  /// So many numbers: float32 `[n, count]`.
  case numbers(Int)
  /// Which of so many candidates: int32 `[n]`.
  case choice(candidates: Int)
  /// Which of so many actions: int32 `[n]`.
  case rewards(actions: Int)

  /// The outputs that a network needs for it: one for each class, number, candidate or action.
  public var outputCount: Int {
    switch self {
    case .classes(let count), .numbers(let count), .choice(let count), .rewards(let count): count
    }
  }
}
