import Foundation
import MetaTasks
import Tensors
import Testing

@Suite struct GaussianProcessTasksTests {
  private typealias Kernel = GaussianProcessTasks.Kernel

  /// The covariance at a distance by the formulas of the papers.
  private func covariance(_ curve: GaussianProcessTasks.Curve, _ distance: Double) -> Double {
    let (variance, ratio) = (curve.scale * curve.scale, distance / curve.length)
    switch curve.kernel {
    case .rbf: return variance * exp(-0.5 * ratio * ratio)
    case .matern52:
      return variance * (1 + sqrt(5) * ratio + 5 / 3 * ratio * ratio) * exp(-sqrt(5) * ratio)
    case .periodic:
      return variance * exp(-2 * pow(sin(.pi * distance / curve.period) / curve.length, 2))
    }
  }

  @Test(arguments: Kernel.allCases)
  private func `values vary together as the kernel says`(kernel: Kernel) {
    let curve = GaussianProcessTasks(kernel, noise: 0.1).curve(key: RandomKey(seed: 5))
    let points: [Float] = [0.3, -1, -0.8, 0.3, 1.5, -0.95]
    let count = 20_000
    var sums = [[Double]](repeating: [Double](repeating: 0, count: 6), count: 6)
    for sample in 0..<count {
      let values = curve.values(at: points, key: RandomKey(seed: 1).folded(sample))
      for row in 0..<6 { for column in 0..<6 { sums[row][column] += values[row] * values[column] } }
    }
    func expected(_ row: Int, _ column: Int) -> Double {
      covariance(curve, Double(abs(points[row] - points[column]))) + (row == column ? 0.01 : 0)
    }
    for row in 0..<6 {
      for column in 0..<6 {
        let right = expected(row, column)
        let variance = expected(row, row) * expected(column, column) + right * right
        let deviation = (variance / Double(count)).squareRoot()
        #expect(
          abs(sums[row][column] / Double(count) - right) < 4.5 * deviation, "\(row) \(column)")
      }
    }
  }

  @Test(arguments: Kernel.allCases)
  private func `covariances are those of the formulas`(kernel: Kernel) {
    for number in 0..<20 {
      let curve = GaussianProcessTasks(kernel).curve(key: RandomKey(seed: 2).folded(number))
      #expect((0.1...0.6).contains(curve.length) && (0.1...1).contains(curve.scale))
      #expect((0.1...0.5).contains(curve.period) && curve.noise == 0.02)
      for distance in [0, 0.01, 0.3, 1, 4] {
        let found = curve.covariance(at: distance)
        #expect(abs(found - covariance(curve, distance)) < 1e-13)
        #expect(found == curve.covariance(at: -distance))
      }
    }
  }

  @Test func `curves differ in scale, points are uniform`() {
    let tasks = GaussianProcessTasks()
    let shape = EpisodeShape(shots: 5, queries: 5)
    var (squares, points) = (0.0, [Float]())
    for number in 0..<4000 {
      let episode = tasks.episode(shape, key: RandomKey(seed: 3).folded(number))
      #expect(
        episode.support.inputs.only.shape == [5, 1] && episode.query.targets.shape == [5, 1])
      for set in [episode.support, episode.query] {
        squares += set.targets.doubles.reduce(0) { $0 + $1 * $1 } / 10
        points += set.inputs.only.floats
      }
    }
    // The mean square of U[0.1, 1] and that of the noise.
    #expect(abs(squares / 4000 - 0.3704) < 0.025, "\(squares / 4000)")
    #expect(points.allSatisfy { (-2...2).contains($0) })
    #expect(abs(points.reduce(0, +) / 40_000) < 0.03)
    #expect(abs(points.reduce(0) { $0 + $1 * $1 } / 40_000 - 4 / 3) < 0.03)
  }

  @Test func `the same key names the same points, queries apart from the support`() throws {
    let range = EpisodeShapeRange(ways: nil, shots: 3...47, queries: 50)
    for taskCount in [nil, 4] {
      let tasks = GaussianProcessTasks(.matern52, taskCount: taskCount)
      try tasks.validate(range.largest)
      for number in 0..<20 {
        let key = RandomKey(seed: 4).folded(number)
        let shape = range.shape(key: key)
        let episode = tasks.episode(shape, key: key)
        #expect(episode == tasks.episode(shape, key: key))
        #expect(episode.support.count == shape.shots && episode.query.count == 50)
        let support = Set(episode.support.inputs.only.floats)
        #expect(support.isDisjoint(with: episode.query.inputs.only.floats))
        #expect(episode != tasks.episode(shape, key: key.folded(1)))
      }
    }
  }

  @Test func `a finite set holds so many curves, each the same wherever it is seen`() {
    let tasks = GaussianProcessTasks(taskCount: 3, taskSeed: 9)
    let shape = EpisodeShape(shots: 20, queries: 20)
    var values: [Float: Float] = [:]
    for number in 0..<60 {
      let episode = tasks.episode(shape, key: RandomKey(seed: 1).folded(number))
      for set in [episode.support, episode.query] {
        for (x, y) in zip(set.inputs.only.floats, set.targets.floats) {
          #expect(values.updateValue(y, forKey: x) ?? y == y)
        }
      }
    }
    #expect(values.count == 300)
    let other = GaussianProcessTasks(taskCount: 3, taskSeed: 10).episode(
      shape, key: RandomKey(seed: 1))
    #expect(Set(values.keys).isDisjoint(with: other.support.inputs.only.floats))
  }

  @Test func `values are the same on every system`() {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for kernel in Kernel.allCases {
      let episode = GaussianProcessTasks(kernel)
        .episode(EpisodeShape(shots: 40, queries: 40), key: RandomKey(seed: 7))
      for value in episode.support.targets.floats + episode.query.targets.floats {
        hash = (hash ^ UInt64(value.bitPattern)) &* 0x100_0000_01b3
      }
    }
    #expect(hash == 4_055_474_473_459_499_416)
  }

  @Test(arguments: [
    (nil, EpisodeShape(ways: 5, shots: 1, queries: 1), "ways"),
    (nil, EpisodeShape(shots: 0, queries: 1), "0 shots"),
    (nil, EpisodeShape(shots: 1001, queries: 1000), "the 2000 points"),
    (5, EpisodeShape(shots: 51, queries: 50), "the 100 points"),
  ])
  func `classes and too many points are refused`(
    taskCount: Int?, shape: EpisodeShape, part: String
  ) {
    let error = #expect(throws: TaskError.self) {
      try GaussianProcessTasks(taskCount: taskCount).validate(shape)
    }
    #expect(error?.description.contains(part) == true, "\(String(describing: error))")
  }

  @Test func `settings choose kernel, noise and curves`() throws {
    let sets = DataSets(folders: [], cache: nil)
    let set = try sets.load(
      "gaussian-process", ["kernel": "periodic", "noise": "0.01", "seed": "4", "tasks": "6"])
    let training = try #require(set.tasks(.train) as? GaussianProcessTasks)
    #expect(training.kernel == .periodic && training.noise == 0.01)
    #expect(training.taskCount == 6 && training.taskSeed == 4)
    let test = try #require(set.tasks(.test) as? GaussianProcessTasks)
    #expect(test.kernel == .periodic && test.noise == 0.01 && test.taskCount == nil)
    #expect(set.signature.metrics == [.squaredError, .negativeLogLikelihood, .coverage90])
  }
}
