import MetaTasks
import TensorPrograms
public import Tensors

/// Checks that a prediction for a query does not depend on the other queries: all together, one at a
/// time and one class at a time give the same answers (house protocol, clause H5).
public struct LeakCheck: Sendable {
  /// What a check found.
  public enum Finding: Sendable, Equatable {
    /// Answers are the same; the largest difference of a logit or number, over its size or 1.
    case independent(largestDifference: Double)
    /// Answers differ.
    case leaks(task: Int, reason: String)
  }

  private let evaluation: Evaluation
  private let taskCount: Int

  /// Differences that rounding alone explains.
  public static let tolerance = 1e-5

  /// Checks the first tasks of an evaluation.
  public init(evaluation: Evaluation, taskCount: Int) {
    self.evaluation = evaluation
    self.taskCount = taskCount
  }

  /// Whether predictions with these parameters leak from query to query.
  public func leak(of parameters: ParameterValues) -> Finding {
    var largest = 0.0
    var predictors: [Int: Execution] = [:]
    for task in 0..<taskCount {
      let batch = evaluation.batch(task..<task + 1)
      let predictor = Predictor(
        learner: evaluation.learner, parameters: parameters,
        support: batch.values.support.firstLane,
        key: TaskBatch.learnerKey(evaluation.key(ofTask: task)), execution: evaluation.execution)
      let inputs = batch.values.query.inputs.slice(at: 0)
      let together = predictor.predictions(inputs, &predictors).asRows
      let classSize = evaluation.episodes.queries
      for size in Set([1, classSize]).sorted() {
        let parts = stride(from: 0, to: inputs.shape[0], by: size).map {
          predictor.predictions(inputs.rows($0..<min($0 + size, inputs.shape[0])), &predictors)
        }
        for (row, part) in parts.flatMap(\.asRows).enumerated() {
          let whole = together[row]
          // What is no number either way is the same answer.
          let difference =
            zip(whole, part).map { $0.isNaN && $1.isNaN ? 0 : abs($0 - $1) / max(1, abs($0)) }
            // The largest of a list would pass over what is no number.
            .reduce(0) { $0.isNaN || $1.isNaN ? .nan : max($0, $1) }
          largest = max(largest, Double(difference))
          let sameClass =
            !evaluation.tasks.isClassification || whole.positionOfLargest == part.positionOfLargest
          if difference > Float(LeakCheck.tolerance) || !sameClass || difference.isNaN {
            return .leaks(
              task: task,
              reason: "query \(row) is answered otherwise when asked with \(size) than with all")
          }
        }
      }
    }
    return .independent(largestDifference: largest)
  }
}

extension ExampleSet where Value == TensorValue {
  /// The examples of the first of several lanes.
  var firstLane: ExampleValues { map { $0.slice(at: 0) } }
}

extension TensorValue {
  /// Rows of a float32 value along the first axis.
  func rows(_ range: Range<Int>) -> TensorValue {
    let width = shape.dimensions.dropFirst().reduce(1, *)
    return TensorValue(
      Array(floats[range.lowerBound * width..<range.upperBound * width]),
      shape: shape.replacing(axis: 0, with: range.count))
  }

  /// The rows of a float32 value, each as a list.
  package var asRows: [[Float]] {
    let width = shape.dimensions.dropFirst().reduce(1, *)
    let elements = floats
    return (0..<shape[0]).map { Array(elements[$0 * width..<($0 + 1) * width]) }
  }
}

extension [Float] {
  /// The position of the first largest element.
  fileprivate var positionOfLargest: Int { indices.reduce(0) { self[$1] > self[$0] ? $1 : $0 } }
}
