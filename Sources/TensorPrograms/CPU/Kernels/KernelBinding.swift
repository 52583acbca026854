import CTensorKernels
import Tensors

/// One kernel's work with its sizes and the values that it reads and writes, before memory is
/// known.
struct BoundOperation: Sendable {
  /// The operation.
  let operation: ml_operation
  /// Its sizes.
  let sizes: KernelSizes
  /// The numbers that it carries.
  var scalars: [Float] = []
  /// Inputs, then outputs.
  let operands: [Graph.ValueID]
}

/// From steps to kernels.
struct KernelBinding {
  /// The graph whose steps are bound.
  let graph: Graph
  /// Forbids convolutions that trade rounding for speed.
  let isExact: Bool
  /// How many share the work of a lane.
  let threads: Int

  /// The kernels of a step, in the order in which they run; none for an alias or an input.
  func bound(_ step: Graph.Step) -> [BoundOperation] {
    switch step.kind {
    case .rowProgram(let program): [bound(program, operands(of: step))]
    case .windowMaximum(let window): [boundMaximum(of: window, step)]
    case .operation(let operation): bound(operation, step)
    }
  }

  private func bound(_ operation: Operation, _ step: Graph.Step) -> [BoundOperation] {
    switch operation {
    case .input, .literal, .reshape, .barrier: []
    case .fill, .iota, .randomBits, .convert: [boundNumbers(operation, step)]
    case .unary, .binary, .compare, .select, .scale, .shift:
      [bound(RowProgram(alone: operation, step, graph), operands(of: step))]
    case .sum, .maximum, .argumentMaximum, .cumulativeSum, .topIndices, .sumOverLanes:
      [boundReduction(operation, step)]
    case .gather, .scatterAdd: [boundIndexing(operation, step)]
    case .broadcast, .transpose, .slice, .pad, .concatenate: boundMovement(operation, step)
    case .matrixProduct, .cholesky, .triangularSolve: [boundLinearAlgebra(operation, step)]
    case .convolution, .convolutionInputGradient, .convolutionWeightGradient:
      [boundConvolution(operation, step)]
    case .windowIndex, .windowGather, .windowSum, .windowScatter, .windowSpread:
      [boundWindows(operation, step)]
    case .perLane, .stopGradient, .bodyParameter, .call, .callResult:
      fatalError("\(operation) is rewritten before kernels are bound.")
    }
  }

  /// The work of one kernel on all values of a step.
  func one(
    _ kernel: ml_operation, _ sizes: some BitwiseCopyable, _ step: Graph.Step,
    scalars: [Float] = []
  ) -> BoundOperation {
    BoundOperation(
      operation: kernel, sizes: KernelSizes(sizes), scalars: scalars, operands: operands(of: step))
  }

  /// The shape of a value, for one lane.
  func shape(_ value: Graph.ValueID) -> Shape { graph.values[value].shape }

  private func operands(of step: Graph.Step) -> [Graph.ValueID] { step.inputs + step.outputs }

  /// Outer extent, extent and inner extent of neighbouring axes.
  func axisSizes(_ shape: Shape, _ axes: ClosedRange<Int>) -> ml_axis_sizes {
    let extents = shape.dimensions
    return ml_axis_sizes(
      outer: Int64(extents[..<axes.lowerBound].reduce(1, *)),
      extent: Int64(extents[axes].reduce(1, *)),
      inner: Int64(extents[(axes.upperBound + 1)...].reduce(1, *)))
  }
}
