import MetaLearning
import MetaTasks
import TensorPrograms
import Tensors
import Testing

@Suite struct `Queries of none of the classes` {
  private static func logits(known: [[Double]], unknown: [[Double]]) -> NoveltyLogits {
    var logits = NoveltyLogits()
    logits.known = known
    logits.unknown = unknown
    return logits
  }

  @Test func `are told by the area under the curve`() {
    // Of six pairs four are in order and one is equal.
    let logits = Self.logits(known: [[1, 3], [2, 0]], unknown: [[0, 2], [1, -1], [2.5, 0]])
    #expect(abs(logits.areaUnderCurve(.largestLogit) - 4.5 / 6) < 1e-12)
    #expect(Self.logits(known: [], unknown: [[1]]).areaUnderCurve(.probability) == 0.5)
  }

  @Test func `choose the score that tells best`() throws {
    // All are equally sure, and logits differ.
    let byLogits = Self.logits(
      known: (0..<20).map { [10 + Double($0), 9 + Double($0)] },
      unknown: (0..<20).map { [-10 - Double($0), -11 - Double($0)] })
    let first = try #require(byLogits.threshold())
    #expect(first.score == .largestLogit)
    // One of twenty queries may be called unknown: the second smallest is the first that is not.
    #expect(first.value == 11 && first.isUnknown([10.5, 0]) && !first.isUnknown([11, 0]))
    // The largest logits are equal, and the second ones differ.
    let byProbability = Self.logits(
      known: (0..<20).map { [5, -Double($0)] }, unknown: (0..<20).map { _ in [5, 4] })
    #expect(byProbability.threshold()?.score == .probability)
    #expect(NoveltyLogits().threshold() == nil)
  }

  @Test func `are told from others by prototypes of bright and dark pictures`() throws {
    let tasks = ProceduralCharacters(
      seed: 3, train: 10, validation: 5, test: 12, drawingsPerClass: 6)
    func evaluation(ways: Int) -> NoveltyEvaluation {
      NoveltyEvaluation(
        learner: NearestCentroid(), tasks: tasks.tasks(.test),
        episodes: EpisodeShape(ways: ways, shots: 2, queries: 3), split: .test, seed: 0,
        taskCount: 12)
    }
    let runner = Runner(Runner.Configuration(threads: 1))
    let five = evaluation(ways: 5)
    let found = try #require(
      five.logits(of: ParameterValues(), runner) { _ in true })
    #expect(found.known.count == 12 * 15 && found.unknown.count == 12 * 15)
    #expect(found.known.allSatisfy { $0.count == 5 })
    #expect(found.areaUnderCurve(.largestLogit) > 0.6)
    // As many other classes as there are: two of twelve.
    let ten = try #require(evaluation(ways: 10).logits(of: ParameterValues(), runner) { _ in true })
    #expect(ten.known.count == 12 * 30 && ten.unknown.count == 12 * 6)
    #expect(evaluation(ways: 12).logits(of: ParameterValues(), runner) { _ in true } == nil)
    let stopped = five.logits(of: ParameterValues(), runner) { _ in false }
    #expect(stopped?.known.count == 10 * 15)
  }
}
