import MetaLearning
import MetaTasks
import NeuralNetworks
import Tensors

/// Bayesian MAML: its inner step, and the chaser loss.
extension FixtureFamilies {
  static func steinStep(of fixture: Fixture) throws -> FixtureCase {
    let learner = try fixture.particleLearner(steps: 1, leaderSteps: 1)
    let tree = try fixture.parameters(
      ofNetworkIn: learner.initialParameters(RandomKey(seed: 0)))
    let start = Parameters.inputs(like: tree, prefix: TreeName.learner)
    let (x, y) = (try fixture.input("x"), try fixture.input("y"))
    let examples = Examples(
      inputs: NamedTree(["inputs": .input("x", shape: x.shape)]),
      targets: .input("y", shape: y.shape), target: .numbers(y.shape[1]))
    let posterior = learner.logPosterior(start, examples)
    let slopes = gradient(of: posterior.sum(), withRespectTo: start)
    let stein = SteinVariationalGradient(start)
    let updated = learner.adapted(
      start, to: examples, LearningContext(.training, key: SymbolicKey(words: .noKey)))
    var outputs = [
      ("log_posterior", posterior), ("bandwidth", stein.bandwidth), ("kernel", stein.kernel),
    ]
    for (tree, prefix) in [
      (slopes, "grad_log_posterior"), (stein.direction(slopes), "direction"),
      (updated, "updated"),
    ] {
      outputs += tree.subtree(Network.parametersName).entries.map {
        ("\(prefix).\($0.name)", $0.leaf)
      }
    }
    var values = ["x": x, "y": y]
    for entry in tree.entries { values["\(TreeName.learner).\(entry.name)"] = entry.leaf }
    return FixtureCase(outputs: outputs, values: values)
  }

  static func chaser(of fixture: Fixture) throws -> FixtureCase {
    let learner = try fixture.particleLearner(
      steps: try fixture.hyper.integer("chaser_steps"),
      leaderSteps: try fixture.hyper.integer("leader_steps"))
    let tasks = FixtureTasks(
      learner,
      try fixture.parameters(ofNetworkIn: learner.initialParameters(RandomKey(seed: 0))),
      try fixture.episodes(.numbers(1)))
    let chaser = learner.adapted(tasks.own, to: tasks.episode.support, tasks.adapting)
    let result = tasks.metaGradient
    var outputs = [
      ("meta_loss", result.loss), ("task_loss", tasks.objective),
      ("query_predictions", tasks.predictions(with: chaser)),
    ]
    for (tree, prefix) in [
      (chaser, "chaser"), (learner.leader(of: chaser, on: tasks.episode), "leader"),
      (result.gradient, "grad.param"),
    ] {
      outputs += tree.subtree(Network.parametersName).entries.map {
        ("\(prefix).\($0.name)", $0.leaf)
      }
    }
    return FixtureCase(outputs: outputs, values: tasks.values, laneCount: tasks.count)
  }
}

extension Fixture {
  fileprivate func particleLearner(steps: Int, leaderSteps: Int) throws -> BayesianMAML {
    BayesianMAML(
      network: try Network(try hyper.object("network")),
      particleCount: try hyper.integer("particles"), steps: steps, leaderSteps: leaderSteps,
      learningRate: try hyper.number("step_size"),
      noisePrecision: try hyper.number("noise_precision"),
      priorPrecision: try hyper.number("prior_precision"), meaning: .numbers)
  }
}

extension Tensor {
  /// The words of a key where nothing is random.
  fileprivate static var noKey: Tensor {
    .literal(TensorValue([0, 0] as [UInt32], shape: [2]))
  }
}
