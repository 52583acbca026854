import NeuralNetworks
import TensorPrograms
import Testing
import Tensors

/// Layers, networks and optimizers as programs in single precision against the reference in double.
@Suite struct SinglePrecisionTests {
  /// The largest difference between executors, relative to the largest element of each output, or
  /// to a hundredth of the largest of all where an output is 0 but for rounding.
  private func error(_ outputs: [Tensor], _ values: [String: TensorValue]) -> Double {
    let named = outputs.enumerated().map { (name: "output\($0)", tensor: $1) }
    let program = Program(named)
    // A layer need not read all that it has.
    let read = Set(program.inputs.map(\.name))
    let execution = Runner().execution(of: program)
    for (name, value) in values where read.contains(name) { execution.set(name, value) }
    execution.run()
    let expected = ReferenceExecutor().evaluate(outputs, values: values)
    let scales = expected.map { $0.elements.map(\.magnitude).max() ?? 0 }
    let least = max(1e-6, 0.01 * (scales.max() ?? 0))
    return zip(named, expected).enumerated().reduce(0) { largest, row in
      let (name, value) = (row.element.0.name, row.element.1)
      let error = distance(execution.value(name).doubles, value.elements)
      return max(largest, error / max(scales[row.offset], least))
    }
  }

  @Test(arguments: LayerCase.all)
  func `a layer and its derivatives are the same in single precision`(_ row: LayerCase) throws {
    let (result, variables, point) = try row.applied()
    let gradients = gradient(of: result.sine().sum(), withRespectTo: variables)
    var values = point.mapValues { TensorValue($0.elements.map { Float($0) }, shape: $0.shape) }
    for input in row.inputs where input.elementType == .int32 {
      values[input.name] = point[input.name].map {
        TensorValue($0.elements.map { Int32($0) }, shape: $0.shape)
      }
    }
    #expect(error([result] + gradients, values) < 1e-5)
  }

  @Test(arguments: Conv4.Form.allCases, NormalizationMode.allCases)
  func `an inner step of Conv4 is the same in single precision`(
    _ form: Conv4.Form, _ mode: NormalizationMode
  ) {
    let network = conv4(
      inputShape: [16, 16, 1], width: 4, form: form, outputs: 3, normalization: mode,
      convolutionBias: false)
    let initial = network.initialParameters(RandomKey(seed: 1))
    let parameters = Parameters.inputs(like: initial, prefix: "parameter")
    let inputs = Tensor.input("inputs", shape: [6, 16, 16, 1])
    func loss(_ parameters: Parameters) -> Tensor {
      crossEntropy(network(inputs, parameters), labels([0, 1, 2, 0, 1, 2]))
    }
    let step = gradient(of: loss(parameters), withRespectTo: parameters)
    let adapted = parameters.replacing(with: parameters.learned - 0.1 * step)
    let outer = gradient(of: loss(adapted), withRespectTo: parameters)
    var values = [
      "inputs": TensorValue(RandomKey(seed: 2).normal(count: 1536), shape: inputs.shape)
    ]
    for entry in initial.entries { values["parameter.\(entry.name)"] = entry.leaf }
    #expect(error([loss(adapted)] + outer.leaves, values) < 1e-3)
  }

  @Test(arguments: OptimizerCase.all)
  func `an optimizer keeps its digits in single precision`(_ row: OptimizerCase) {
    let start = Tensor.input("start", shape: [3])
    var parameters = Parameters(["w": start])
    var state = row.optimizer.initialState(for: parameters)
    // The first steps are those whose corrections a rounded 1 - β^t would spoil.
    let movements = (0..<4).map { _ in
      let old = parameters["w"]
      (parameters, state) = row.optimizer.step(
        parameters, gradient: Parameters(["w": old * 2]), state: state,
        learningRate: Tensor.fill(row.rate))
      return parameters["w"] - old
    }
    let values = ["start": TensorValue([1, -0.3, 1e-4] as [Float], shape: [3])]
    #expect(error(movements, values) < 1e-6)
  }
}
