public import Settings

/// How training tasks of classes are changed as they are made, so that there are more of them, or
/// harder ones.
public struct TaskTransforms: Hashable, Sendable {
  /// Whether class numbers are exchanged at random.
  public var permutesLabels: Bool
  /// The part of support examples whose label is another one's.
  public var labelNoise: Double
  /// The part of classes that are mixtures of two.
  public var mixing: Double

  /// Makes transforms; those that are not named change nothing.
  public init(permutesLabels: Bool = false, labelNoise: Double = 0, mixing: Double = 0) {
    self.permutesLabels = permutesLabels
    self.labelNoise = labelNoise
    self.mixing = mixing
  }

  /// Reads transforms.
  public init(_ settings: SettingsSection) throws(SettingsError) {
    permutesLabels = try settings.boolean(
      "permutesLabels",
      "Whether class numbers are exchanged at random, for tasks that have the same ones each time.",
      default: false)
    labelNoise = try settings.number(
      "labelNoise", "The part of support examples that stand in another class.", default: 0,
      .within(0...1))
    mixing = try settings.number(
      "mixing", "The part of classes that are mixtures of two; for inputs of numbers.", default: 0,
      .within(0...1))
  }

  /// Whether tasks stay as they are.
  public var isEmpty: Bool { self == TaskTransforms() }

  /// The tasks as they are changed: mixed, then given noise, then other class numbers.
  public func applied(to tasks: any TaskDistribution) -> any TaskDistribution {
    var tasks = tasks
    if mixing > 0 { tasks = MixedClasses(tasks, part: mixing) }
    if labelNoise > 0 { tasks = NoisyLabels(tasks, part: labelNoise) }
    if permutesLabels { tasks = PermutedLabels(tasks) }
    return tasks
  }
}

extension TaskDistribution {
  /// Throws where examples of one class do not stand together, as transforms of classes need it.
  func expectClassesInOrder(for transform: String) throws(TaskError) {
    guard signature.target == .classes, signature.order == .byClass else {
      throw TaskError(
        "\(name): task.transforms.\(transform) needs tasks of classes whose examples stand together "
          + "class by class, and these are others; leave it out.")
    }
  }
}
