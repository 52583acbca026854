import MetaLearning
import NeuralNetworks
import Tensors

/// Causal layers that each add to the features that they read.
extension FixtureFamilies {
  static func causalBlocks(of fixture: Fixture) throws -> FixtureCase {
    var values: [String: TensorValue] = [:]
    func input(_ name: String) throws -> Tensor {
      let value = try fixture.input(name)
      values[name] = value
      return Tensor.input(name, shape: value.shape, elementType: value.elementType)
    }
    let (sequences, labels) = (try input("x"), try input("labels"))
    let blocks = CausalBlocks(
      try fixture.hyper.objects("blocks").map(block), on: sequences.shape[2])
    let readout = Dense(units: try fixture.hyper.integer("classes"))
    var definitions = blocks.definitions
    definitions.append(readout.parameterDefinitions(for: [blocks.width]), below: "readout")
    let numbers = try fixture.parameters(
      like: definitions.initialValues(RandomKey(seed: 0)), below: "param")
    for entry in numbers.entries { values["param.\(entry.name)"] = entry.leaf }
    let parameters = Parameters.inputs(like: numbers, prefix: "param")
    let features = blocks(sequences, parameters)
    var context = NetworkContext()
    let logits = readout(features, parameters.below("readout"), &context)
    let loss = crossEntropy(
      logits.reshaped([-1, readout.units]), labels.reshaped([-1]))
    let slopes = derivatives(loss, [sequences] + parameters.leaves)
    var outputs = [
      ("features", features), ("logits", logits), ("loss", loss), ("grad.x", slopes[0]),
    ]
    outputs += zip(parameters.names, slopes.dropFirst()).map { ("grad.param.\($0)", $1) }
    return FixtureCase(outputs: outputs, values: values)
  }

  private static func block(_ description: FixtureObject) throws -> CausalBlocks.Block {
    let layer: any CausalLayer
    switch try description.string("type") {
    case "temporal_dense":
      layer = CausalConvolution(
        filters: try description.integer("filters"),
        dilation: try description.integer("dilation"))
    case "attention":
      layer = MultiHeadAttention(
        keyWidth: try description.integer("key_size"),
        valueWidth: try description.integer("value_size"), causal: true)
    case let type: throw FixtureError("\(description.path): no block of type \(type) is known")
    }
    return (try description.string("name"), layer)
  }
}
