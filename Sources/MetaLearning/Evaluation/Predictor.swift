public import MetaTasks
public import TensorPrograms
public import Tensors

/// A learner adapted to one support set.
public struct Predictor {
  private let learner: any MetaLearner
  private let runner: Runner
  private let owner: ProgramOwner
  /// What was learned from the support set.
  public let adapted: ParameterValues

  /// Adapts a learner's parameters to a support set; what is random about that comes from `key`.
  public init(
    learner: any MetaLearner, parameters: ParameterValues, support: ExampleValues,
    key: RandomKey = RandomKey(seed: 0), runner: Runner, owner: ProgramOwner = ProgramOwner()
  ) {
    self.learner = learner
    self.runner = runner
    self.owner = owner
    let lanes = support.map { $0.reshaped([1] + $0.shape) }
    let inputs =
      lanes.parts.map { (name: "support.\($0.name)", value: $0.value) }
      + [("key", TensorValue(keys: [key]))]
    let form = InputForm(inputs, target: support.target)
    let (symbols, declared) = Predictor.adaptation(learner, like: parameters, to: lanes)
    let execution = runner.execution(
      for: ProgramKey(owner: owner, "adaptation", form, lanes: 1)
    ) {
      Program(
        symbols.entries.map { (name: $0.name, tensor: $0.leaf.seenPerLane) }, declaring: declared)
    }
    execution.set(parameters, prefix: TreeName.learner)
    execution.set(inputs)
    execution.run()
    adapted = symbols.mapEntries { execution.value($0.name).slice(at: 0) }
  }

  /// Takes up what was learned before.
  public init(
    learner: any MetaLearner, adapted: ParameterValues, runner: Runner,
    owner: ProgramOwner = ProgramOwner()
  ) {
    self.learner = learner
    self.adapted = adapted
    self.runner = runner
    self.owner = owner
  }

  /// What a learner with such parameters learns from a support set like one with a lane in front,
  /// as symbols, so that names, shapes and element types are known without running anything; and
  /// the inputs that they may depend on.
  public static func adaptation(
    _ learner: any MetaLearner, like parameters: ParameterValues, to support: ExampleValues
  ) -> (adapted: Parameters, inputs: [Tensor]) {
    let words = Tensor.input("key", shape: [2], elementType: .uint32, .perLane)
    let shared = Parameters.inputs(like: parameters, prefix: TreeName.learner)
    let examples = BatchInputs.examples(support, "support")
    let adapted = learner.adapted(
      shared.perLane(), to: examples, LearningContext(.adapting, key: SymbolicKey(words: words)))
    return (adapted, shared.leaves + examples.parts.map(\.value) + [words])
  }

  /// What is said of inputs, each [n, ...].
  public func predictions(_ inputs: NamedTree<TensorValue>) -> PredictionValues {
    let values = inputs.entries.map { (name: "inputs.\($0.name)", value: $0.leaf) }
    let known = adapted.entries.map { (name: "adapted.\($0.name)", value: $0.leaf) }
    let key = ProgramKey(owner: owner, "prediction", InputForm(values + known), lanes: 1)
    let execution = runner.execution(for: key) { program(like: inputs) }
    execution.set(known)
    execution.set(values)
    execution.run()
    return PredictionValues(
      values: execution.value("values"),
      logVariance: execution.outputNames.contains("logVariance")
        ? execution.value("logVariance") : nil)
  }

  private func program(like inputs: NamedTree<TensorValue>) -> Program {
    let symbols = Parameters.inputs(like: adapted, prefix: "adapted")
    let given = Inputs.inputs(like: inputs, prefix: "inputs")
    let prediction = learner.predictions(for: given, with: symbols).averaged()
    let outputs =
      [(name: "values", tensor: prediction.values)]
      + (prediction.logVariance.map { [(name: "logVariance", tensor: $0)] } ?? [])
    // Exact convolutions treat each picture alike however many there are.
    return Program(
      outputs, declaring: symbols.leaves + given.leaves, options: .init(isExact: true))
  }
}

extension Predictor {
  /// The same with each input predicted by itself and by the same program, so that its answer does
  /// not depend, to the bit, on what else is asked.
  public func separatePredictions(_ inputs: NamedTree<TensorValue>) -> PredictionValues {
    let count = inputs.leaves.first?.shape[0] ?? 0
    return PredictionValues(
      joining: (0..<count).map { row in predictions(inputs.rows(row..<row + 1)) })
  }
}

/// What is said of some inputs, as numbers.
public struct PredictionValues: Sendable {
  /// Logits, numbers or scores `[n, count]`.
  public let values: TensorValue
  /// The logarithm of the variance of each number; nil where there is none.
  public let logVariance: TensorValue?

  init(values: TensorValue, logVariance: TensorValue?) {
    self.values = values
    self.logVariance = logVariance
  }

  /// The predictions of parts, one after the other.
  init(joining parts: [PredictionValues]) {
    func joined(_ part: (PredictionValues) -> TensorValue?) -> TensorValue? {
      let rows = parts.compactMap(part).flatMap { value in
        (0..<value.shape[0]).map { value.slice(at: $0) }
      }
      return rows.isEmpty ? nil : .stacking(rows)
    }
    self.init(
      values: joined(\.values) ?? TensorValue([Float](), shape: [0, 0]),
      logVariance: joined(\.logVariance))
  }

  /// All numbers of each row, each as a list.
  var rows: [[Float]] {
    guard let logVariance else { return values.asRows }
    return zip(values.asRows, logVariance.asRows).map { $0 + $1 }
  }
}

extension NamedTree where Leaf == TensorValue {
  /// Rows of each leaf along the first axis.
  func rows(_ range: Range<Int>) -> NamedTree<TensorValue> {
    map { value in .stacking(range.map { value.slice(at: $0) }) }
  }
}
