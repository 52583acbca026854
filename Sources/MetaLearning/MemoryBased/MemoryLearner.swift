public import MetaTasks
import NeuralNetworks
public import Tensors

/// A learner that reads the features and labels of a support set once, and answers each query from
/// what it remembers of them.
///
/// Labels are numbers: a class is a row of zeros and a one, so that tasks have always as many
/// classes; targets that are numbers are read as they are.
public protocol MemoryLearner: FeatureLearner {
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

/// Names what is remembered among adapted tensors.
private let memoryName = "memory"

extension MemoryLearner {
  /// The parameters, and what is remembered of the support set.
  public func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    var (adapted, features) = measured(support, parameters)
    adapted.append(memory(of: features.rows, support, parameters), as: memoryName)
    return adapted
  }

  /// The answers to queries.
  public func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction {
    prediction(network.inductiveResults(for: inputs, with: adapted), adapted)
  }

  /// The same with inputs normalised by themselves; nil where no layer measures the support set.
  public func transductivePredictions(
    for inputs: Inputs, with adapted: Parameters
  ) -> Prediction? {
    guard network.measuresSupport else { return nil }
    return prediction(network.transductiveResults(for: inputs, with: adapted), adapted)
  }

  /// The loss of the answers to the queries.
  public func objective(
    _ parameters: Parameters, on episode: Episode, _ context: LearningContext
  ) -> Objective {
    episodeObjective(parameters, on: episode, context, trainsTransductively: false) {
      support, query in
      let memory = memory(of: support.rows, episode.support, parameters)
      return Prediction(answers(to: query.rows, remembering: memory, parameters), meaning)
    }
  }

  private func prediction(_ features: Tensor, _ adapted: Parameters) -> Prediction {
    Prediction(
      answers(to: features.rows, remembering: adapted.subtree(memoryName), adapted), meaning)
  }
}

extension Network {
  /// How many features there are of an example.
  var featureCount: Int { outputShape.elementCount }
}

extension Tensor {
  /// The features of each example in one row: `[n, features]`.
  fileprivate var rows: Tensor { reshaped([shape[0], -1]) }

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
