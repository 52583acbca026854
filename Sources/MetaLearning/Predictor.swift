public import MetaTasks
public import TensorPrograms
public import Tensors

/// A learner adapted to one support set.
public struct Predictor {
  private let learner: any MetaLearner
  private let execution: Runner.Configuration
  /// What was learned from the support set.
  public let adapted: ParameterValues

  /// Adapts a learner's parameters to a support set; what is random about that comes from `key`.
  public init(
    learner: any MetaLearner, parameters: ParameterValues, support: ExampleValues,
    key: RandomKey = RandomKey(seed: 0), execution: Runner.Configuration = .init()
  ) {
    self.learner = learner
    self.execution = execution
    let lanes = support.map { $0.reshaped([1] + $0.shape) }
    let examples = BatchInputs.examples(lanes, "support")
    let words = Tensor.input("key", shape: [2], elementType: .uint32, .perLane)
    let shared = Parameters.inputs(like: parameters, prefix: "parameters")
    let symbols = learner.adapted(
      shared.perLane(), to: examples, key: SymbolicKey(words: words))
    let program = Program(
      symbols.entries.map { (name: $0.name, tensor: $0.leaf.seenPerLane) },
      declaring: shared.leaves + examples.tensors + [words])
    let running = Runner(execution).execution(of: program)
    running.set(parameters, prefix: "parameters")
    running.set(lanes, "support")
    running.set("key", TensorValue(keys: [key]))
    running.run()
    adapted = symbols.mapEntries { running.value($0.name).slice(at: 0) }
  }

  /// Takes up what was learned before.
  public init(
    learner: any MetaLearner, adapted: ParameterValues,
    execution: Runner.Configuration = .init()
  ) {
    self.learner = learner
    self.adapted = adapted
    self.execution = execution
  }

  /// Logits or predicted numbers for inputs [n, ...].
  public func predictions(_ inputs: TensorValue) -> TensorValue {
    var none: [Int: Execution] = [:]
    return predictions(inputs, &none)
  }

  /// The same, with programs kept by number of inputs for other predictors of the same shapes.
  func predictions(_ inputs: TensorValue, _ programs: inout [Int: Execution]) -> TensorValue {
    let running = programs[inputs.shape[0]] ?? program(inputs.shape)
    programs[inputs.shape[0]] = running
    running.set(adapted, prefix: "adapted")
    running.set("inputs", inputs)
    running.run()
    return running.value("predictions")
  }

  private func program(_ shape: Shape) -> Execution {
    let symbols = Parameters.inputs(like: adapted, prefix: "adapted")
    let inputs = Tensor.input("inputs", shape: shape)
    let predictions = learner.predictions(for: inputs, with: symbols)
    // Exact convolutions treat each picture alike however many there are.
    let program = Program(
      [("predictions", predictions)], declaring: symbols.leaves + [inputs],
      options: .init(isExact: true))
    return Runner(execution).execution(of: program)
  }
}

extension Predictor {
  /// The same with each input predicted by itself and by the same program, so that its answer does
  /// not depend, to the bit, on what else is asked.
  public func separatePredictions(_ inputs: TensorValue) -> TensorValue {
    var programs: [Int: Execution] = [:]
    let rows = (0..<inputs.shape[0]).map { row in
      predictions(
        inputs.slice(at: row).reshaped(inputs.shape.replacing(axis: 0, with: 1)), &programs)
    }
    return .stacking(rows.map { $0.slice(at: 0) })
  }
}
