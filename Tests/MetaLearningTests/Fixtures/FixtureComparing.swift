import MetaLearning
import MetaTasks
import NeuralNetworks
import Tensors

/// Learners that compare a query with the support set: matching and relation networks, and heads
/// that are solved for.
extension FixtureFamilies {
  static func matching(of fixture: Fixture) throws -> FixtureCase {
    let network = try Network(try fixture.hyper.object("network"))
    let learner = MatchingNetworks(network: network, trainsTransductively: true)
    let tasks = try ComparingTasks(fixture, learner)
    let similarities = learner.similarities(
      network(tasks.all.episode.query, tasks.adapted), tasks.adapted["summary/features"])
    return tasks.fixtureCase([
      ("query_logits", tasks.predictions), ("query_probabilities", tasks.predictions.exp()),
      ("similarities", similarities),
    ])
  }

  static func relation(of fixture: Fixture) throws -> FixtureCase {
    let own = try fixture.hyper.object("relation_network")
    // Its sigmoid is the learner's own.
    let layers = Array(try own.objects("layers").dropLast())
    let learner = RelationNetworks(
      network: try Network(try fixture.hyper.object("network")),
      relation: try Network(Shape(try own.integers("input")), layers: layers),
      sumsExamples: true, trainsTransductively: true)
    let tasks = try ComparingTasks(fixture, learner)
    let scores = tasks.predictions.sigmoid()
    return tasks.fixtureCase([("query_logits", scores), ("relation_scores", scores)])
  }

  /// R2-D2 and LR-D2.
  static func closedForm(of fixture: Fixture) throws -> FixtureCase {
    let isBinary = fixture.kind == "metric/lrd2"
    let learner = R2D2(
      network: try Network(try fixture.hyper.object("network")),
      solver: isBinary ? .logistic(steps: try fixture.hyper.integer("newton_steps")) : .ridge,
      trainsTransductively: true)
    let tasks = try ComparingTasks(
      fixture, learner,
      head: [
        ("regularizer", "lambda", 1), ("scale", "alpha", 1), ("offset", "beta", 1),
      ])
    let (logits, weights) = (tasks.predictions, tasks.adapted["summary/weights"])
    guard isBinary else {
      return tasks.fixtureCase([("query_logits", logits), ("ridge_weights", weights)])
    }
    return tasks.fixtureCase([
      ("query_logits", logits.slice(along: 1, from: 1, to: 2).reshaped([-1])),
      ("weights", weights.reshaped([-1])),
    ])
  }

  /// MetaOptNet's ridge head, whose dual variables are twice the solution.
  static func ridgeHead(of fixture: Fixture) throws -> FixtureCase {
    let network = try Network(try fixture.hyper.object("network"))
    let regularizer = try fixture.hyper.number("lambda")
    let learner = R2D2(
      network: network, regularizer: regularizer, learnsRegularizer: false,
      trainsTransductively: true)
    let tasks = try ComparingTasks(fixture, learner, head: [("scale", "scale", 2)])
    let support = tasks.all.episode.support
    let rows = network(support, tasks.all.own)
    let gram = matrixProduct(rows, rows, transposingRight: true)
    let identity = Tensor.positions(along: 0, shape: gram.shape)
      .isEqual(to: Tensor.positions(along: 1, shape: gram.shape))
    let dual =
      (gram + identity * regularizer)
      .positiveDefiniteSolution(support.targets.oneHot(support.classCount)) * 2
    return tasks.fixtureCase([("query_logits", tasks.predictions), ("dual", dual)])
  }
}

/// The tasks of such a fixture.
private struct ComparingTasks {
  /// A number of a head: its name in the learner and in the fixture, and the learner's number for
  /// one of the fixture's.
  typealias HeadNumber = (name: String, fixtureName: String, factor: Double)

  let all: FixtureTasks
  let adapted: Parameters
  let predictions: Tensor
  private let head: [HeadNumber]

  init(_ fixture: Fixture, _ learner: any MetaLearner, head: [HeadNumber] = []) throws {
    self.head = head
    let tree = learner.initialParameters(RandomKey(seed: 0))
    let own = tree.subtree(Network.parametersName)
    let relation = tree.subtree("relation")
    let given = try fixture.parameters(
      like: NamedTree(own.entries + relation.entries), below: "param")
    var numbers = ParameterValues(
      given.filter { own.names.contains($0.name) }, as: Network.parametersName)
    numbers.append(given.filter { relation.names.contains($0.name) }, as: "relation")
    var headNumbers = tree.subtree("head")
    for (name, fixtureName, factor) in head {
      let number = try fixture.input("head.\(fixtureName)").floats[0] * Float(factor)
      headNumbers = headNumbers.replacing(with: NamedTree([name: TensorValue(number)]))
    }
    numbers.append(headNumbers, as: "head")
    all = FixtureTasks(
      learner, numbers, try fixture.episodes(.classes(try fixture.hyper.integer("way"))))
    adapted = learner.adapted(all.own, to: all.episode.support, all.adapting)
    predictions = all.predictions(with: adapted)
  }

  /// What is predicted, the losses, and the gradients.
  func fixtureCase(_ predicted: [(name: String, tensor: Tensor)]) -> FixtureCase {
    let result = all.metaGradient
    var outputs = predicted + [("meta_loss", result.loss), ("task_query_loss", all.objective)]
    for part in [Network.parametersName, "relation"] {
      outputs += result.gradient.subtree(part).entries.map { ("grad.param.\($0.name)", $0.leaf) }
    }
    for (name, fixtureName, factor) in head {
      outputs.append(("grad.head.\(fixtureName)", result.gradient["head/\(name)"] * factor))
    }
    return FixtureCase(outputs: outputs, values: all.values, laneCount: all.count)
  }
}
