import MetaLearning
import MetaTasks
import NeuralNetworks
import Tensors

/// A learner on the tasks of a fixture, as symbols and as numbers.
struct FixtureTasks {
  let learner: any MetaLearner
  let batch: TaskBatch
  /// The parameters that all tasks share.
  let parameters: Parameters
  let episode: Episode
  let key: SymbolicKey
  /// The numbers of all inputs by name.
  private(set) var values: [String: TensorValue] = [:]

  /// Takes episodes with the tasks in front.
  init(_ learner: any MetaLearner, _ numbers: ParameterValues, _ episodes: EpisodeValues) {
    let count = episodes.support.inputs.shape[0]
    self.learner = learner
    batch = TaskBatch(
      EpisodeShape(
        shots: episodes.support.inputs.shape[1], queries: episodes.query.inputs.shape[1]),
      values: episodes,
      keys: TensorValue([UInt32](repeating: 0, count: 2 * count), shape: [count, 2]))
    parameters = Parameters.inputs(like: numbers, prefix: "parameters")
    let inputs = BatchInputs(like: batch)
    episode = inputs.episode
    key = inputs.key
    for entry in numbers.entries { values["parameters.\(entry.name)"] = entry.leaf }
    add(episodes.support, "support")
    add(episodes.query, "query")
    values["key"] = batch.keys
  }

  /// The number of tasks.
  var count: Int { batch.keys.shape[0] }
  /// The parameters as each task sees them.
  var own: Parameters { parameters.perLane() }

  /// Adds the numbers of examples, with the tasks in front.
  mutating func add(_ examples: ExampleValues, _ name: String) {
    values["\(name).inputs"] = examples.inputs
    values["\(name).targets"] = examples.targets
  }

  /// The mean objective over tasks and its gradient, as meta-training descends on it.
  var metaGradient: MetaStep.MetaGradient {
    MetaStep(learner: learner, optimizer: SGD()).metaGradient(parameters, like: batch)
  }

  /// The objective of each task.
  var objective: Tensor { learner.objective(own, on: episode, key: key).loss }

  /// Predictions that may look at all queries, as the fixtures' do.
  func predictions(with adapted: Parameters) -> Tensor {
    learner.transductivePredictions(for: episode.query.inputs, with: adapted)
      ?? learner.predictions(for: episode.query.inputs, with: adapted)
  }
}

extension Fixture {
  /// The tasks' support and query sets.
  func episodes(classCount: Int?) throws -> EpisodeValues {
    func examples(_ part: String) throws -> ExampleValues {
      ExampleValues(
        inputs: try input("\(part)_x"), targets: try input("\(part)_y"), classCount: classCount)
    }
    return EpisodeValues(support: try examples("support"), query: try examples("query"))
  }

  /// The number of classes of a network's results by the fixture's loss; nil for numbers.
  func classCount(of network: Network) throws -> Int? {
    switch try hyper.string("loss") {
    case "cross_entropy": network.outputShape[-1]
    case "mse": nil
    case let loss: throw FixtureError("\(name): no loss \(loss) is known")
    }
  }
}

/// Numbers of each task as one vector for each task.
func joined(_ scalars: [Tensor]) -> Tensor {
  Tensor.concatenating(scalars.map { $0.reshaped([1]) }, along: 0)
}
