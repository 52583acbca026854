import CTensorKernels
import Tensors

// Constants, random bits, conversions, reductions and indexing.
extension KernelBinding {
  /// The kernel that makes or converts numbers, one by one.
  func boundNumbers(_ operation: Operation, _ step: Graph.Step) -> BoundOperation {
    let output = step.outputs[0]
    let count = Int64(shape(output).elementCount)
    switch operation {
    case .fill(let value):
      return one(ML_FILL, ml_fill_sizes(count: count), step, scalars: [Float(value)])
    case .iota(let axis): return one(ML_IOTA, axisSizes(shape(output), axis...axis), step)
    case .randomBits(let stream):
      return one(ML_RANDOM_BITS, ml_random_bits_sizes(count: count, stream: Int64(stream)), step)
    case .convert(let type):
      let from = graph.values[step.inputs[0]].elementType
      return one(
        ML_CONVERT,
        ml_conversion_sizes(
          count: count, from: Int64(from.kernelCode), to: Int64(type.kernelCode)), step)
    default: fatalError("\(operation) makes no numbers one by one.")
    }
  }

  /// The kernel that goes along an axis, or over lanes.
  func boundReduction(_ operation: Operation, _ step: Graph.Step) -> BoundOperation {
    let (source, output) = (shape(step.inputs[0]), step.outputs[0])
    switch operation {
    case .sum(let axes): return one(ML_SUM, axisSizes(source, axes), step)
    case .maximum(let axes): return one(ML_MAXIMUM, axisSizes(source, axes), step)
    case .argumentMaximum(let axis):
      return one(ML_ARGUMENT_MAXIMUM, axisSizes(source, axis...axis), step)
    case .cumulativeSum(let axis, let isExclusive, let isReversed):
      let axes = axisSizes(shape(output), axis...axis)
      return one(
        ML_CUMULATIVE_SUM,
        ml_cumulative_sum_sizes(
          outer: axes.outer, extent: axes.extent, inner: axes.inner,
          exclusive: isExclusive.kernelNumber, reversed: isReversed.kernelNumber), step)
    case .topIndices(let k):
      let rows = source.elementCount / max(1, source[-1])
      return one(
        ML_TOP_INDICES,
        ml_top_indices_sizes(rows: Int64(rows), columns: Int64(source[-1]), count: Int64(k)), step)
    case .sumOverLanes:
      // Each lane's place is padded to whole cache lines; the padding is summed along.
      let padded = MemoryPlan.aligned(graph.values[output].byteCount) / MemoryLayout<Float>.stride
      return one(
        ML_LANE_SUM, ml_lane_sum_sizes(lanes: Int64(graph.laneCount), count: Int64(padded)), step)
    default: fatalError("\(operation) is no reduction.")
    }
  }

  /// Outer extent, extent and inner extent; of no axes, each number is summed alone.
  private func axisSizes(_ shape: Shape, _ axes: [Int]) -> ml_axis_sizes {
    guard let first = axes.first, let last = axes.last else {
      return ml_axis_sizes(outer: Int64(shape.elementCount), extent: 1, inner: 1)
    }
    return axisSizes(shape, first...last)
  }

  /// The kernel that takes rows by index, or adds them.
  func boundIndexing(_ operation: Operation, _ step: Graph.Step) -> BoundOperation {
    let output = shape(step.outputs[0])
    let rows = operation == .gather ? shape(step.inputs[0])[0] : output[0]
    let sizes = ml_gather_sizes(
      rows: Int64(rows), count: Int64(shape(step.inputs[1])[0]),
      width: Int64(output.dimensions.dropFirst().reduce(1, *)))
    return one(operation == .gather ? ML_GATHER : ML_SCATTER_ADD, sizes, step)
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
