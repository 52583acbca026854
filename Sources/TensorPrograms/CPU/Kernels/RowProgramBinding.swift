import CTensorKernels
import Tensors

extension KernelBinding {
  /// The kernel of a row program.
  func bound(_ program: RowProgram, _ operands: [Graph.ValueID]) -> BoundOperation {
    var sizes = KernelSizes(
      ml_row_program_sizes(
        rows: Int64(program.rows), columns: Int64(program.columns),
        inputs: Int64(program.inputs.count), steps: Int64(program.steps.count),
        outputs: Int64(program.outputs.count)))
    var scalars: [Float] = []
    for access in program.inputs { sizes.append(Int64(access.kernelAccess.rawValue)) }
    for step in program.steps {
      var registers = step.registers
      if let scalar = step.operation.scalar {
        registers.append(scalars.count)
        scalars.append(Float(scalar))
      }
      sizes.append(ml_row_step(step.kernelStep, registers))
    }
    for output in program.outputs {
      sizes.append(
        ml_row_output(
          source: Int64(output.register), access: Int64(output.access.kernelAccess.rawValue)))
    }
    if let windows = program.windows {
      sizes.append(
        ml_row_windows(
          height: Int64(windows.height), width: Int64(windows.width),
          windowHeight: Int64(windows.windowHeight), windowWidth: Int64(windows.windowWidth)))
    }
    return BoundOperation(
      operation: ML_ROW_PROGRAM, sizes: sizes, scalars: scalars, operands: operands)
  }
}

extension ml_row_step {
  /// A step that reads up to three registers.
  fileprivate init(_ step: ml_step, _ registers: [Int]) {
    let all = (registers + [0, 0, 0]).map(Int64.init)
    self.init(step: Int64(step.rawValue), registers: (all[0], all[1], all[2]))
  }
}

extension RowProgram.Access {
  /// The same as kernels name it.
  var kernelAccess: ml_access {
    switch self {
    case .full: ML_FULL
    case .row: ML_ROW
    case .column: ML_COLUMN
    case .single: ML_SINGLE
    case .sumRows: ML_SUM_ROWS
    case .sumColumns: ML_SUM_COLUMNS
    case .positions: ML_POSITIONS
    case .scattered: ML_SCATTERED
    case .gathered: ML_GATHERED
    case .windowLargest: ML_WINDOW_LARGEST
    case .windowPosition: ML_WINDOW_POSITION
    }
  }
}

extension RowProgram {
  /// The program of one elementwise step by itself.
  init(alone operation: Operation, _ step: Graph.Step, _ graph: Graph) {
    self.init(
      rows: 1, columns: graph.values[step.outputs[0]].shape.elementCount,
      inputs: step.inputs.map { _ in .full },
      steps: [
        Step(
          operation: operation, registers: Array(step.inputs.indices),
          operandType: graph.values[step.inputs[0]].elementType)
      ], outputs: [Output(register: step.inputs.count, access: .full)])
  }
}

extension RowProgram.Step {
  /// The kernel's step for this operation.
  fileprivate var kernelStep: ml_step {
    switch operation {
    case .unary(let function): function.kernelStep
    case .binary(let function):
      switch function {
      case .add: ML_STEP_ADD
      case .subtract: ML_STEP_SUBTRACT
      case .multiply: ML_STEP_MULTIPLY
      case .divide: ML_STEP_DIVIDE
      case .maximum: ML_STEP_MAXIMUM
      case .minimum: ML_STEP_MINIMUM
      case .gate: ML_STEP_GATE
      }
    case .compare(let comparison):
      switch (comparison, operandType == .float32) {
      case (.equal, true): ML_STEP_EQUAL
      case (.less, true): ML_STEP_LESS
      case (.lessOrEqual, true): ML_STEP_LESS_EQUAL
      case (.equal, false): ML_STEP_EQUAL_INTEGER
      case (.less, false): ML_STEP_LESS_INTEGER
      case (.lessOrEqual, false): ML_STEP_LESS_EQUAL_INTEGER
      }
    case .select: ML_STEP_SELECT
    case .scale: ML_STEP_SCALE
    case .shift: ML_STEP_SHIFT
    default: fatalError("\(operation) is not elementwise.")
    }
  }
}

extension UnaryFunction {
  fileprivate var kernelStep: ml_step {
    switch self {
    case .negate: ML_STEP_NEGATE
    case .exp: ML_STEP_EXP
    case .log: ML_STEP_LOG
    case .squareRoot: ML_STEP_SQRT
    case .reciprocalSquareRoot: ML_STEP_RSQRT
    case .reciprocal: ML_STEP_RECIPROCAL
    case .tanh: ML_STEP_TANH
    case .sigmoid: ML_STEP_SIGMOID
    case .relu: ML_STEP_RELU
    case .absolute: ML_STEP_ABS
    case .sign: ML_STEP_SIGN
    case .sine: ML_STEP_SIN
    case .cosine: ML_STEP_COS
    case .square: ML_STEP_SQUARE
    case .softplus: ML_STEP_SOFTPLUS
    case .errorFunction: ML_STEP_ERF
    case .floor: ML_STEP_FLOOR
    case .unitFromBits: ML_STEP_UNIT_FROM_BITS
    }
  }
}

extension Operation {
  /// The number that an elementwise operation carries.
  fileprivate var scalar: Double? {
    switch self {
    case .scale(let number), .shift(let number): number
    default: nil
    }
  }
}
