import Settings
public import Tensors

/// Regression to sine curves, each task a curve of its own.
public struct SinusoidTasks: TaskDistribution {
  /// Which curves there are.
  public enum Family: String, Sendable, CaseIterable {
    /// Amplitude U[0.1, 5], phase U[0, pi], frequency 1, no noise (Finn et al. 2017, section 5.1).
    case maml
    /// Amplitude U[0.1, 5], phase U[0, 2 pi], frequency U[0.5, 2], noise of 0.01 amplitude
    /// (Yoon et al. 2018, Bayesian MAML).
    case bayesianMAML
  }

  /// Where the query points lie.
  public enum Queries: String, Sendable, CaseIterable {
    /// Uniform on [-5, 5], as the support's.
    case random
    /// Evenly spaced from -5 to 5, both included, without noise.
    case even
  }

  /// Which curves there are.
  public let family: Family
  /// Where the query points lie.
  public let queries: Queries
  /// How many different curves there are, all fixed by `taskSeed`; nil for one a key.
  public let taskCount: Int?
  /// What the curves of a finite set are drawn from.
  public let taskSeed: UInt64

  /// Makes tasks of a family; `taskCount` limits them to so many curves.
  public init(
    _ family: Family = .maml, queries: Queries = .random, taskCount: Int? = nil,
    taskSeed: UInt64 = 0
  ) {
    if let taskCount, taskCount < 1 { fatalError("\(taskCount) curves are no tasks.") }
    self.family = family
    self.queries = queries
    self.taskCount = taskCount
    self.taskSeed = taskSeed
  }

  /// What the tasks are.
  public var name: String { family == .maml ? "sinusoid" : "sinusoid-bayesian" }
  /// Points of which the value of the curve is to be told.
  public var signature: Signature { .ofCurves }

  /// Throws where ways are given, or no points.
  public func validate(_ shape: EpisodeShape) throws(TaskError) {
    try shape.validate(for: signature.target, in: name)
  }

  /// The curve that a key names.
  func curve(key: RandomKey) -> Curve {
    var key = key.folded("curve")
    if let taskCount {
      key = RandomKey(seed: taskSeed).folded("curves").folded(key.integer(below: taskCount))
    }
    var numbers = RandomNumbers(key)
    let amplitude = Double(numbers.uniform(0.1, 5))
    let phaseTurns = Double(numbers.unit()) * (family == .maml ? 0.5 : 1)
    let frequency = family == .maml ? 1 : Double(numbers.uniform(0.5, 2))
    return Curve(
      amplitude: amplitude, phase: 2 * Double.pi * phaseTurns, frequency: frequency,
      noise: family == .maml ? 0 : 0.01 * amplitude)
  }

  /// The points of a curve that a key names.
  public func episode(_ shape: EpisodeShape, key: RandomKey) -> EpisodeValues {
    let curve = curve(key: key)
    let support = key.folded("support").uniform(count: shape.shots).map { $0 * 10 - 5 }
    var query = key.folded("query").uniform(count: shape.queries).map { $0 * 10 - 5 }
    if queries == .even {
      let last = Float(max(shape.queries - 1, 1))
      query = (0..<shape.queries).map { 10 * Float($0) / last - 5 }
    }
    return EpisodeSet(
      support: curve.examples(at: support, noiseKey: key.folded("support noise")),
      query: curve.examples(
        at: query, noiseKey: queries == .even ? nil : key.folded("query noise")))
  }

  /// One curve: amplitude times the sine of frequency times x minus phase.
  struct Curve {
    let amplitude: Double
    let phase: Double
    let frequency: Double
    /// The deviation of the noise.
    let noise: Double

    func value(at x: Double) -> Double { amplitude * sine(frequency * x - phase) }

    func examples(at points: [Float], noiseKey: RandomKey?) -> ExampleValues {
      var values = points.map { value(at: Double($0)) }
      if noise > 0, let noiseKey {
        for (index, sample) in noiseKey.normal(count: values.count).enumerated() {
          values[index] += noise * Double(sample)
        }
      }
      return ExampleSet(points: points, values: values)
    }
  }
}

extension SinusoidTasks {
  /// The set of a family as recipes name it.
  public static func entry(_ family: Family) -> DataSetEntry {
    DataSetEntry(
      SinusoidTasks(family).name, family.summary, origin: .builtIn, divisions: ["by-key"]
    ) { (settings) throws(SettingsError) in
      let seed = try settings.seed()
      let taskCount = try settings.curveCount()
      return DataSetPlan(target: .numbers(1), episodes: .ofCurves, usualNetwork: "mlp") { _ in
        let tasks = SinusoidTasks(family)
        let training = SinusoidTasks(family, taskCount: taskCount, taskSeed: UInt64(seed))
        return LoadedDataSet(
          name: tasks.name, classSplit: "by-key",
          tasks: [.train: training, .validation: tasks, .test: tasks])
      }
    }
  }
}

extension SinusoidTasks.Family {
  fileprivate var summary: String {
    switch self {
    case .maml: "built-in regression to sines of any amplitude and phase"
    case .bayesianMAML: "the same with other frequencies and a little noise"
    }
  }
}

/// The sine of an angle in radians, the same bits on every system.
func sine(_ angle: Double) -> Double {
  let turns = angle / (2 * Double.pi) - 0.25
  return RandomKey.cosineOfTurn(turns - turns.rounded(.down))
}
