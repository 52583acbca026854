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
  /// What learners are told where they adapt.
  let adapting: LearningContext
  /// The numbers of all inputs by name.
  private(set) var values: [String: TensorValue] = [:]

  /// Takes episodes with the tasks in front.
  init(_ learner: any MetaLearner, _ numbers: ParameterValues, _ episodes: EpisodeValues) {
    let (count, shots) = (episodes.support.targets.shape[0], episodes.support.targets.shape[1])
    self.learner = learner
    batch = TaskBatch(
      EpisodeShape(shots: shots, queries: episodes.query.targets.shape[1]),
      values: episodes,
      keys: TensorValue([UInt32](repeating: 0, count: 2 * count), shape: [count, 2]))
    parameters = Parameters.inputs(like: numbers, prefix: TreeName.learner)
    let inputs = BatchInputs(like: batch)
    episode = inputs.episode
    adapting = LearningContext(.adapting, key: inputs.key)
    for entry in numbers.entries { values["\(TreeName.learner).\(entry.name)"] = entry.leaf }
    add(episodes.support, "support")
    add(episodes.query, "query")
  }

  /// The number of tasks.
  var count: Int { batch.keys.shape[0] }
  /// The parameters as each task sees them.
  var own: Parameters { parameters.perLane() }

  /// Adds the numbers of examples, with the tasks in front.
  mutating func add(_ examples: ExampleValues, _ name: String) {
    for part in examples.parts { values["\(name).\(part.name)"] = part.value }
  }

  /// The mean objective over tasks and its gradient, as meta-training descends on it.
  var metaGradient: MetaGradient { MetaGradient(of: learner, parameters, like: batch) }

  /// The objective of each task.
  var objective: Tensor {
    learner.objective(own, on: episode, LearningContext(.training, key: adapting.key)).loss
  }

  /// Predictions that may look at all queries, as the fixtures' do.
  func predictions(with adapted: Parameters) -> Tensor {
    let together = learner.transductivePredictions(for: episode.query.inputs, with: adapted)
    return (together ?? learner.predictions(for: episode.query.inputs, with: adapted)).values
  }
}

extension Fixture {
  /// The tasks' support and query sets.
  func episodes(_ target: Target) throws -> EpisodeValues {
    func part(_ name: String) throws -> ExampleValues {
      examples(try input("\(name)_x"), try input("\(name)_y"), target)
    }
    return EpisodeValues(support: try part("support"), query: try part("query"))
  }

  /// Examples of one input.
  func examples(
    _ inputs: TensorValue, _ targets: TensorValue, _ target: Target
  ) -> ExampleValues {
    ExampleValues(inputs: NamedTree(["inputs": inputs]), targets: targets, target: target)
  }

  /// What a network's results are by the fixture's loss.
  func meaning() throws -> Prediction.Meaning {
    switch try hyper.string("loss") {
    case "cross_entropy": .logits
    case "mse": .numbers
    case let loss: throw FixtureError("\(name): no loss \(loss) is known")
    }
  }

  /// What examples of a network's results are labelled with by the fixture's loss.
  func target(of network: Network) throws -> Target {
    let count = network.outputShape[-1]
    return try meaning() == .logits ? .classes(count) : .numbers(count)
  }

  /// The inputs `param.` as the network's part of a learner's parameters.
  func parameters(ofNetworkIn tree: ParameterValues) throws -> ParameterValues {
    let own = tree.subtree(Network.parametersName)
    return ParameterValues(try parameters(like: own, below: "param"), as: Network.parametersName)
  }
}

/// Numbers of each task as one vector for each task.
func joined(_ scalars: [Tensor]) -> Tensor {
  Tensor.concatenating(scalars.map { $0.reshaped([1]) }, along: 0)
}
