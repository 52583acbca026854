import CTensorKernels
import Tensors

extension KernelBinding {
  /// The strided copies of a movement.
  func boundMovement(_ operation: Operation, _ step: Graph.Step) -> [BoundOperation] {
    let output = step.outputs[0]
    let target = graph.values[output]
    func bound(_ copy: StridedCopy, from input: Graph.ValueID) -> BoundOperation {
      BoundOperation(
        operation: ML_STRIDED_COPY, sizes: copy.sizes(elementBytes: target.elementType.byteCount),
        operands: [input, output])
    }
    if case .concatenate(let axis) = operation {
      var start = 0
      return step.inputs.map { input in
        let part = graph.values[input].shape
        defer { start += part[axis] }
        return bound(
          StridedCopy(placing: part, in: target.shape, offset: start * target.shape.strides[axis]),
          from: input)
      }
    }
    let source = graph.values[step.inputs[0]].shape
    guard let copy = StridedCopy(of: operation, source, to: target.shape) else { return [] }
    let copied = bound(copy, from: step.inputs[0])
    guard case .pad = operation else { return [copied] }
    let fill = BoundOperation(
      operation: ML_FILL,
      sizes: KernelSizes(ml_fill_sizes(count: Int64(target.shape.elementCount))), scalars: [0],
      operands: [output])
    return [fill, copied]
  }
}

extension StridedCopy {
  /// The copy that a movement of one operand takes; nil for other operations.
  fileprivate init?(of operation: Operation, _ source: Shape, to target: Shape) {
    switch operation {
    case .broadcast:
      self.init(
        extents: target.dimensions, target: target.strides,
        source: source.strides.enumerated().map { source[$0] == 1 ? 0 : $1 })
    case .transpose(let permutation):
      self.init(
        extents: target.dimensions, target: target.strides,
        source: permutation.map { source.strides[$0] })
    case .slice(let slices):
      self.init(
        extents: target.dimensions, target: target.strides,
        source: zip(source.strides, slices).map { $0 * $1.step },
        sourceOffset: zip(source.strides, slices).reduce(0) { $0 + $1.0 * $1.1.start })
    case .pad(let paddings):
      self.init(
        extents: source.dimensions,
        target: zip(target.strides, paddings).map { $0 * ($1.between + 1) },
        source: source.strides,
        targetOffset: zip(target.strides, paddings).reduce(0) { $0 + $1.0 * $1.1.before })
    default: return nil
    }
  }

  /// The copy of a whole value to a place within a larger one.
  fileprivate init(placing part: Shape, in whole: Shape, offset: Int) {
    self.init(
      extents: part.dimensions, target: whole.strides, source: part.strides, targetOffset: offset)
  }
}

/// A copy between two strided views of the same extents.
struct StridedCopy {
  let extents: [Int]
  let target: [Int]
  let source: [Int]
  var targetOffset = 0
  var sourceOffset = 0

  static let rankLimit = Int(ML_COPY_RANK)

  /// The kernel's sizes, with neighbouring axes joined where both sides allow it.
  func sizes(elementBytes: Int) -> KernelSizes {
    var axes: [(extent: Int, target: Int, source: Int)] = []
    for axis in extents.indices where extents[axis] != 1 {
      let next = (extent: extents[axis], target: target[axis], source: source[axis])
      if let last = axes.last, last.target == next.target * next.extent,
        last.source == next.source * next.extent
      {
        axes[axes.count - 1] = (last.extent * next.extent, next.target, next.source)
      } else {
        axes.append(next)
      }
    }
    guard axes.count <= StridedCopy.rankLimit else {
      fatalError("A movement over \(axes.count) separate axes; at most \(StridedCopy.rankLimit).")
    }
    var sizes = KernelSizes(
      ml_copy_sizes(
        elementBytes: Int64(elementBytes), rank: Int64(axes.count),
        targetOffset: Int64(targetOffset), sourceOffset: Int64(sourceOffset)))
    for axis in axes {
      sizes.append(
        ml_copy_axis(
          extent: Int64(axis.extent), targetStride: Int64(axis.target),
          sourceStride: Int64(axis.source)))
    }
    return sizes
  }
}
