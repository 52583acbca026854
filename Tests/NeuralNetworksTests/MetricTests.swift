import NeuralNetworks
import TensorPrograms
import Testing
import Tensors

@Suite struct MetricTests {
  /// A metric with the number that it must come to.
  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let metric: @Sendable () -> Tensor
    let expected: Double

    init(_ name: String, _ expected: Double, _ metric: @escaping @Sendable () -> Tensor) {
      testDescription = name
      self.expected = expected
      self.metric = metric
    }
  }

  @Test(arguments: accuracies + rankings + areas + coverages)
  func `a metric is what a hand makes of it`(_ row: Row) {
    #expect(distance(evaluated(row.metric()), [row.expected]) < 1e-9)
  }

  // MARK: Rows

  private static let logits = literal([1, 2, 3, 0, -1, 4], [2, 3])
  private static let weights = literal([3, 1], [2])

  private static let accuracies = [
    Row("accuracy, half", 0.5) { accuracy(logits, labels([2, 0])) },
    Row("accuracy, all", 1) { accuracy(logits, labels([2, 2])) },
    Row("accuracy, weighted", 0.75) { accuracy(logits, labels([2, 0]), weights: weights) },
    Row("accuracy, leading axis", 0.25) {
      let stacked = Tensor.concatenating([logits, -logits], along: 0).reshaped([2, 2, 3])
      return accuracy(stacked, labels([2, 0]))
    },
    Row("entropy of equal classes", 1.0986122886681098) {
      meanEntropy(literal([7, 7, 7], [1, 3]))
    },
    Row("entropy, weighted", 0.25 * 0.6931471805599453) {
      meanEntropy(literal([200, 0, 1, 1], [2, 2]), weights: weights)
    },
  ]

  // Ranks: 2; 1; candidates 0, 2 and 3 share the ranks 1 to 3, of which 2 is the mean; 4.
  private static let scores = literal(
    [0.1, 0.4, 0.3, 0.2, 9, 1, 2, 3, 5, 1, 5, 5, 4, 3, 2, 1], [4, 4])
  private static let chosen = labels([2, 0, 3, 3])
  // 1 / log2(1 + rank) of the ranks 2 and 4.
  private static let (gainOfSecond, gainOfFourth) = (0.630929753571457, 0.430676558073393)

  private static let rankings = [
    Row("reciprocal rank", (0.5 + 1 + 0.5 + 0.25) / 4) { meanReciprocalRank(scores, chosen) },
    Row("reciprocal rank, weighted", (0.5 + 3 * 0.25) / 4) {
      meanReciprocalRank(scores, chosen, weights: literal([1, 0, 0, 3], [4]))
    },
    Row("reciprocal rank, two equal", 1 / 1.5) {
      meanReciprocalRank(literal([7, 7, 1], [1, 3]), labels([1]))
    },
    Row("reciprocal rank, not a number", 0.25) {
      meanReciprocalRank(literal([7, .nan, 1, 0], [1, 4]), labels([1]))
    },
    Row("hits at 1", 0.25) { hitRate(scores, chosen, at: 1) },
    Row("hits at 2", 0.75) { hitRate(scores, chosen, at: 2) },
    Row("hits at 1, two equal", 0) { hitRate(literal([7, 7], [1, 2]), labels([0]), at: 1) },
    Row("gain, of all", (1 + 2 * gainOfSecond + gainOfFourth) / 4) {
      normalizedDiscountedGain(scores, chosen, at: 4)
    },
    Row("gain of the first three", (1 + 2 * gainOfSecond) / 4) {
      normalizedDiscountedGain(scores, chosen, at: 3)
    },
    Row("gain, weighted", (3 + gainOfFourth) / 4) {
      normalizedDiscountedGain(scores, chosen, at: 4, weights: literal([0, 3, 0, 1], [4]))
    },
  ]

  private static let areas = [
    // Pairs of scores of a 1 and a 0: 3 > 1, 3 > 2, 2 > 1, 2 = 2.
    Row("area, a tie", 3.5 / 4) {
      areaUnderCurve(literal([3, 1, 2, 2], [4]), labels([1, 0, 1, 0]))
    },
    Row("gain of ratings", 0.27541155237618664) {
      ratingGain(literal([3, 1, 2], [3, 1]), literal([2, 4, 0], [3, 1]), at: 2)
    },
    Row("gain of ratings, the best of which is not there", 1) {
      ratingGain(
        literal([3, 9, 2], [3, 1]), literal([2, 4, 0], [3, 1]), at: 2,
        weights: literal([1, 0, 1], [3]))
    },
    Row("gain of ratings, equals by their places", 0.9639404333166532) {
      ratingGain(literal([1, 1, 1], [3, 1]), literal([4, 0, 2], [3, 1]), at: 5)
    },
    Row("area, the wrong way round", 0) { areaUnderCurve(literal([1, 2], [2]), labels([1, 0])) },
    Row("area, one class alone", 0.5) { areaUnderCurve(literal([1, 2], [2]), labels([1, 1])) },
    Row("area, weighted", (3 * 1 + 3 * 2 + 1 + 0.5 * 2) / 12) {
      areaUnderCurve(
        literal([3, 1, 2, 2], [4]), labels([1, 0, 1, 0]), weights: literal([3, 1, 1, 2], [4]))
    },
    Row("area, leading axis", 0.5) {
      areaUnderCurve(literal([1, 2, 2, 1], [2, 2]), labels([1, 0]))
    },
  ]

  // Distances of 0, 1, 1.7 and 2 deviations; half of a normal distribution lies within 0.6745 of
  // them, 0.9 within 1.6449, 0.95 within 1.96.
  private static func coverage(_ probability: Double, weights: Tensor? = nil) -> Tensor {
    intervalCoverage(
      mean: literal([1, 0, 0, 2], [4]), logVariance: literal([0, 0, 0, 1.3862943611], [4]),
      literal([1, -1, 1.7, 6], [4]), probability: probability, weights: weights)
  }

  private static let coverages = [
    Row("coverage of a half", 0.25) { coverage(0.5) },
    Row("coverage of nine tenths", 0.5) { coverage(0.9) },
    Row("coverage of 0.95", 0.75) { coverage(0.95) },
    Row("coverage of 0.99", 1) { coverage(0.99) },
    Row("coverage, weighted", 0.8) { coverage(0.5, weights: literal([4, 1, 0, 0], [4])) },
    Row("coverage of components", 0.5) {
      intervalCoverage(
        mean: literal([0, 0, 0, 0], [2, 2]), logVariance: literal([0, 0, 0, 0], [2, 2]),
        literal([0, 1, 1, 0], [2, 2]), probability: 0.5)
    },
  ]
}
