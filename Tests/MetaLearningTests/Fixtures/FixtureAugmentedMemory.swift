import MetaLearning
import NeuralNetworks
import Tensors

/// Recurrent networks with an external memory.
extension FixtureFamilies {
  /// What each step of sequences [time, batch, features] reads, writes and predicts, the loss at all
  /// positions, and its gradient.
  static func augmentedMemory(of fixture: Fixture) throws -> FixtureCase {
    let learner = try fixture.memoryAugmentedNetwork()
    var values: [String: TensorValue] = [:]
    func input(_ name: String) throws -> Tensor {
      let value = try fixture.input(name)
      values[name] = value
      return Tensor.input(name, shape: value.shape, elementType: value.elementType)
    }
    var parameters = Parameters()
    for name in learner.initialParameters(RandomKey(seed: 0)).names {
      parameters.append(.init(name: name, leaf: try input(parameterName(name))))
    }
    let (inputs, labels) = (try input("x"), try input("labels"))
    let (steps, batch) = (inputs.shape[0], inputs.shape[1])
    let given = [
      ("memory", "memory"), ("readWeights", "read_weights"), ("usage", "usage"),
    ]
    var state = learner.initialState(count: batch)
    for (own, name) in given {
      let start = try input("initial.\(name)").insertingAxis(at: 0)
        .broadcast(to: state[own].shape)
      state = state.replacing(with: Parameters([own: start]))
    }
    var found: [String: [Tensor]] = [:]
    for time in 0..<steps {
      func now(_ sequence: Tensor) -> Tensor {
        sequence.slice(along: 0, from: time, to: time + 1)
          .reshaped(Shape(Array(sequence.shape.dimensions.dropFirst())))
      }
      let (logits, next, access) = learner.step(now(inputs), state, parameters)
      for (name, value) in [
        ("logits", logits), ("read", access.read), ("write_weights", access.writeWeights),
        ("least_used", access.leastUsed), ("read_weights", next["readWeights"]),
        ("usage", next["usage"]),
      ] { found[name, default: []].append(value.insertingAxis(at: 0)) }
      state = next.replacing(
        with: Parameters(["label": now(labels).oneHot(learner.classCount)]))
    }
    let sequences = found.map { ($0.key, Tensor.concatenating($0.value, along: 0)) }
    let logits = Tensor.concatenating(found["logits"] ?? [], along: 0)
    let loss = crossEntropy(
      logits.reshaped([steps * batch, -1]), labels.reshaped([steps * batch]))
    let slope = gradient(of: loss, withRespectTo: parameters)
    return FixtureCase(
      outputs: sequences + [("loss", loss), ("final_memory", state["memory"])]
        + slope.entries.map { ("grad.\(parameterName($0.name))", $0.leaf) }, values: values)
  }

  /// The fixture's name of a learner's parameter, such as `param.keys.weight` of `keys/weight`.
  private static func parameterName(_ own: String) -> String {
    let parts = own.split(separator: "/").map(String.init)
    return (["param"] + parts.map { memoryNames[$0] ?? $0 }).joined(separator: ".")
  }
}

extension Fixture {
  fileprivate func memoryAugmentedNetwork() throws -> MemoryAugmentedNetwork {
    guard try hyper.number("norm_epsilon") == 1e-8 else {
      throw FixtureError("\(name): lengths are kept from 0 by another number than 1e-8")
    }
    return MemoryAugmentedNetwork(
      network: Network(inputShape: [try input("x").shape[2]], layers: []),
      classCount: try hyper.integer("classes"),
      units: try input("param.controller.weight_h").shape[0],
      memory: ExternalMemory(
        slots: try hyper.integer("memory_slots"), width: try hyper.integer("memory_width"),
        heads: try hyper.integer("read_heads"), usageDecay: try hyper.number("usage_decay")))
  }
}
