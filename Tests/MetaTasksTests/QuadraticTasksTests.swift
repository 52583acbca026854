import MetaTasks
import Tensors
import Testing

@Suite struct QuadraticTasksTests {
  private let tasks = QuadraticTasks(dimensions: 3)
  private let shape = EpisodeShape(shots: 4, queries: 4)

  @Test func `a function is judged by itself, and differs from key to key`() {
    let first = tasks.episode(shape, key: RandomKey(seed: 1))
    #expect(first.support == first.query)
    #expect(first.support.inputs["row"].shape == [4, 3] && first.support.targets.shape == [4, 1])
    #expect(first == tasks.episode(shape, key: RandomKey(seed: 1)))
    #expect(first != tasks.episode(shape, key: RandomKey(seed: 2)))
  }

  @Test func `the mean squared error at 0 is the squared length of y`() {
    // The mean over functions of four normal numbers' squares is 4, with a deviation of √8 each.
    let count = 2000
    let means = (0..<count).map { number in
      let targets = tasks.episode(shape, key: RandomKey(seed: 5).folded(number)).support.targets
      return targets.doubles.reduce(0) { $0 + $1 * $1 } / 4
    }
    #expect(abs(means.reduce(0, +) / Double(count) - 4) < 0.3)
  }

  @Test func `there are as many queries as rows`() {
    #expect(throws: TaskError.self) { try tasks.validate(EpisodeShape(shots: 4, queries: 5)) }
    #expect(throws: TaskError.self) {
      try tasks.validate(EpisodeShape(ways: 2, shots: 4, queries: 4))
    }
    #expect(throws: Never.self) { try tasks.validate(shape) }
  }
}
