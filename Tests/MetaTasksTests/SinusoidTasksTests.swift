import Foundation
import Tensors
import Testing

import MetaTasks

@Suite struct SinusoidTasksTests {
  /// Amplitude, phase and the largest deviation of the best sine of frequency 1 through the points.
  private func fit(_ examples: ExampleValues) -> (amplitude: Double, phase: Double, error: Double) {
    let (x, y) = (examples.inputs.only.doubles, examples.targets.doubles)
    var (ss, sc, cc, sy, cy) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for (x, y) in zip(x, y) {
      ss += sin(x) * sin(x)
      sc += sin(x) * cos(x)
      cc += cos(x) * cos(x)
      sy += sin(x) * y
      cy += cos(x) * y
    }
    let determinant = ss * cc - sc * sc
    let a = (sy * cc - cy * sc) / determinant
    let b = (cy * ss - sy * sc) / determinant
    let error = zip(x, y).map { abs(a * sin($0) + b * cos($0) - $1) }.max() ?? 0
    return ((a * a + b * b).squareRoot(), atan2(-b, a), error)
  }

  @Test func `support and query lie on one sine of MAML's family`() {
    let tasks = SinusoidTasks()
    let shape = EpisodeShape(shots: 10, queries: 20)
    var amplitudes: [Double] = []
    var phases: [Double] = []
    for number in 0..<200 {
      let episode = tasks.episode(shape, key: RandomKey(seed: 1).folded(number))
      #expect(episode.support.inputs.only.shape == [10, 1])
      #expect(episode.query.targets.shape == [20, 1])
      #expect(episode.support.target == .numbers(1))
      #expect(episode.query.inputs.only.floats.allSatisfy { (-5...5).contains($0) })
      let (support, query) = (fit(episode.support), fit(episode.query))
      #expect(support.error < 1e-5 && query.error < 1e-5)
      #expect(abs(support.amplitude - query.amplitude) < 1e-3)
      #expect(
        Set(episode.support.inputs.only.floats).isDisjoint(with: episode.query.inputs.only.floats))
      amplitudes.append(query.amplitude)
      phases.append(query.phase)
    }
    #expect(amplitudes.allSatisfy { (0.099...5.001).contains($0) })
    #expect((amplitudes.max() ?? 0) > 4.5 && (amplitudes.min() ?? 9) < 0.5)
    #expect(phases.allSatisfy { (-0.01...Double.pi + 0.01).contains($0) })
    #expect((phases.max() ?? 0) > 2.8 && (phases.min() ?? 9) < 0.3)
  }

  @Test func `Bayesian MAML's family has other frequencies and a little noise`() {
    let tasks = SinusoidTasks(.bayesianMAML)
    let shape = EpisodeShape(shots: 40, queries: 40)
    let errors = (0..<50).map { fit(tasks.episode(shape, key: RandomKey(seed: $0)).query).error }
    #expect(errors.filter { $0 > 0.1 }.count > 30)
    #expect(errors.allSatisfy { $0 > 1e-4 })
  }

  @Test func `even queries run from -5 to 5 without noise`() {
    let tasks = SinusoidTasks(.bayesianMAML, queries: .even)
    let query = tasks.episode(EpisodeShape(shots: 5, queries: 101), key: RandomKey(seed: 1)).query
    #expect(query.inputs.only.floats.first == -5 && query.inputs.only.floats.last == 5)
    #expect(abs(query.inputs.only.floats[50]) < 1e-6)
  }

  @Test func `a finite set holds so many curves`() {
    let tasks = SinusoidTasks(taskCount: 7, taskSeed: 3)
    let shape = EpisodeShape(shots: 10, queries: 10)
    let curves = Set(
      (0..<100).map { number in
        Int(fit(tasks.episode(shape, key: RandomKey(seed: number)).query).amplitude * 1000)
      })
    #expect(curves.count <= 14 && curves.count >= 5)
  }

  @Test func `the squared error counts, and how sure a prediction is comes beside it`() {
    let signature = SinusoidTasks().signature
    #expect(signature.mainMetric == .squaredError)
    #expect(signature.metrics.contains(.negativeLogLikelihood))
  }

  @Test func `the same key names the same points`() {
    let tasks = SinusoidTasks(.bayesianMAML)
    let shape = EpisodeShape(shots: 5, queries: 5)
    let first = tasks.episode(shape, key: RandomKey(seed: 1))
    #expect(first == tasks.episode(shape, key: RandomKey(seed: 1)))
    #expect(first != tasks.episode(shape, key: RandomKey(seed: 2)))
  }

  @Test func `classes and too few points are refused`() {
    let tasks = SinusoidTasks()
    #expect(throws: TaskError.self) {
      try tasks.validate(EpisodeShape(ways: 5, shots: 1, queries: 1))
    }
    #expect(throws: TaskError.self) { try tasks.validate(EpisodeShape(shots: 0, queries: 1)) }
  }
}
