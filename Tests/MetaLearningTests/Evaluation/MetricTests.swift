import MetaLearning
import MetaTasks
import Settings
import TensorPrograms
import Tensors
import Testing

/// A metric of a prediction by hand; nil where there is none.
struct MetricRow: CustomTestStringConvertible, Sendable {
  let metric: String
  let sample: String
  let expected: Double?

  var testDescription: String { "\(metric) of \(sample)" }

  init(_ metric: String, of sample: String, _ expected: Double?) {
    self.metric = metric
    self.sample = sample
    self.expected = expected
  }

  static let rows = [
    MetricRow("accuracy", of: "two classes", 1.0 / 3),
    MetricRow("accuracy", of: "two classes, weighted", 0.2),
    MetricRow("accuracy", of: "samples of classes", 1),
    // Of the pairs (-2, -2), half counts; of (-2, 1), nothing.
    MetricRow("auroc", of: "two classes", 0.25),
    MetricRow("auroc", of: "two classes, weighted", 0.125),
    MetricRow("auroc", of: "candidates", nil),
    MetricRow("negativeLogLikelihood", of: "samples of classes", 0.51082562),
    MetricRow("entropy", of: "samples of classes", 0.673011667),
    MetricRow("entropy", of: "numbers", nil),
    MetricRow("meanReciprocalRank", of: "candidates", 0.75),
    MetricRow("hits@1", of: "candidates", 0.5),
    MetricRow("hits@10", of: "candidates", 1),
    MetricRow("nDCG@5", of: "candidates", 0.815464877),
    MetricRow("nDCG@10", of: "candidates", 0.815464877),
    MetricRow("squaredError", of: "numbers", 2.125),
    MetricRow("ratingGain@5", of: "numbers", 1),
    MetricRow("absoluteError", of: "numbers", 1.25),
    MetricRow("logSquaredError", of: "numbers", 0.327358934),
    MetricRow("squaredError", of: "numbers, weighted", 1.1875),
    MetricRow("negativeLogLikelihood", of: "numbers", nil),
    MetricRow("coverage90", of: "numbers", nil),
    MetricRow("negativeLogLikelihood", of: "numbers with variances", 1.981438533),
    MetricRow("coverage90", of: "numbers with variances", 0.5),
  ]
}

@Suite struct `Metrics of predictions` {
  private static func examples(
    _ target: Target, _ targets: TensorValue, weights: [Float]? = nil
  ) -> Examples {
    Examples(
      inputs: Inputs(), targets: .literal(targets),
      weights: weights.map { .literal(TensorValue($0, shape: [$0.count])) }, target: target)
  }

  private static func tensor(_ numbers: [Float], _ shape: Shape) -> Tensor {
    .literal(TensorValue(numbers, shape: shape))
  }

  private static let samples: [String: (Prediction, Examples)] = {
    let logits = Prediction(tensor([2, 0, 0, 1, 3, 1], [3, 2]), .logits)
    let labels = TensorValue([0, 0, 1] as [Int32], shape: [3])
    let numbers = tensor([1, 2], [2, 1])
    let points = TensorValue([1.5, 4] as [Float], shape: [2, 1])
    // One sample is sure of the right class, the other leans to the wrong one.
    let probabilities = tensor([0.8, 0.2, 0.4, 0.6], [2, 1, 2])
    return [
      "two classes": (logits, examples(.classes(2), labels)),
      "two classes, weighted": (logits, examples(.classes(2), labels, weights: [1, 3, 1])),
      "samples of classes": (
        Prediction(probabilities.log(), .logits),
        examples(.classes(2), TensorValue([0] as [Int32], shape: [1]))
      ),
      "candidates": (
        Prediction(tensor([3, 1, 2, 0, 5, 1], [2, 3]), .scores),
        examples(.choice(candidates: 3), TensorValue([0, 2] as [Int32], shape: [2]))
      ),
      "numbers": (Prediction(numbers, .numbers), examples(.numbers(1), points)),
      "numbers, weighted": (
        Prediction(numbers, .numbers), examples(.numbers(1), points, weights: [3, 1])
      ),
      "numbers with variances": (
        Prediction(numbers, .numbers, logVariance: tensor([0, 0], [2, 1])),
        examples(.numbers(1), points)
      ),
    ]
  }()

  @Test(arguments: MetricRow.rows)
  func `have the values that follow by hand`(row: MetricRow) throws {
    let (prediction, examples) = try #require(Self.samples[row.sample])
    let metric = try #require(MetricCatalogue.standard[row.metric])
    let context = LearningContext(
      .training, key: SymbolicKey(words: .input("key", shape: [2], elementType: .uint32)),
      metrics: [metric])
    let found = Objective(prediction, on: examples, context).metrics
    guard let expected = row.expected else {
      #expect(found.isEmpty)
      return
    }
    try #require(found.map(\.name) == [row.metric])
    let value = ReferenceExecutor().evaluate([found[0].value])[0].elements
    #expect(value.count == 1)
    #expect(abs(value[0] - expected) < 1e-6, "\(value)")
  }

  @Test func `are all checked`() {
    #expect(Set(MetricRow.rows.map(\.metric)) == Set(MetricCatalogue.standard.names))
  }

  @Test func `that no catalogue has are told by name`() {
    struct OddTasks: TaskFamily {
      let name = "odd"
      var signature: Signature {
        Signature(
          inputs: [], target: .classes, order: .none,
          metrics: [MetricDescription("oddness", title: "oddness", .larger, .percent)])
      }
    }
    #expect { _ = try OddTasks().knownMetrics } throws: { "\($0)".contains("'oddness'") }
  }
}
