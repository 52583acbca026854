package import TensorPrograms
package import Tensors

/// A number with its gradient and everything that both are computed from, ready to be checked.
package struct CheckedGradient {
  private let loss: Tensor
  private let gradient: Parameters
  private let parameters: Parameters
  private let start: ParameterValues
  private let numbers: [String: TensorValue]
  private let laneCount: Int
  private let held: [(name: String, value: Tensor)]

  /// Takes up a number that all lanes share, and the gradient of it.
  ///
  /// - Parameters:
  ///   - loss: the number.
  ///   - parameters: the inputs whose learned leaves are moved.
  ///   - start: where they begin, by the same names.
  ///   - numbers: the other inputs, by name.
  ///   - holdsConstants: whether what the gradient sees as constant is held.
  package init(
    of loss: Tensor, _ parameters: Parameters, at start: ParameterValues,
    with numbers: [String: TensorValue] = [:], laneCount: Int = 1, holdsConstants: Bool = false
  ) {
    gradient = Tensors.gradient(of: loss, withRespectTo: parameters)
    let expression = holdsConstants ? HeldExpression(loss) : nil
    self.loss = expression?.tensor ?? loss
    held = expression?.held ?? []
    self.parameters = parameters
    self.start = start
    self.numbers = numbers
    self.laneCount = laneCount
  }

  /// The multiplications and additions that plain loops get through in about a minute.
  private static let quickArithmetic = 2e10

  /// Whether so many evaluations by plain loops are done in a minute.
  package func isQuick(evaluations: Int) -> Bool {
    let program = Program([(name: "loss", tensor: loss)], laneCount: laneCount)
    return program.description().arithmetic * Double(laneCount * evaluations)
      <= Self.quickArithmetic
  }

  /// The check in a precision.
  package func slopeCheck(in precision: GradientCheck.Precision, _ runner: Runner) -> SlopeCheck {
    let learned = start.learned
    let computed = precision == .double ? byDefinition() : byPrograms(runner)
    return SlopeCheck(
      names: learned.names, start: learned.leaves.map(\.doubles), gradient: computed.gradient,
      precision: precision, loss: computed.loss)
  }

  private typealias Computed = (gradient: [[Double]], loss: ([[Double]]) -> Double)

  /// The names of inputs that stand for the learned leaves, and their shapes.
  private var movedInputs: [(name: String, shape: Shape)] {
    parameters.learned.leaves.compactMap { leaf in
      if case .input(let name) = leaf.operation { (name, leaf.shape) } else { nil }
    }
  }

  /// All inputs at the start, by name.
  private var values: [String: TensorValue] {
    var values = numbers
    for entry in parameters.entries {
      if case .input(let name) = entry.leaf.operation { values[name] = start[entry.name] }
    }
    return values
  }

  // MARK: In double precision

  private func byDefinition() -> Computed {
    let executor = ReferenceExecutor(laneCount: laneCount)
    let known = executor.references(to: values, in: [loss] + gradient.leaves + held.map(\.value))
    let slopes = executor.evaluate(gradient.leaves, inputs: known).map(\.elements)
    let constants = executor.evaluate(held.map(\.value), inputs: known)
    var inputs = known
    for (input, value) in zip(held, constants) { inputs[input.name] = value }
    let (fixed, moved, loss) = (inputs, movedInputs, loss)
    return (
      slopes,
      { elements in
        var inputs = fixed
        for (input, elements) in zip(moved, elements) {
          inputs[input.name] = ReferenceValue(shape: input.shape, elements)
        }
        return executor.evaluate([loss], inputs: inputs)[0].elements[0]
      }
    )
  }

  // MARK: In single precision

  private func byPrograms(_ runner: Runner) -> Computed {
    var known = values
    func execution(_ outputs: [(name: String, tensor: Tensor)]) -> Execution {
      let program = Program(
        outputs, laneCount: laneCount, declaring: parameters.leaves,
        options: .init(isExact: true))
      let execution = runner.execution(of: program)
      for input in program.inputs {
        if let value = known[input.name] { execution.set(input.name, value) }
      }
      return execution
    }
    let slopes = execution(gradient.entries.map { (name: $0.name, tensor: $0.leaf) })
    slopes.run()
    let elements = gradient.names.map { slopes.value($0).doubles }
    if !held.isEmpty {
      let constants = execution(held.map { (name: $0.name, tensor: $0.value) })
      constants.run()
      for input in held { known[input.name] = constants.value(input.name) }
    }
    let losses = execution([(name: "loss", tensor: loss)])
    let moved = movedInputs
    return (
      elements,
      { leaves in
        for (input, elements) in zip(moved, leaves) {
          losses.set(input.name, TensorValue(elements.map(Float.init), shape: input.shape))
        }
        losses.run()
        return Double(losses.value("loss").scalar)
      }
    )
  }
}
