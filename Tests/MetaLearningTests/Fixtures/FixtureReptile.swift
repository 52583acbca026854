import MetaLearning
import MetaTasks
import NeuralNetworks
import Tensors

/// Reptile's steps on given mini-batches, and its outer direction as meta-training takes it.
extension FixtureFamilies {
  static func reptile(of fixture: Fixture) throws -> FixtureCase {
    let network = try Network(try fixture.hyper.object("network"))
    let batches = try fixture.batches(try fixture.target(of: network))
    guard let first = batches.first else { throw FixtureError("\(fixture.name): no batches") }
    let learner = Reptile(
      network: network, optimizer: try innerOptimizer(fixture),
      learningRate: try fixture.hyper.number("inner_rate"),
      steps: try fixture.hyper.integer("inner_steps"), evaluationSteps: 1,
      batchSize: first.targets.shape[1], meaning: try fixture.meaning())
    var tasks = FixtureTasks(
      learner,
      try fixture.parameters(ofNetworkIn: learner.initialParameters(RandomKey(seed: 0))),
      episodes(ofBatches: batches))
    for (index, batch) in batches.enumerated() { tasks.add(batch, "batch\(index)") }
    let symbols = batches.enumerated().map { BatchInputs.examples($1, "batch\($0)") }
    // The parameters before each step, and after the last.
    let fast = (0...symbols.count).map {
      learner.descend(tasks.own, on: Array(symbols.prefix($0))).parameters
    }
    let losses = zip(symbols, fast).map { loss(of: network($0, $1), on: $0) }
    let direction = tasks.metaGradient.gradient
    let updated = SGD().step(
      tasks.parameters, gradient: direction, state: Parameters(),
      learningRate: Tensor.fill(try fixture.hyper.number("outer_rate"))
    ).parameters
    var outputs = [("step_loss", joined(losses))]
    for (part, tree) in [
      ("adapted", fast[symbols.count]), ("direction", direction), ("updated", updated),
    ] {
      outputs += tree.subtree(Network.parametersName).entries.map {
        ("\(part).\($0.name)", $0.leaf)
      }
    }
    return FixtureCase(outputs: outputs, values: tasks.values, laneCount: tasks.count)
  }

  private static func innerOptimizer(_ fixture: Fixture) throws -> any Optimizer {
    switch try fixture.hyper.string("inner_optimizer") {
    case "sgd": return SGD()
    case "adam":
      return Adam(
        beta1: try fixture.hyper.number("beta1"), beta2: try fixture.hyper.number("beta2"),
        epsilon: try fixture.hyper.number("epsilon"))
    case let name: throw FixtureError("\(fixture.name): no optimizer \(name) is known")
    }
  }

  /// Episodes from which Reptile makes the given mini-batches: with k batches it takes every k-th
  /// example for the first, those beside for the second, and so on.
  private static func episodes(ofBatches batches: [ExampleValues]) -> EpisodeValues {
    let (count, size) = (batches[0].targets.shape[0], batches[0].targets.shape[1])
    func examples(_ positions: Range<Int>) -> ExampleValues {
      func values(_ part: (ExampleValues) -> TensorValue) -> TensorValue {
        .stacking(
          (0..<count).map { task in
            .stacking(
              positions.map { position in
                part(batches[position % batches.count]).slice(at: task)
                  .slice(at: position / batches.count)
              })
          })
      }
      return ExampleValues(
        inputs: batches[0].inputs.mapEntries { entry in values { $0.inputs[entry.name] } },
        targets: values(\.targets), target: batches[0].target)
    }
    let total = batches.count * size
    return EpisodeValues(support: examples(0..<total / 2), query: examples(total / 2..<total))
  }
}

extension Fixture {
  /// The mini-batches of each inner step, with the tasks in front.
  fileprivate func batches(_ target: Target) throws -> [ExampleValues] {
    let (inputs, targets) = (try input("batch_x"), try input("batch_y"))
    func part(_ value: TensorValue, _ step: Int) -> TensorValue {
      .stacking((0..<value.shape[0]).map { value.slice(at: $0).slice(at: step) })
    }
    return (0..<inputs.shape[1]).map { step in
      examples(part(inputs, step), part(targets, step), target)
    }
  }
}
