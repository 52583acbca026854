import MetaLearning
import MetaTasks
import NeuralNetworks
import Tensors

/// The LSTM meta-learner.
extension FixtureFamilies {
  /// The learner's parts below `optimizer/`, by their names in the fixture.
  private static let optimizerNames = [
    "memory.inputWeight": "lstm.weight_x", "memory.recurrentWeight": "lstm.weight_h",
    "memory.bias": "lstm.bias", "inputGate.weight": "input_gate.weight",
    "inputGate.bias": "input_gate.bias", "forgetGate.weight": "forget_gate.weight",
    "forgetGate.bias": "forget_gate.bias",
  ]

  static func memoryDescent(of fixture: Fixture) throws -> FixtureCase {
    let network = try Network(try fixture.hyper.object("network"))
    let steps = try fixture.hyper.integer("inner_steps")
    let learner = LSTMMetaLearner(
      network: network, units: try fixture.input("meta.lstm.weight_h").shape[0], steps: steps,
      meaning: try fixture.meaning())
    let tree = learner.initialParameters(RandomKey(seed: 0))
    var numbers = try fixture.parameters(ofNetworkIn: tree)
    let optimizer = try tree.subtree("optimizer").mapEntries { entry in
      try fixture.input("meta.\(try fixtureName(entry.name))")
    }
    numbers.append(optimizer, as: "optimizer")
    let tasks = FixtureTasks(
      learner, numbers, try fixture.episodes(try fixture.target(of: network)))
    let result = tasks.metaGradient
    var outputs = descentOutputs(learner, tasks)
    outputs += [("meta_loss", result.loss), ("task_query_loss", tasks.objective)]
    outputs += result.gradient.subtree(Network.parametersName).entries.map {
      ("grad.param.\($0.name)", $0.leaf)
    }
    outputs += try result.gradient.subtree("optimizer").entries.map {
      ("grad.meta.\(try fixtureName($0.name))", $0.leaf)
    }
    return FixtureCase(outputs: outputs, values: tasks.values, laneCount: tasks.count)
  }

  private static func fixtureName(_ name: String) throws -> String {
    guard let known = optimizerNames[name] else { throw FixtureError("no '\(name)' is known") }
    return known
  }

  /// What is known of the steps of each task.
  private static func descentOutputs(
    _ learner: LSTMMetaLearner, _ tasks: FixtureTasks
  ) -> [(name: String, tensor: Tensor)] {
    let support = tasks.episode.support
    let states = (0...learner.steps).map { learner.state(after: $0, tasks.own, support) }
    func gates(_ name: String) -> Tensor {
      Tensor.concatenating(states.dropFirst().map { $0[name].reshaped([1, -1]) }, along: 0)
    }
    let adapted = (0...learner.steps).map { count in
      LSTMMetaLearner(
        network: learner.network, units: learner.units, steps: learner.steps,
        evaluationSteps: count, meaning: learner.meaning
      ).adapted(tasks.own, to: support, tasks.adapting)
    }
    let losses = adapted.dropLast().map { loss(of: learner.network(support, $0), on: support) }
    return [
      ("step_support_loss", joined(losses)), ("input_gates", gates("inputGate")),
      ("forget_gates", gates("forgetGate")),
      ("query_logits", tasks.predictions(with: adapted[learner.steps])),
    ]
      + adapted[learner.steps].subtree(Network.parametersName).entries.map {
        ("adapted.\($0.name)", $0.leaf)
      }
  }
}
