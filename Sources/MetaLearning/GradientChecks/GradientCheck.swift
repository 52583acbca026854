public import MetaTasks
import NeuralNetworks
public import TensorPrograms
public import Tensors

/// Compares the gradient that meta-training follows with differences of the objective, on tasks
/// drawn from a distribution.
///
/// Where a learner's gradient leaves something out by design
/// (``MetaLearner/approximation(at:)``), what it sees as constant is held for the differences too.
public struct GradientCheck: Sendable {
  /// The learner.
  public var learner: any MetaLearner
  /// Where tasks come from.
  public var tasks: any TaskDistribution
  /// What they look like.
  public var episodes: EpisodeShape
  /// How many tasks, side by side.
  public var taskCount: Int
  /// Decides tasks and directions.
  public var seed: UInt64
  /// Directions at random in which all leaves are moved together.
  public var directions: Int
  /// In which precision; nil: double where that is quick, else single.
  public var precision: Precision?

  /// Makes a check.
  public init(
    learner: any MetaLearner, tasks: any TaskDistribution, episodes: EpisodeShape,
    taskCount: Int = 1, seed: UInt64 = 0, directions: Int = 3, precision: Precision? = nil
  ) {
    self.learner = learner
    self.tasks = tasks
    self.episodes = episodes
    self.taskCount = taskCount
    self.seed = seed
    self.directions = directions
    self.precision = precision
  }

  /// What a check found.
  public struct Result: Sendable {
    /// What the gradient leaves out by design; nil where it is the derivative of the objective.
    public let approximation: String?
    /// In which precision it was checked.
    public let precision: Precision
    /// What was found: of all leaves together, then of each.
    public let findings: [Finding]

    /// Whether nothing differs.
    public var agrees: Bool { findings.allSatisfy { $0.verdict != .differs } }
  }

  /// Checks the gradient at parameters and a moment of training.
  public func result(
    of parameters: ParameterValues, at progress: LearningProgress, _ runner: Runner
  ) -> Result {
    let key = RandomKey(seed: seed).folded("gradient check")
    let batch = TaskBatch(
      from: tasks, episodes, keys: (0..<taskCount).map { key.folded("tasks").folded($0) })
    let step = GradientStep(
      learner: learner, tasks: tasks, episodes: EpisodeShapeRange(episodes),
      tasksPerStep: taskCount, update: ParameterUpdate(optimizer: SGD()), metrics: [])
    let symbols = Parameters.inputs(like: parameters, prefix: TreeName.learner)
    var numbers = Dictionary(uniqueKeysWithValues: batch.inputs.map { ($0.name, $0.value) })
    for scalar in learner.scalars(at: progress) {
      numbers["scalar.\(scalar.name)"] = TensorValue(Float(scalar.value))
    }
    let approximation = learner.approximation(at: progress)
    let checked = CheckedGradient(
      of: step.goal(symbols, like: batch, at: progress).loss, symbols, at: parameters,
      with: numbers, laneCount: taskCount, holdsConstants: approximation != nil)
    let evaluations = 2 * (2 * parameters.learned.count + directions + 1)
    let precision =
      self.precision ?? (checked.isQuick(evaluations: evaluations) ? .double : .single)
    return Result(
      approximation: approximation, precision: precision,
      findings: checked.slopeCheck(in: precision, runner)
        .findings(directions: directions, key: key.folded("directions")))
  }
}

// MARK: What is found

extension GradientCheck {
  /// The numbers that are computed with.
  public enum Precision: String, Sendable, CaseIterable {
    /// Double, by the definition of each operation.
    case double
    /// Single, by the programs of training.
    case single

    /// The part of a slope by which two that agree may differ.
    public var tolerance: Double {
      switch self {
      case .double: 1e-4
      case .single: 0.03
      }
    }
  }

  /// How a gradient and differences stand to each other.
  public enum Verdict: String, Sendable {
    /// They say the same.
    case agrees
    /// They differ by less than rounding and kinks may explain, and by more than the tolerance.
    case unmeasured
    /// They differ.
    case differs

    fileprivate var severity: Int {
      switch self {
      case .agrees: 0
      case .unmeasured: 1
      case .differs: 2
      }
    }
  }

  /// The slope along the direction in which gradient and differences of a leaf agree least.
  public struct Finding: Sendable {
    /// The name of the leaf; nil where all leaves were moved together.
    public let leaf: String?
    /// The slope by the gradient.
    public let expected: Double
    /// The slope by differences.
    public let measured: Double
    /// The difference over the larger slope, or over the slope that is usual in such directions.
    public let relativeError: Double
    /// Whether they agree.
    public let verdict: Verdict

    init(
      leaf: String?, expected: Double, measured: Double, usual: Double, doubt: Double,
      tolerance: Double
    ) {
      self.leaf = leaf
      self.expected = expected
      self.measured = measured
      let difference = abs(expected - measured)
      let size = max(abs(expected), abs(measured), usual)
      relativeError = difference == 0 ? 0 : difference / size
      verdict =
        difference <= tolerance * size ? .agrees : difference <= doubt ? .unmeasured : .differs
    }

    /// Whether another finding is worse.
    func isLessSevere(than other: Finding) -> Bool {
      verdict == other.verdict
        ? relativeError < other.relativeError : verdict.severity < other.verdict.severity
    }
  }
}
