import Settings
public import Tensors

/// Regression to curves drawn from Gaussian processes, each task a curve of its own.
///
/// Points are uniform on [-2, 2], mean 0; each curve has a length scale U[0.1, 0.6] and an output
/// scale U[0.1, 1] of its own, and every value a little noise. Kernels, ranges and noise are those
/// of the evaluations of neural processes (Garnelo et al. 2018, Conditional Neural Processes;
/// Nguyen and Grover 2022, Transformer Neural Processes).
public struct GaussianProcessTasks: TaskDistribution {
  /// How alike the values at two points are.
  public enum Kernel: String, Sendable, CaseIterable {
    /// scale^2 exp(-d^2 / 2), d the distance over the length scale: smooth curves.
    case rbf
    /// scale^2 (1 + sqrt(5) d + 5 d^2 / 3) exp(-sqrt(5) d): rougher ones.
    case matern52
    /// scale^2 exp(-2 (sin(pi distance / period) / length)^2), the period U[0.1, 0.5].
    case periodic
  }

  /// How alike the values at two points are.
  public let kernel: Kernel
  /// The deviation of the noise.
  public let noise: Double
  /// How many different curves there are, all fixed by `taskSeed`; nil for one a key.
  public let taskCount: Int?
  /// What the curves of a finite set are drawn from.
  public let taskSeed: UInt64

  /// The noise that published figures are of.
  public static let usualNoise = 0.02
  /// The points at which each curve of a finite set is known.
  static let pointsPerCurve = 100
  private static let mostPoints = 2000

  /// Makes tasks of a kernel; `taskCount` limits them to so many curves, each known at 100 points.
  public init(
    _ kernel: Kernel = .rbf, noise: Double = usualNoise, taskCount: Int? = nil, taskSeed: UInt64 = 0
  ) {
    if let taskCount, taskCount < 1 { fatalError("\(taskCount) curves are no tasks.") }
    guard noise >= 0.001 else { fatalError("Noise of \(noise) is below 0.001.") }
    self.kernel = kernel
    self.noise = noise
    self.taskCount = taskCount
    self.taskSeed = taskSeed
  }

  /// What the tasks are.
  public var name: String { "gaussian-process, \(kernel.rawValue)" }
  /// Points of which the value of the curve is to be told.
  public var signature: Signature { .ofCurves }

  /// Throws where ways are given, no points, or more than can be drawn together.
  public func validate(_ shape: EpisodeShape) throws(TaskError) {
    try shape.validate(for: signature.target, in: name)
    let most = taskCount == nil ? Self.mostPoints : Self.pointsPerCurve
    guard shape.shots + shape.queries <= most else {
      throw TaskError(
        "\(name): \(shape.shots) shots and \(shape.queries) queries are more than the \(most) "
          + "points of a curve; lower either.")
    }
  }

  /// The points of a curve that a key names.
  public func episode(_ shape: EpisodeShape, key: RandomKey) -> EpisodeValues {
    do { try validate(shape) } catch { fatalError(error.description) }
    let (points, values) = points(count: shape.shots + shape.queries, shots: shape.shots, key: key)
    return EpisodeSet(
      support: ExampleSet(
        points: Array(points[..<shape.shots]), values: Array(values[..<shape.shots])),
      query: ExampleSet(
        points: Array(points[shape.shots...]), values: Array(values[shape.shots...])))
  }

  /// Points of the curve that a key names with its values there, those of the support first.
  private func points(
    count: Int, shots: Int, key: RandomKey
  ) -> (points: [Float], values: [Double]) {
    guard let taskCount else {
      let points =
        Self.points(shots, key.folded("support")) + Self.points(count - shots, key.folded("query"))
      let key = key.folded("curve")
      return (points, curve(key: key).values(at: points, key: key.folded("values")))
    }
    let number = key.folded("curve").integer(below: taskCount)
    let curveKey = RandomKey(seed: taskSeed).folded("curves").folded(number)
    let all = Self.points(Self.pointsPerCurve, curveKey.folded("points"))
    let values = curve(key: curveKey).values(at: all, key: curveKey.folded("values"))
    var numbers = RandomNumbers(key.folded("draw"))
    let chosen = numbers.distinct(count, below: all.count)
    return (chosen.map { all[$0] }, chosen.map { values[$0] })
  }

  private static func points(_ count: Int, _ key: RandomKey) -> [Float] {
    key.uniform(count: count).map { $0 * 4 - 2 }
  }

  /// The curve that a key names.
  package func curve(key: RandomKey) -> Curve {
    var numbers = RandomNumbers(key)
    return Curve(
      kernel: kernel, length: Double(numbers.uniform(0.1, 0.6)),
      scale: Double(numbers.uniform(0.1, 1)), period: Double(numbers.uniform(0.1, 0.5)),
      noise: noise)
  }
}

extension GaussianProcessTasks {
  /// What the values of one curve are drawn from.
  package struct Curve: Hashable, Sendable {
    /// How alike the values at two points are.
    package let kernel: Kernel
    /// The distance over which values change.
    package let length: Double
    /// The deviation of values.
    package let scale: Double
    /// The distance after which a periodic curve comes again.
    package let period: Double
    /// The deviation of the noise.
    package let noise: Double

    /// The covariance of the values at two points at a distance, without noise.
    package func covariance(at distance: Double) -> Double {
      let distance = abs(distance)
      let ratio = distance / length
      switch kernel {
      case .rbf: return scale * scale * RandomKey.exponential(-ratio * ratio / 2)
      case .matern52:
        let root = 2.23606797749979 * ratio
        return scale * scale * (1 + root + root * root / 3) * RandomKey.exponential(-root)
      case .periodic:
        let sine = sine(Double.pi * distance / period) / length
        return scale * scale * RandomKey.exponential(-2 * sine * sine)
      }
    }

    /// The values at points, noise included: the Cholesky factor of their covariance times normal
    /// numbers.
    package func values(at points: [Float], key: RandomKey) -> [Double] {
      let factor = factor(at: points.map(Double.init))
      let normal = key.normal(count: points.count).map(Double.init)
      return factor.map { row in
        var sum = 0.0
        for (entry, number) in zip(row, normal) { sum += entry * number }
        return sum
      }
    }

    /// The rows of the lower triangle whose product with its transpose is the covariance with
    /// noise.
    private func factor(at points: [Double]) -> [[Double]] {
      var rows: [[Double]] = []
      rows.reserveCapacity(points.count)
      for (position, point) in points.enumerated() {
        var row: [Double] = []
        row.reserveCapacity(position + 1)
        for (other, earlier) in zip(points, rows) {
          var rest = covariance(at: point - other)
          for (left, right) in zip(row, earlier) { rest -= left * right }
          row.append(rest / earlier[row.count])
        }
        var rest = covariance(at: 0) + noise * noise
        for entry in row { rest -= entry * entry }
        // Rounding must not take away what the noise alone leaves.
        row.append(max(rest, noise * noise / 2).squareRoot())
        rows.append(row)
      }
      return rows
    }
  }

  /// The set as recipes name it.
  public static let entry = DataSetEntry(
    "gaussian-process", "built-in regression to curves from Gaussian processes", origin: .builtIn,
    divisions: ["by-key"]
  ) { (settings) throws(SettingsError) in
    let kernel: Kernel = try settings.choice(
      "kernel", "How alike the values at two points are.", default: .rbf)
    let noise = try settings.number(
      "noise", "The deviation of the noise.", default: usualNoise, .within(0.001...1))
    let seed = try settings.seed()
    let taskCount = try settings.curveCount()
    return DataSetPlan(target: .numbers(1), episodes: .ofProcesses, usualNetwork: "mlp") { _ in
      let tasks = GaussianProcessTasks(kernel, noise: noise)
      let training = GaussianProcessTasks(
        kernel, noise: noise, taskCount: taskCount, taskSeed: UInt64(seed))
      return LoadedDataSet(
        name: "gaussian-process", classSplit: "by-key",
        tasks: [.train: training, .validation: tasks, .test: tasks])
    }
  }
}

extension UsualEpisodes {
  /// 10 points to learn from, 50 to ask; figures of neural processes vary the first from 3 to 47.
  fileprivate static let ofProcesses = UsualEpisodes(
    ways: nil, shots: 10, queries: 50, evaluationQueries: 50)
}
