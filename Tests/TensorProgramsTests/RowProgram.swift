import CTensorKernels
import Foundation

/// A row program with its meaning in double.
struct RowProgram {
  struct Step {
    var step: ml_step
    var a = 0
    var b = 0
    var c = 0
  }

  var inputs: [ml_access]
  var steps: [Step]
  var outputs: [(register: Int, access: ml_access)]
  var scalars: [Float] = [0]

  func sizes(rows: Int, columns: Int) -> [Int] {
    var sizes = [rows, columns, inputs.count, steps.count, outputs.count]
    sizes += inputs.map { Int($0.rawValue) }
    for step in steps { sizes += [Int(step.step.rawValue), step.a, step.b, step.c] }
    for output in outputs { sizes += [output.register, Int(output.access.rawValue)] }
    return sizes
  }

  static func count(_ access: ml_access, rows: Int, columns: Int) -> Int {
    switch access {
    case ML_FULL: rows * columns
    case ML_ROW, ML_SUM_ROWS: columns
    case ML_COLUMN, ML_SUM_COLUMNS: rows
    default: 1
    }
  }

  static func position(_ access: ml_access, row: Int, column: Int, columns: Int) -> Int {
    switch access {
    case ML_FULL: row * columns + column
    case ML_ROW, ML_SUM_ROWS: column
    case ML_COLUMN, ML_SUM_COLUMNS: row
    default: 0
    }
  }

  func trial(rows: Int, columns: Int, inputs values: [[Float]]) -> OperationTrial {
    OperationTrial(
      operation: ML_ROW_PROGRAM, sizes: sizes(rows: rows, columns: columns), scalars: scalars,
      inputs: values.map(bytes),
      outputs: outputs.map { Self.count($0.access, rows: rows, columns: columns) * 4 })
  }

  /// The outputs in double, and for each element the size of what its value was made of.
  func expected(rows: Int, columns: Int, inputs values: [[Float]]) -> [(
    values: [Double], sizes: [Double]
  )] {
    var result = outputs.map { output in
      let zeros = [Double](
        repeating: 0, count: Self.count(output.access, rows: rows, columns: columns))
      return (values: zeros, sizes: zeros)
    }
    for row in 0..<rows {
      for column in 0..<columns {
        var registers = zip(inputs, values).map { access, x in
          let at = Self.position(access, row: row, column: column, columns: columns)
          return (value: Double(x[at]), size: abs(Double(x[at])))
        }
        for step in steps { registers.append(apply(step, to: registers)) }
        for (index, output) in outputs.enumerated() {
          let at = Self.position(output.access, row: row, column: column, columns: columns)
          result[index].values[at] += registers[output.register].value
          result[index].sizes[at] += registers[output.register].size
        }
      }
    }
    return result
  }

  private func apply(
    _ step: Step, to registers: [(value: Double, size: Double)]
  ) -> (value: Double, size: Double) {
    let (a, size) = registers[step.a]
    let isScalar = step.step == ML_STEP_SCALE || step.step == ML_STEP_SHIFT
    let (b, sizeB) = isScalar ? (Double(scalars[step.b]), 1) : registers[step.b]
    switch step.step {
    case ML_STEP_ADD, ML_STEP_SHIFT: return (a + b, size + sizeB)
    case ML_STEP_SUBTRACT: return (a - b, size + sizeB)
    case ML_STEP_MULTIPLY, ML_STEP_SCALE: return (a * b, (1 + size) * (1 + sizeB))
    case ML_STEP_MAXIMUM: return (max(a, b), size + sizeB)
    case ML_STEP_MINIMUM: return (min(a, b), size + sizeB)
    case ML_STEP_RELU: return (max(a, 0), size)
    case ML_STEP_NEGATE: return (-a, size)
    case ML_STEP_ABS: return (abs(a), size)
    case ML_STEP_SQUARE: return (a * a, (1 + size) * (1 + size))
    case ML_STEP_TANH: return (tanh(a), size + 1)
    case ML_STEP_SIGMOID: return (1 / (1 + exp(-a)), size + 1)
    case ML_STEP_GATE: return (a > 0 ? b : 0, sizeB)
    default: fatalError("No meaning for step \(step.step).")
    }
  }
}

extension RowProgram {
  /// A program of random steps whose values stay moderate and continuous in their inputs.
  static func random(_ numbers: inout Numbers) -> RowProgram {
    let large = numbers.below(3) == 0
    let accesses = [ML_FULL, ML_FULL, ML_ROW, ML_COLUMN, ML_SINGLE]
    let inputs = (0..<1 + numbers.below(large ? 8 : 4)).map { _ in
      accesses[numbers.below(accesses.count)]
    }
    var steps: [Step] = []
    var products = 0
    for index in 0..<numbers.below(large ? 25 : 7) {
      steps.append(Step.random(registers: inputs.count + index, &products, &numbers))
    }
    let outputAccesses = [ML_FULL, ML_FULL, ML_SUM_ROWS, ML_SUM_COLUMNS]
    let registers = inputs.count + steps.count
    let outputs = (0..<1 + numbers.below(large ? 6 : 3)).map { index in
      let recent = index == 0 || numbers.below(2) == 0
      return (
        register: recent ? registers - 1 : numbers.below(registers),
        access: outputAccesses[numbers.below(4)]
      )
    }
    return RowProgram(
      inputs: inputs, steps: steps, outputs: outputs, scalars: [0.625, -0.3])
  }
}

extension RowProgram.Step {
  /// A step on some of so many registers; products are counted, and few.
  fileprivate static func random(
    registers: Int, _ products: inout Int, _ numbers: inout Numbers
  ) -> RowProgram.Step {
    let unary = [ML_STEP_RELU, ML_STEP_NEGATE, ML_STEP_ABS, ML_STEP_TANH, ML_STEP_SIGMOID]
    let binary = [
      ML_STEP_ADD, ML_STEP_SUBTRACT, ML_STEP_MULTIPLY, ML_STEP_MAXIMUM, ML_STEP_MINIMUM,
    ]
    let a = numbers.below(3) > 0 ? registers - 1 : numbers.below(registers)
    var step = RowProgram.Step(
      step: binary[numbers.below(binary.count)], a: a, b: numbers.below(registers),
      c: numbers.below(registers))
    if numbers.below(2) == 0 { swap(&step.a, &step.b) }
    let isProduct = step.step == ML_STEP_MULTIPLY
    products += isProduct ? 1 : 0
    let kind = numbers.below(6)
    if kind < 2 || (isProduct && products > 3) {
      return RowProgram.Step(step: unary[numbers.below(unary.count)], a: a)
    }
    guard kind == 2 else { return step }
    return RowProgram.Step(
      step: numbers.below(2) == 0 ? ML_STEP_SCALE : ML_STEP_SHIFT, a: a, b: numbers.below(2))
  }
}
