import MetaLearning
import MetaTasks
import NeuralNetworks
import TensorPrograms
import Tensors
import Testing

@Suite struct `The check for leaks` {
  private func leak(_ learner: any MetaLearner, _ tasks: any TaskDistribution) throws
    -> LeakCheck.Finding?
  {
    let evaluation = Evaluation(
      learner: learner, tasks: tasks, episodes: EpisodeShape(ways: 5, shots: 1, queries: 4),
      split: .test, seed: 1, taskCount: 2, checkedTaskCount: 2, metrics: try tasks.knownMetrics)
    return evaluation.result(
      of: learner.initialParameters(RandomKey(seed: 1)), Runner(.init(threads: 1))
    ).leak
  }

  @Test(arguments: [
    LookingAround(share: 1e-4), LookingAround(share: 1), LookingAround(needsTwo: true),
  ])
  private func `finds a learner that looks at other queries`(learner: LookingAround) throws {
    let finding = try leak(learner, LearnerFamily.tasks(.test))
    guard case .leaks? = finding else {
      Issue.record("\(String(describing: finding))")
      return
    }
  }

  @Test(arguments: ["prototypical networks", "words by rarity"])
  func `passes a learner on int32 inputs that looks at no other query`(_ name: String) throws {
    let learner: any MetaLearner =
      name == "words by rarity"
      ? try #require(LexicalCentroid.learner(of: "tokens", "weights", TokenTasks().signature))
      : PrototypicalNetworks(network: try TokenTasks.network(outputs: nil))
    guard case .independent(let difference)? = try leak(learner, TokenTasks()) else {
      Issue.record("answers differ")
      return
    }
    #expect(difference <= LeakCheck.tolerance)
  }

  @Test(arguments: ["tokens", "length"])
  func `finds a learner that looks at an int32 input of other queries`(_ name: String) throws {
    let base = PrototypicalNetworks(network: try TokenTasks.network(outputs: nil))
    guard case .leaks? = try leak(LookingAtTexts(base: base, input: name), TokenTasks()) else {
      Issue.record("nothing was found")
      return
    }
  }

  @Test func `finds variances that depend on other queries where means do not`() throws {
    let learner = SpreadOfQueries()
    let evaluation = Evaluation(
      learner: learner, tasks: SinusoidTasks(), episodes: EpisodeShape(shots: 2, queries: 4),
      split: .test, seed: 1, taskCount: 1, checkedTaskCount: 1, metrics: [])
    let finding = LeakCheck(evaluation: evaluation, taskCount: 1)
      .leak(of: learner.initialParameters(RandomKey(seed: 1)), Runner(.init(threads: 1)))
    guard case .leaks = finding else {
      Issue.record("\(finding)")
      return
    }
  }
}

/// Products of each picture together with a share of the mean of all queries: what no learner may
/// do.
private struct LookingAround: MetaLearner {
  var share = 0.0
  /// Whether the last logit of a query that is asked alone is no number.
  var needsTwo = false

  func initialParameters(_ key: RandomKey) -> ParameterValues {
    ParameterValues(["weight": TensorValue(key.normal(count: 28 * 28 * 5), shape: [784, 5])])
  }

  func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters { parameters }

  func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction {
    let pictures = inputs.only.reshaped([inputs.only.shape[0], -1])
    let mean = pictures.mean(along: [0], keepingAxes: true)
    let logits = matrixProduct(pictures + mean * share, adapted["weight"])
    guard needsTwo else { return Prediction(logits, .logits) }
    let spread = (pictures - mean).square().sum()
    let last = logits.slice(along: 1, from: 4, to: 5) + (spread - 1e-6).squareRoot() * 1e-12
    return Prediction(
      .concatenating([logits.slice(along: 1, from: 0, to: 4), last], along: 1), .logits)
  }
}

/// Distances to prototypes, less so much of the mean of an int32 input of all queries for one
/// class.
private struct LookingAtTexts: MetaLearner {
  let base: PrototypicalNetworks
  let input: String

  func initialParameters(_ key: RandomKey) -> ParameterValues { base.initialParameters(key) }

  func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters { base.adapted(parameters, to: support, context) }

  func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction {
    let logits = base.predictions(for: inputs, with: adapted).values
    let mean = inputs[input].converted(to: .float32).mean()
    let firstClass = Tensor.literal(TensorValue([1, 0, 0, 0, 0] as [Float], shape: [1, 5]))
    return Prediction(logits - firstClass * mean * 0.01, .logits)
  }
}

/// Zeros whose variance is that of the queries.
private struct SpreadOfQueries: MetaLearner {
  func initialParameters(_ key: RandomKey) -> ParameterValues { ParameterValues() }

  func adapted(
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    Parameters(["mean": support.targets.mean(along: [0], keepingAxes: true)])
  }

  func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction {
    let x = inputs.only
    let spread = (x - x.mean(along: [0], keepingAxes: true)).square().mean()
    return Prediction(
      adapted["mean"].broadcast(to: x.shape), .numbers,
      logVariance: (spread + 1).log().reshaped([1, 1]).broadcast(to: x.shape))
  }
}
