import TensorPrograms
import Tensors
import Testing

@Suite struct `Every operation` {
  @Test func `has a row in the table`() {
    var seen: Set<Operation.Kind> = [.input]
    for row in OperationFamily.rows {
      let operands = row.inputs(row.shapes[0], .perLane)
      let output = row.build(operands)
      let loss = sumOverLanes(output.converted(to: .float32).square().sum())
      var outputs = [loss]
      if row.isDifferentiable {
        let shared = operands.enumerated().map { Tensor.input("shared\($0)", shape: $1.shape) }
        let scaled = zip(operands, shared).map { $0 * $1 }
        outputs += gradient(
          of: sumOverLanes(row.build(scaled).square().sum()), withRespectTo: shared)
      }
      for node in topologicalOrder(of: outputs) + topologicalOrder(of: expandingCalls(in: outputs))
      {
        seen.insert(node.operation.kind)
      }
    }
    // A parameter of a body is met inside the body alone.
    #expect(Set(Operation.Kind.allCases).subtracting(seen) == [.bodyParameter])
  }

  @Test(arguments: OperationFamily.rows)
  func `gives the reference's numbers on every instruction set, thread count and chunk`(
    row: FamilyRow
  ) {
    for shapes in row.shapes {
      let operands = row.inputs(shapes, .perLane)
      let output = row.build(operands)
      var outputs: [(name: String, tensor: Tensor)] = [
        ("value", output), ("total", sumOverLanes(output.converted(to: .float32))),
      ]
      if row.isDifferentiable {
        let loss = (output * row.weights(output.shape)).square().sum()
        for (index, tensor) in gradient(of: loss, withRespectTo: operands).enumerated() {
          outputs.append(("gradient\(index)", tensor))
        }
      }
      let lanes = 5
      let values = row.values(shapes, lanes: lanes)
      let expected = ReferenceExecutor(laneCount: lanes).evaluate(
        outputs.map(\.tensor), values: values)
      let program = Program(outputs, laneCount: lanes)
      let unfused = Program(outputs, laneCount: lanes, options: .init(isExact: true, fuses: false))
      var first: [TensorValue]?
      for kernels in KernelSet.available {
        for (threads, chunk) in [(1, 1), (2, 2), (1, 7), (8, 1)] {
          let results = run(
            program, values, .init(threads: threads, chunk: chunk, kernels: kernels))
          #expect(
            first == nil || first == results, "\(kernels.name), \(threads) threads, chunk \(chunk)")
          first = first ?? results
        }
      }
      for (result, expected) in zip(first ?? [], expected) {
        #expect(relativeError(result, expected) < 2e-5, "\(shapes)")
      }
      for (result, expected) in zip(run(unfused, values, .init(threads: 1)), expected) {
        #expect(relativeError(result, expected) < 2e-5, "unfused, \(shapes)")
      }
    }
  }

  @Test(arguments: OperationFamily.rows.filter(\.isDifferentiable))
  func `has the derivatives that finite differences find`(row: FamilyRow) {
    let shapes = row.shapes[0]
    let operands = row.inputs(shapes, .shared)
    let output = row.build(operands)
    let loss = (output * row.weights(output.shape)).square().sum() * 0.5
    let first = gradient(of: loss, withRespectTo: operands)
    let directed = zip(first, operands).map { ($0 * row.weights($1.shape)).sum() }
      .reduce(Tensor.fill(0)) { $0 + $1 }
    let values = row.values(shapes, lanes: 1)
    check(gradient: first, of: loss, operands, values)
    guard !row.isLinearInGradient(directed, operands) else { return }
    let second = gradient(of: directed, withRespectTo: operands)
    check(gradient: second, of: directed, operands, values)
  }

  /// Compares a gradient with central differences along a fixed direction.
  private func check(
    gradient: [Tensor], of loss: Tensor, _ operands: [Tensor], _ values: [String: TensorValue]
  ) {
    let executor = ReferenceExecutor()
    var inputs: [String: ReferenceValue] = [:]
    for (name, value) in values {
      inputs[name] = ReferenceValue(shape: value.shape, value.doubles)
    }
    let derivatives = executor.evaluate(gradient, inputs: inputs)
    for (operand, derivative) in zip(operands, derivatives) {
      guard case .input(let name) = operand.operation, let value = inputs[name] else { continue }
      for index in value.elements.indices.prefix(12) {
        let step = 1e-5
        func shifted(_ offset: Double) -> Double {
          var moved = value.elements
          moved[index] += offset
          var inputs = inputs
          inputs[name] = ReferenceValue(shape: value.shape, moved)
          return executor.evaluate([loss], inputs: inputs)[0].elements[0]
        }
        let expected = (shifted(step) - shifted(-step)) / (2 * step)
        let got = derivative.elements[index]
        #expect(abs(got - expected) <= 1e-5 * max(1, abs(expected)), "\(name)[\(index)]")
      }
    }
  }

  private func run(
    _ program: Program, _ values: [String: TensorValue], _ configuration: Runner.Configuration
  ) -> [TensorValue] {
    let execution = Runner(configuration).execution(of: program)
    for (name, value) in values { execution.set(name, value) }
    execution.run()
    return program.outputNames.map(execution.value)
  }

  @Test func `a maximum is the first NaN, in the reference too`() {
    let row = Tensor.input("x", shape: [1, 1, 4, 1])
    let window = WindowGeometry(
      height: 1, width: 4, stride: 1, padding: .valid, pictureHeight: 1, pictureWidth: 4)
    let last = row.reshaped([1, 4])
    let outputs = [
      last.argumentMaximum(along: 1).converted(to: .float32), last.maximum(along: [1]),
      last.largest(4).positions.converted(to: .float32),
      Tensor(.windowIndex(window), [row]).converted(to: .float32),
    ]
    let infinity = Float.infinity
    for values in [
      [1, .nan, 2, .nan], [.nan, 1, infinity, 0], [2, 1, 2, 3], [-infinity, -infinity, 0, .nan],
      [-infinity, -infinity, -infinity, -infinity],
    ] as [[Float]] {
      let inputs = ["x": TensorValue(values, shape: [1, 1, 4, 1])]
      let names = outputs.indices.map { "\($0)" }
      let execution = Runner().execution(
        of: Program(Array(zip(names, outputs)).map { (name: $0, tensor: $1) }))
      execution.set("x", inputs["x"] ?? TensorValue(0))
      execution.run()
      let expected = ReferenceExecutor().evaluate(outputs, values: inputs)
      for (name, wanted) in zip(names, expected) {
        #expect(
          "\(execution.value(name).doubles)" == "\(wanted.elements)", "\(name) of \(values)")
      }
    }
  }

  private func relativeError(_ value: TensorValue, _ expected: ReferenceValue) -> Double {
    let wanted = expected.lanes.flatMap { $0 }
    let difference = zip(value.doubles, wanted).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let norm = wanted.reduce(0) { $0 + $1 * $1 }
    return (difference / max(norm, 1e-12)).squareRoot()
  }
}

extension FamilyRow {
  func inputs(_ shapes: [Shape], _ scope: Tensor.InputScope) -> [Tensor] {
    shapes.enumerated().map { Tensor.input("operand\($0)", shape: $1, scope) }
  }

  /// Fixed numbers that weigh the elements of a result.
  func weights(_ shape: Shape) -> Tensor {
    let numbers = RandomKey(seed: 77).uniform(count: shape.elementCount).map { $0 + 0.5 }
    return Tensor.literal(TensorValue(numbers, shape: shape))
  }

  func values(_ shapes: [Shape], lanes: Int) -> [String: TensorValue] {
    var result: [String: TensorValue] = [:]
    for (index, shape) in shapes.enumerated() {
      let width = Float(range.upperBound - range.lowerBound)
      let numbers = RandomKey(seed: 5).folded(index).folded(name)
        .uniform(count: shape.elementCount * lanes).map { Float(range.lowerBound) + width * $0 }
      result["operand\(index)"] = TensorValue(numbers, shape: lanes == 1 ? shape : [lanes] + shape)
    }
    return result
  }

  /// Whether a second derivative with respect to some operand does not exist, as the first does not
  /// depend on it.
  func isLinearInGradient(_ directed: Tensor, _ operands: [Tensor]) -> Bool {
    vectorJacobianProducts(
      of: [directed], cotangents: [Tensor.fill(1)], withRespectTo: operands
    ).contains { $0 == nil }
  }
}
