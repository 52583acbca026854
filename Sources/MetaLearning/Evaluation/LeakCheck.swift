import MetaTasks
public import TensorPrograms
public import Tensors

/// Checks that a prediction for a query does not depend on the other queries: all together, one at
/// a time and one class at a time give the same answers (house protocol, clause H5).
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
  public func leak(of parameters: ParameterValues, _ runner: Runner) -> Finding {
    var largest = 0.0
    for task in 0..<taskCount {
      let batch = evaluation.batch(task..<task + 1)
      let predictor = Predictor(
        learner: evaluation.learner, parameters: parameters,
        support: batch.values.support.map { $0.slice(at: 0) },
        key: TaskBatch.learnerKey(evaluation.key(ofTask: task)), runner: runner,
        owner: evaluation.owner)
      let inputs = batch.values.query.inputs.map { $0.slice(at: 0) }
      let count = batch.values.query.targets.shape[1]
      let together = predictor.predictions(inputs).rows
      for size in Set([1, evaluation.episodes.queries]).sorted() {
        let parts = stride(from: 0, to: count, by: size).map {
          predictor.predictions(inputs.rows($0..<min($0 + size, count)))
        }
        for (row, part) in parts.flatMap(\.rows).enumerated() {
          let difference = LeakCheck.difference(
            together[row], part, areOneQuantity: evaluation.tasks.signature.namesAnswers)
          largest = max(largest, difference)
          if difference.isNaN || difference > LeakCheck.tolerance
            || !isSameAnswer(together[row], part)
          {
            return .leaks(
              task: task,
              reason: "query \(row) is answered otherwise when asked with \(size) than with all")
          }
        }
      }
    }
    return .independent(largestDifference: largest)
  }

  /// The largest difference of two rows, each number by its size or 1; NaN where one alone is NaN.
  ///
  /// Numbers that `areOneQuantity`, such as logits, count by the size of the largest of them: rounding in one
  /// number goes into all where they are compared with each other.
  package static func difference<Number: BinaryFloatingPoint>(
    _ whole: [Number], _ part: [Number], areOneQuantity: Bool = false
  ) -> Double {
    let sizes = whole.map { $0.isFinite ? max(1, abs($0)) : 1 }
    let largest = sizes.max() ?? 1
    let differences = zip(zip(whole, part), sizes).map { pair, size in
      let (whole, part) = pair
      return whole.isNaN && part.isNaN ? 0 : abs(whole - part) / (areOneQuantity ? largest : size)
    }
    // The largest of a list would pass over NaN.
    return Double(differences.reduce(0) { $0.isNaN || $1.isNaN ? .nan : max($0, $1) })
  }

  /// Whether two rows name the same class or candidate; rows of numbers name none.
  private func isSameAnswer(_ whole: [Float], _ part: [Float]) -> Bool {
    !evaluation.tasks.signature.namesAnswers || whole.positionOfLargest == part.positionOfLargest
  }
}

extension Signature {
  /// Whether a row of predictions scores classes or candidates, of which the largest is the answer.
  fileprivate var namesAnswers: Bool {
    switch target {
    case .numbers: false
    case .classes, .choice, .rewards: true
    }
  }
}

extension TensorValue {
  /// The rows of a float32 value, each as a list; of a list of numbers each is a row.
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
