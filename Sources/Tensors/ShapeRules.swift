/// What shape and element type an operation's result has; stops with the operation, the shapes and
/// the reason when the operands do not suit it.
enum ShapeRules {
  static func result(of operation: Operation, _ operands: [Tensor]) -> (Shape, ElementType) {
    let rule = Rule(operation: operation, operands: operands)
    switch operation {
    case .input, .literal, .fill, .iota, .randomBits, .bodyParameter, .call, .callResult:
      rule.stop("is made with its shape, not derived")
    case .unary, .binary, .compare, .select, .scale, .shift, .convert: return rule.elementwise()
    case .broadcast, .sum, .maximum, .argumentMaximum, .cumulativeSum, .topIndices:
      return rule.alongAxes()
    case .reshape, .transpose, .slice, .pad, .concatenate, .gather, .scatterAdd:
      return rule.movement()
    case .matrixProduct, .cholesky, .triangularSolve: return rule.linearAlgebra()
    case .convolution, .convolutionInputGradient, .convolutionWeightGradient:
      return rule.convolution()
    case .windowIndex, .windowGather, .windowScatter, .windowSum, .windowSpread:
      return rule.pooling()
    case .perLane, .sumOverLanes, .stopGradient: return rule.alone()
    case .barrier: return rule.first()
    }
  }
}

/// The rules of one application.
private struct Rule {
  let operation: Operation
  let operands: [Tensor]

  func stop(_ reason: String) -> Never {
    let shapes = operands.map { "\($0.elementType)\($0.shape)" }.joined(separator: ", ")
    let place = operands.first.map { $0.scope.isEmpty ? "" : " in '\($0.scope)'" } ?? ""
    fatalError("\(operation) of (\(shapes))\(place): \(reason).")
  }

  func expect(_ condition: Bool, _ reason: @autoclosure () -> String) {
    if !condition { stop(reason()) }
  }

  func expectCount(_ count: Int) { expect(operands.count == count, "takes \(count) operands") }

  func first() -> (Shape, ElementType) {
    expect(!operands.isEmpty, "needs an operand")
    return (operands[0].shape, operands[0].elementType)
  }

  func alone() -> (Shape, ElementType) {
    expectCount(1)
    if operation == .sumOverLanes { expect(operands[0].elementType == .float32, "takes float32") }
    return first()
  }

  func elementwise() -> (Shape, ElementType) {
    let (shape, type) = first()
    expect(operands.allSatisfy { $0.shape == shape }, "operands must have one shape")
    switch operation {
    case .convert(let target):
      expectCount(1)
      return (shape, target)
    case .unary(let function):
      expectCount(1)
      expect(
        type == (function == .unitFromBits ? .uint32 : .float32), "has the wrong element type")
      return (shape, .float32)
    case .compare:
      expectCount(2)
      expect(operands[1].elementType == type, "operands must have one element type")
      expect(type == .float32 || type == .int32, "takes float32 or int32")
      return (shape, .float32)
    case .select: expectCount(3)
    case .binary: expectCount(2)
    default: expectCount(1)
    }
    expect(operands.allSatisfy { $0.elementType == .float32 }, "takes float32")
    return (shape, .float32)
  }

  func alongAxes() -> (Shape, ElementType) {
    let (shape, type) = first()
    expectCount(1)
    switch operation {
    case .broadcast(let target):
      let fits =
        target.rank == shape.rank
        && zip(shape.dimensions, target.dimensions).allSatisfy { $0 == $1 || $0 == 1 }
      expect(fits, "only axes of extent 1 can be repeated, and the rank stays")
      return (target, type)
    case .sum(let axes), .maximum(let axes):
      expect(type == .float32, "takes float32")
      expect(axes == Array(Set(axes)).sorted(), "axes must ascend")
      if case .maximum = operation {
        expect(axes.allSatisfy { shape[$0] > 0 }, "has no elements to compare")
      }
      return (axes.reduce(shape) { $0.replacing(axis: $1, with: 1) }, type)
    case .argumentMaximum(let axis):
      expect(type == .float32 && shape[axis] > 0, "takes float32 and a non-empty axis")
      return (shape.replacing(axis: axis, with: 1), .int32)
    case .topIndices(let count):
      expect(type == .float32, "takes float32")
      expect(
        shape.rank > 0 && 1 <= count && count <= shape[-1], "has not that many elements")
      return (shape.replacing(axis: -1, with: count), .int32)
    default:
      expect(type == .float32, "takes float32")
      return (shape, type)
    }
  }

  func movement() -> (Shape, ElementType) {
    let (shape, type) = first()
    switch operation {
    case .reshape(let target):
      expect(target.elementCount == shape.elementCount, "the number of elements must stay")
      return (target, type)
    case .transpose(let permutation):
      expect(permutation.sorted() == Array(0..<shape.rank), "must name each axis once")
      return (Shape(permutation.map { shape[$0] }), type)
    case .slice(let slices):
      let fits =
        slices.count == shape.rank
        && zip(slices, shape.dimensions).allSatisfy { slice, extent in
          0 <= slice.start && slice.start <= slice.end && slice.end <= extent && slice.step > 0
        }
      expect(fits, "each axis needs a range inside it")
      return (Shape(slices.map(\.count)), type)
    case .pad(let paddings):
      expect(type == .float32, "takes float32")
      expect(paddings.count == shape.rank, "each axis needs its padding")
      expect(
        paddings.allSatisfy { min($0.before, $0.after, $0.between) >= 0 },
        "padding cannot be negative")
      return (Shape(zip(paddings, shape.dimensions).map { $0.extent(of: $1) }), type)
    case .concatenate(let axis):
      let fits = operands.allSatisfy {
        $0.shape.rank == shape.rank && $0.elementType == type
          && $0.shape.replacing(axis: axis, with: 0) == shape.replacing(axis: axis, with: 0)
      }
      expect(fits, "shapes may differ along axis \(axis) only")
      return (shape.replacing(axis: axis, with: operands.reduce(0) { $0 + $1.shape[axis] }), type)
    case .scatterAdd(let rows):
      expect(type == .float32, "takes float32")
      return (indexed().replacing(axis: 0, with: rows), type)
    default:
      expect(type != .uint8, "takes elements of four bytes")
      let indices = indexed(mustAgree: false)
      return (indices, type)
    }
  }

  /// The result of a gathering: as many rows as there are indices.
  private func indexed(mustAgree: Bool = true) -> Shape {
    expectCount(2)
    let indices = operands[1]
    expect(
      indices.elementType == .int32 && indices.shape.rank == 1, "indices must be int32 of one axis")
    expect(operands[0].shape.rank >= 1, "needs rows")
    expect(!mustAgree || operands[0].shape[0] == indices.shape[0], "needs one index a row")
    return operands[0].shape.replacing(axis: 0, with: indices.shape[0])
  }

  func linearAlgebra() -> (Shape, ElementType) {
    let (shape, type) = first()
    expect(operands.allSatisfy { $0.elementType == .float32 }, "takes float32")
    expect(operands.allSatisfy { $0.shape.rank >= 2 }, "needs at least two axes")
    let batch = shape.dimensions.dropLast(2)
    if case .cholesky = operation {
      expectCount(1)
      expect(shape[-1] == shape[-2], "needs square matrices")
      return (shape, type)
    }
    expectCount(2)
    let other = operands[1].shape
    expect(batch == other.dimensions.dropLast(2), "leading axes must agree")
    switch operation {
    case .matrixProduct(let left, let right):
      let (rows, inner) = left ? (shape[-1], shape[-2]) : (shape[-2], shape[-1])
      let (innerRight, columns) = right ? (other[-1], other[-2]) : (other[-2], other[-1])
      expect(inner == innerRight, "inner extents \(inner) and \(innerRight) differ")
      return (Shape(Array(batch) + [rows, columns]), type)
    default:
      expect(shape[-1] == shape[-2] && shape[-1] == other[-2], "extents do not match")
      return (other, type)
    }
  }

  func convolution() -> (Shape, ElementType) {
    expectCount(2)
    let (a, b) = (operands[0].shape, operands[1].shape)
    expect(operands.allSatisfy { $0.elementType == .float32 }, "takes float32")
    expect(a.rank == 4 && b.rank == 4, "takes pictures [n, h, w, c] and weights [h, w, in, out]")
    switch operation {
    case .convolution(let window):
      expect(a[3] == b[2], "\(a[3]) channels meet weights for \(b[2])")
      expect(b[0] == window.height && b[1] == window.width, "weights and window differ")
      let (rows, columns) = window.outputExtent(height: a[1], width: a[2])
      return ([a[0], rows, columns, b[3]], .float32)
    case .convolutionInputGradient(let window, let input):
      let (rows, columns) = window.outputExtent(height: input[1], width: input[2])
      expect(a == [input[0], rows, columns, b[3]] && b[2] == input[3], "shapes do not match")
      return (input, .float32)
    case .convolutionWeightGradient(let window):
      let (rows, columns) = window.outputExtent(height: a[1], width: a[2])
      expect(b.dimensions.dropLast() == [a[0], rows, columns], "shapes do not match")
      return ([window.height, window.width, a[3], b[3]], .float32)
    default: stop("is not a convolution")
    }
  }

  func pooling() -> (Shape, ElementType) {
    let (shape, type) = first()
    expect(shape.rank == 4 && type == .float32, "takes float32 pictures [n, h, w, c]")
    func pooled(_ window: WindowGeometry, _ picture: Shape) -> Shape {
      let (rows, columns) = window.outputExtent(height: picture[1], width: picture[2])
      return [picture[0], rows, columns, picture[3]]
    }
    switch operation {
    case .windowIndex(let window):
      expect(window.height * window.width <= 256, "positions must fit a byte")
      return (pooled(window, shape), .uint8)
    case .windowSum(let window): return (pooled(window, shape), type)
    case .windowGather(let window):
      let output = pooled(window, shape)
      expect(
        operands.count == 2 && operands[1].shape == output && operands[1].elementType == .uint8,
        "needs a uint8 index for each window")
      return (output, type)
    case .windowScatter(let window, let input):
      expect(
        operands.count == 2 && shape == pooled(window, input) && operands[1].shape == shape
          && operands[1].elementType == .uint8, "shapes do not match, or indices are not uint8")
      return (input, type)
    case .windowSpread(let window, let input):
      expect(shape == pooled(window, input), "shapes do not match")
      return (input, type)
    default: stop("is not a pooling")
    }
  }
}
