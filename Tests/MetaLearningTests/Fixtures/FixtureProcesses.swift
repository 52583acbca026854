import MetaLearning
import MetaTasks
import NeuralNetworks
import Tensors

/// Conditional neural processes.
extension FixtureFamilies {
  static func conditionalProcess(of fixture: Fixture) throws -> FixtureCase {
    let learner = try fixture.conditionalProcess()
    let tasks = FixtureTasks(
      learner, try fixture.processParameters(of: learner), try fixture.pointEpisodes())
    let adapted = learner.adapted(tasks.own, to: tasks.episode.support, tasks.adapting)
    let (support, query) = (tasks.episode.support.inputs.only, tasks.episode.query.inputs.only)
    let predicted = learner.predictions(
      for: NamedTree(["x": .concatenating([support, query], along: 0)]), with: adapted)
    let result = tasks.metaGradient
    var outputs = [
      ("meta_loss", result.loss), ("task_loss", tasks.objective), ("mu", predicted.values),
      ("representation", adapted["representation"]),
    ]
    outputs += predicted.logVariance.map { [("sigma", ($0 * 0.5).exp())] } ?? []
    for part in ["encoder", "decoder"] {
      outputs += result.gradient.subtree(part).entries.map { ("grad.param.\($0.name)", $0.leaf) }
    }
    return FixtureCase(outputs: outputs, values: tasks.values, laneCount: tasks.count)
  }
}

extension Fixture {
  fileprivate func conditionalProcess() throws -> ConditionalNeuralProcess {
    ConditionalNeuralProcess(
      encoder: try denseNetwork("encoder"), decoder: try denseNetwork("decoder"),
      inputs: [InputDescription("x", shape: [try input("context_x").shape[2]])],
      outputCount: try hyper.integer("y_size"),
      leastDeviation: try hyper.number("sigma_floor"))
  }

  /// The network of a name among the fixture's.
  func denseNetwork(_ part: String) throws -> Network {
    let layers = try hyper.object("networks").objects(part)
    guard let first = layers.first else { throw FixtureError("\(name): \(part) has no layers") }
    return try Network([try first.integer("in")], layers: layers)
  }

  /// The inputs `param.`, whose names say whose they are.
  fileprivate func processParameters(
    of learner: ConditionalNeuralProcess
  ) throws -> ParameterValues {
    let tree = learner.initialParameters(RandomKey(seed: 0))
    let parts = ["encoder", "decoder"]
    let all = NamedTree(parts.flatMap { tree.subtree($0).entries })
    let numbers = try parameters(like: all, below: "param")
    return parts.reduce(into: ParameterValues()) { result, part in
      result.append(numbers.filter { $0.name.hasPrefix("\(part).") }, as: part)
    }
  }

  /// Context points as support, those of the targets that are not among them as queries.
  func pointEpisodes() throws -> EpisodeValues {
    let target = Target.numbers(try hyper.integer("y_size"))
    let first = try input("context_x").shape[1]
    func rest(_ value: TensorValue) -> TensorValue {
      .stacking(
        (0..<value.shape[0]).map { task in
          .stacking((first..<value.shape[1]).map { value.slice(at: task).slice(at: $0) })
        })
    }
    func points(_ x: TensorValue, _ y: TensorValue) -> ExampleValues {
      ExampleValues(inputs: NamedTree(["x": x]), targets: y, target: target)
    }
    return EpisodeValues(
      support: points(try input("context_x"), try input("context_y")),
      query: points(rest(try input("target_x")), rest(try input("target_y"))))
  }
}
