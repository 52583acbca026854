public import MetaTasks
import NeuralNetworks
public import Tensors

/// A learner that reads the features and labels of a support set once, and answers each query from
/// what it remembers of them.
///
/// Labels are numbers: a class is a row of zeros and a one, so that tasks have always as many
/// classes; targets that are numbers are read as they are.
public protocol MemoryLearner: OnePassLearner {
  /// What answers are.
  var meaning: Prediction.Meaning { get }

  /// What is remembered of a support set, whose features are `[examples, features]`.
  func memory(of features: Tensor, _ support: Examples, _ parameters: Parameters) -> Parameters

  /// Logits or numbers `[queries, outputs]` for the features of queries `[queries, features]`, each
  /// from its own features and the memory alone.
  func answers(
    to features: Tensor, remembering memory: Parameters, _ parameters: Parameters
  ) -> Tensor
}

extension MemoryLearner {
  /// What is remembered.
  public func summary(
    of features: Tensor, _ support: Examples, _ parameters: Parameters, _ context: LearningContext
  ) -> Parameters { memory(of: features.rows, support, parameters) }

  /// The answers as predictions.
  public func answers(
    to features: Tensor, by summary: Parameters, _ parameters: Parameters
  ) -> Prediction {
    Prediction(answers(to: features.rows, remembering: summary, parameters), meaning)
  }
}

extension Tensor {
  /// The rows `[n, features]` of queries with zeros where support examples have labels.
  func withoutLabels(_ count: Int) -> Tensor {
    Tensor.concatenating([self, .fill(0, shape: [shape[0], count])], along: 1)
  }
}

extension Examples {
  /// What is to be said of each example as numbers `[n, outputs]`.
  var labels: Tensor {
    guard case .classes(let count) = target else { return targets }
    return targets.oneHot(count)
  }
}

extension LearnerNeeds {
  /// What learners need that read features with labels.
  static func labelledFeatures(_ targets: Set<TargetName>) -> LearnerNeeds {
    var needs = comparedFeatures
    needs.outputs = .labelledFeatures
    needs.targets = targets
    return needs
  }
}

extension LearnerParts {
  /// How many numbers a label has, and an answer.
  var outputCount: Int { signature.target.target(ways: ways).outputCount }
}
