import CTensorKernels
import Tensors

extension KernelBinding {
  /// The strided copies of a movement.
  func moved(_ operation: Operation, _ step: Graph.Step) -> [BoundOperation] {
    let output = step.outputs[0]
    let target = graph.values[output].shape
    let source = graph.values[step.inputs[0]].shape
    func copy(_ copy: StridedCopy, from input: Graph.ValueID) -> BoundOperation {
      BoundOperation(
        operation: ML_STRIDED_COPY,
        sizes: copy.sizes(elementBytes: graph.values[output].elementType.byteCount),
        operands: [input, output])
    }
    switch operation {
    case .broadcast:
      let strides = source.strides.enumerated().map { source[$0] == 1 ? 0 : $1 }
      return [
        copy(
          StridedCopy(extents: target.dimensions, target: target.strides, source: strides),
          from: step.inputs[0])
      ]
    case .transpose(let permutation):
      return [
        copy(
          StridedCopy(
            extents: target.dimensions, target: target.strides,
            source: permutation.map { source.strides[$0] }), from: step.inputs[0])
      ]
    case .slice(let slices):
      return [
        copy(
          StridedCopy(
            extents: target.dimensions, target: target.strides,
            source: zip(source.strides, slices).map { $0 * $1.step },
            sourceOffset: zip(source.strides, slices).reduce(0) { $0 + $1.0 * $1.1.start }),
          from: step.inputs[0])
      ]
    case .pad(let paddings):
      let fill = BoundOperation(
        operation: ML_FILL, sizes: [Int64(target.elementCount)], scalars: [0], operands: [output])
      return [
        fill,
        copy(
          StridedCopy(
            extents: source.dimensions,
            target: zip(target.strides, paddings).map { $0 * ($1.between + 1) },
            source: source.strides,
            targetOffset: zip(target.strides, paddings).reduce(0) { $0 + $1.0 * $1.1.before }),
          from: step.inputs[0]),
      ]
    case .concatenate(let axis):
      var start = 0
      return step.inputs.map { input in
        let part = graph.values[input].shape
        defer { start += part[axis] }
        return copy(
          StridedCopy(
            extents: part.dimensions, target: target.strides, source: part.strides,
            targetOffset: start * target.strides[axis]), from: input)
      }
    default: return []
    }
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
  func sizes(elementBytes: Int) -> [Int64] {
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
    let sizes =
      [elementBytes, axes.count] + axes.map(\.extent) + axes.map(\.target) + axes.map(\.source)
      + [targetOffset, sourceOffset]
    return sizes.map(Int64.init)
  }
}
