extension Tensor {
  /// The same numbers in another shape; one extent may be -1 and is derived.
  public func reshaped(_ dimensions: [Int]) -> Tensor {
    let known = dimensions.filter { $0 >= 0 }.reduce(1, *)
    let derived = known == 0 ? 0 : shape.elementCount / known
    return reshaped(Shape(dimensions.map { $0 < 0 ? derived : $0 }))
  }

  /// The same numbers in another shape.
  public func reshaped(_ target: Shape) -> Tensor {
    target == shape ? self : Tensor(.reshape(target), [self])
  }

  /// Repeats axes of extent 1; the rank stays.
  public func broadcast(to target: Shape) -> Tensor {
    target == shape ? self : Tensor(.broadcast(target), [self])
  }

  /// An axis of extent 1 put in at a position.
  public func insertingAxis(at axis: Int) -> Tensor {
    var dimensions = shape.dimensions
    dimensions.insert(1, at: axis < 0 ? axis + shape.rank + 1 : axis)
    return reshaped(Shape(dimensions))
  }

  /// Axis i of the result is axis permutation[i] of this.
  public func transposed(_ permutation: [Int]) -> Tensor {
    permutation == Array(0..<shape.rank) ? self : Tensor(.transpose(permutation), [self])
  }

  /// Positions of one axis, from a start to before an end, every step-th.
  public func slice(along axis: Int, from start: Int, to end: Int, step: Int = 1) -> Tensor {
    let axis = shape.normalized(axis)
    let slices = shape.dimensions.enumerated().map { position, extent in
      position == axis
        ? AxisSlice(start: start, end: end, step: step) : AxisSlice(start: 0, end: extent)
    }
    return Tensor(.slice(slices), [self])
  }

  /// Zeros around and between the elements, for each axis.
  public func padded(_ paddings: [AxisPadding]) -> Tensor { Tensor(.pad(paddings), [self]) }

  /// Tensors joined along an axis.
  public static func concatenating(_ tensors: [Tensor], along axis: Int) -> Tensor {
    guard let first = tensors.first else { fatalError("Nothing to concatenate.") }
    if tensors.count == 1 { return first }
    return Tensor(.concatenate(axis: first.shape.normalized(axis)), tensors)
  }

  /// Rows (along the first axis) by int32 positions; zeros for a position outside.
  public func gatheringRows(_ indices: Tensor) -> Tensor { Tensor(.gather, [self, indices]) }

  /// Rows added up by int32 positions into a tensor of a number of rows.
  public func scatteringRows(_ indices: Tensor, into rows: Int) -> Tensor {
    Tensor(.scatterAdd(rows: rows), [self, indices])
  }

  /// A mask [..., classes] that is 1 at each int32 class number.
  public func oneHot(_ classes: Int) -> Tensor {
    let wide = insertingAxis(at: -1).broadcast(to: shape + [classes])
    return wide.isEqual(to: Tensor.positions(along: -1, shape: wide.shape))
  }

  /// The largest elements of the last axis and their int32 positions, largest first.
  public func largest(_ count: Int) -> (values: Tensor, positions: Tensor) {
    let positions = Tensor(.topIndices(count: count), [self])
    let extent = shape[-1]
    let rows = shape.elementCount / max(1, extent)
    guard shape.elementCount <= 1 << 24 else { return largestOfHalves(count) }
    // Rows start at multiples of the extent in the flattened tensor.
    let firsts = Tensor.literal(
      TensorValue(
        (0..<rows).flatMap { row in [Int32](repeating: Int32(row * extent), count: count) },
        shape: [rows * count]))
    let flat =
      (positions.reshaped([rows * count]).converted(to: .float32)
      + firsts.converted(to: .float32)).converted(to: .int32)
    let values = reshaped([rows * extent, 1]).gatheringRows(flat)
    return (values.reshaped(positions.shape), positions)
  }

  /// The same of half of the rows at a time: places among all elements are float32 numbers on the
  /// way, which are exact up to 2^24.
  private func largestOfHalves(_ count: Int) -> (values: Tensor, positions: Tensor) {
    let table = reshaped([-1, shape[-1]])
    let rows = table.shape[0]
    guard rows > 1 else {
      fatalError("The largest of \(shape): a row has 16,777,216 elements at most.")
    }
    let halves = [(0, rows / 2), (rows / 2, rows)].map { first, last in
      table.slice(along: 0, from: first, to: last).largest(count)
    }
    let result = shape.replacing(axis: -1, with: count)
    return (
      Tensor.concatenating(halves.map(\.values), along: 0).reshaped(result),
      Tensor.concatenating(halves.map(\.positions), along: 0).reshaped(result)
    )
  }
}
