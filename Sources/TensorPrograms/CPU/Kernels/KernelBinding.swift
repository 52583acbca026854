import CTensorKernels
import Tensors

/// One kernel's work with its sizes and the values that it reads and writes, before memory is known.
struct BoundOperation: Sendable {
  let operation: ml_operation
  let sizes: [Int64]
  var scalars: [Float] = []
  /// Inputs, then outputs.
  let operands: [Graph.ValueID]
}

/// From steps to kernels.
struct KernelBinding {
  let graph: Graph
  /// Forbids convolutions that trade rounding for speed.
  let isExact: Bool
  /// How many share the work of a lane.
  let threads: Int

  /// The kernels of a step, in order; none for an alias or an input.
  func bound(_ step: Graph.Step) -> [BoundOperation] {
    let operands = step.inputs + step.outputs
    switch step.kind {
    case .rowProgram(let program): return [bound(program, operands)]
    case .windowMaximum(let window):
      return [
        BoundOperation(
          operation: ML_WINDOW_MAXIMUM,
          sizes: windowSizes(window, shape(step.inputs[0]), shape(step.outputs[0])),
          operands: operands)
      ]
    case .operation(let operation): return bound(operation, step, operands)
    }
  }

  private func shape(_ value: Graph.ValueID) -> Shape { graph.values[value].shape }

  private func bound(
    _ operation: Operation, _ step: Graph.Step, _ operands: [Graph.ValueID]
  ) -> [BoundOperation] {
    func one(_ kernel: ml_operation, _ sizes: [Int], _ scalars: [Float] = []) -> [BoundOperation] {
      [
        BoundOperation(
          operation: kernel, sizes: sizes.map(Int64.init), scalars: scalars, operands: operands)
      ]
    }
    let output = step.outputs[0]
    let count = shape(output).elementCount
    switch operation {
    case .input, .literal, .reshape, .barrier: return []
    case .fill(let value): return one(ML_FILL, [count], [Float(value)])
    case .iota(let axis): return one(ML_IOTA, axisSizes(shape(output), axis...axis))
    case .randomBits(let stream): return one(ML_RANDOM_BITS, [count, Int(stream)])
    case .convert(let type):
      let from = graph.values[step.inputs[0]].elementType
      return one(ML_CONVERT, [count, Int(from.kernelCode), Int(type.kernelCode)])
    case .unary, .binary, .compare, .select, .scale, .shift:
      return [bound(RowProgram(alone: operation, step, graph), operands)]
    case .sum(let axes): return one(ML_SUM, axisSizes(shape(step.inputs[0]), axes))
    case .maximum(let axes): return one(ML_MAXIMUM, axisSizes(shape(step.inputs[0]), axes))
    case .argumentMaximum(let axis):
      return one(ML_ARGUMENT_MAXIMUM, axisSizes(shape(step.inputs[0]), axis...axis))
    case .cumulativeSum(let axis, let isExclusive, let isReversed):
      return one(
        ML_CUMULATIVE_SUM,
        axisSizes(shape(output), axis...axis) + [isExclusive ? 1 : 0, isReversed ? 1 : 0])
    case .topIndices(let k):
      let source = shape(step.inputs[0])
      return one(ML_TOP_INDICES, [source.elementCount / max(1, source[-1]), source[-1], k])
    case .gather, .scatterAdd:
      let rows = operation == .gather ? shape(step.inputs[0])[0] : shape(output)[0]
      let width = shape(output).dimensions.dropFirst().reduce(1, *)
      return one(
        operation == .gather ? ML_GATHER : ML_SCATTER_ADD,
        [rows, shape(step.inputs[1])[0], width])
    case .broadcast, .transpose, .slice, .pad, .concatenate: return moved(operation, step)
    case .matrixProduct, .cholesky, .triangularSolve:
      return one(linearAlgebraKernel(operation), linearAlgebraSizes(operation, step))
    case .convolution(let window):
      return one(
        ML_CONVOLUTION,
        convolutionSizes(window, shape(step.inputs[0]), shape(output), shape(step.inputs[1])))
    case .convolutionInputGradient(let window, let input):
      return one(
        ML_CONVOLUTION_INPUT_GRADIENT,
        convolutionSizes(window, input, shape(step.inputs[0]), shape(step.inputs[1])))
    case .convolutionWeightGradient(let window):
      return one(
        ML_CONVOLUTION_WEIGHT_GRADIENT,
        convolutionSizes(window, shape(step.inputs[0]), shape(step.inputs[1]), shape(output)))
    case .windowIndex(let window), .windowGather(let window), .windowSum(let window):
      return one(
        operation.windowKernel,
        windowSizes(window, shape(step.inputs[0]), shape(output)).map(Int.init))
    case .windowScatter(let window, let input), .windowSpread(let window, let input):
      return one(
        operation.windowKernel, windowSizes(window, input, shape(step.inputs[0])).map(Int.init))
    case .sumOverLanes:
      // Each lane's place is padded to whole cache lines; the padding is summed along.
      let padded = MemoryPlan.aligned(graph.values[output].byteCount) / MemoryLayout<Float>.stride
      return one(ML_LANE_SUM, [graph.laneCount, padded])
    case .perLane, .stopGradient, .bodyParameter, .call, .callResult:
      fatalError("\(operation) is rewritten before kernels are bound.")
    }
  }

  /// Outer extent, extent and inner extent of neighbouring axes.
  private func axisSizes(_ shape: Shape, _ axes: ClosedRange<Int>) -> [Int] {
    let extents = shape.dimensions
    return [
      extents[..<axes.lowerBound].reduce(1, *), extents[axes].reduce(1, *),
      extents[(axes.upperBound + 1)...].reduce(1, *),
    ]
  }

  private func axisSizes(_ shape: Shape, _ axes: [Int]) -> [Int] {
    guard let first = axes.first, let last = axes.last else { return [shape.elementCount, 1, 1] }
    return axisSizes(shape, first...last)
  }

  private func linearAlgebraKernel(_ operation: Operation) -> ml_operation {
    switch operation {
    case .cholesky: ML_CHOLESKY
    case .triangularSolve: ML_TRIANGULAR_SOLVE
    default: ML_MATRIX_PRODUCT
    }
  }

  private func linearAlgebraSizes(_ operation: Operation, _ step: Graph.Step) -> [Int] {
    let (a, output) = (shape(step.inputs[0]), shape(step.outputs[0]))
    let batch = a.dimensions.dropLast(2).reduce(1, *)
    switch operation {
    case .matrixProduct(let left, let right):
      let inner = left ? a[-2] : a[-1]
      let b = shape(step.inputs[1])
      return [
        batch, output[-2], output[-1], inner, left ? 1 : 0, right ? 1 : 0, a[-1] * a[-2],
        b[-1] * b[-2],
      ]
    case .triangularSolve(let transposed): return [batch, a[-1], output[-1], transposed ? 1 : 0]
    default: return [batch, a[-1]]
    }
  }

  private func convolutionSizes(
    _ window: WindowGeometry, _ picture: Shape, _ output: Shape, _ weights: Shape
  ) -> [Int] {
    [
      picture[0], picture[1], picture[2], picture[3], output[1], output[2], output[3], weights[0],
      weights[1], window.verticalStride, window.horizontalStride, window.top, window.left,
      isExact ? 1 : 0, threads,
    ]
  }

  private func windowSizes(_ window: WindowGeometry, _ picture: Shape, _ output: Shape) -> [Int64] {
    [
      picture[0], picture[1], picture[2], picture[3], output[1], output[2], window.height,
      window.width, window.verticalStride, window.horizontalStride, window.top, window.left,
    ].map(Int64.init)
  }

  private func bound(_ program: RowProgram, _ operands: [Graph.ValueID]) -> BoundOperation {
    var sizes = [
      program.rows, program.columns, program.inputs.count, program.steps.count,
      program.outputs.count,
    ]
    var scalars: [Float] = []
    sizes += program.inputs.map(\.rawValue)
    for step in program.steps {
      var registers = step.registers
      if let scalar = step.operation.scalar {
        registers.append(scalars.count)
        scalars.append(Float(scalar))
      }
      registers += [Int](repeating: 0, count: 3 - registers.count)
      sizes += [Int(step.kernelStep.rawValue)] + registers
    }
    for output in program.outputs { sizes += [output.register, output.access.rawValue] }
    if let windows = program.windows {
      sizes += [windows.height, windows.width, windows.windowHeight, windows.windowWidth]
    }
    return BoundOperation(
      operation: ML_ROW_PROGRAM, sizes: sizes.map(Int64.init), scalars: scalars, operands: operands)
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

  fileprivate var windowKernel: ml_operation {
    switch self {
    case .windowIndex: ML_WINDOW_INDEX
    case .windowGather: ML_WINDOW_GATHER
    case .windowScatter: ML_WINDOW_SCATTER
    case .windowSum: ML_WINDOW_SUM
    default: ML_WINDOW_SPREAD
    }
  }
}

extension ElementType {
  fileprivate var kernelCode: UInt32 {
    switch self {
    case .float32: ML_FLOAT32.rawValue
    case .int32: ML_INT32.rawValue
    case .uint32: ML_UINT32.rawValue
    case .uint8: ML_UINT8.rawValue
    }
  }
}
