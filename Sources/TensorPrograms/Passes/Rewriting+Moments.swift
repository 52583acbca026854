import Tensors

// Mean and variance of many rows in one walk over memory: both are sums over distances from a
// number near the mean, which is known before.
extension Rewriting {
  /// A mean as a number near it and the mean distance from that.
  struct Mean {
    let sum: Sum
    let near: Graph.ValueID
    /// The sum of the distances.
    let distanceSum: Graph.ValueID
  }

  /// From so many rows on, walking over them twice costs.
  private static var fewestRows: Int { 1024 }
  /// The rows whose mean is the number near the mean of all.
  private static var sampleCount: Int { 16 }

  /// The mean of many rows in memory, where a scaled sum is one; else nil.
  mutating func meanOfManyRows(
    _ factor: Double, _ sum: Graph.ValueID, scope: String
  ) -> Graph.ValueID? {
    guard case (.sum(let axes), let operands) = operations[sum], axes.count == 1,
      case let extents = shape(operands[0]).dimensions, case let count = extents[axes[0]],
      count >= Self.fewestRows, extents[..<axes[0]].allSatisfy({ $0 == 1 }),
      extents[(axes[0] + 1)...].reduce(1, *) > 1, factor == 1 / Double(count),
      isInMemory(operands[0])
    else { return nil }
    let (rows, reduced) = (operands[0], shape(sum))
    let near =
      meanThroughKernel(of: rows, to: reduced, scope: scope)
      ?? sampleMean(of: rows, along: axes[0], to: reduced, scope: scope)
    let distanceSum = apply(
      .sum(axes: axes), [distances(of: rows, from: near, scope: scope)], reduced, .float32,
      scope: scope)
    let meanDistance = apply(.scale(factor), [distanceSum], reduced, .float32, scope: scope)
    let mean = apply(.binary(.add), [near, meanDistance], reduced, .float32, scope: scope)
    means[mean] = Mean(
      sum: Sum(operand: rows, axes: axes), near: near, distanceSum: distanceSum)
    return mean
  }

  /// The sum of squared distances from such a mean; nil of other distances.
  ///
  /// It is that from the number near it, less what this is too much, which is little.
  mutating func squaredDistances(
    of distances: Graph.ValueID, _ axes: [Int], scope: String
  ) -> Graph.ValueID? {
    let (operation, operands) = operations[distances]
    guard operation == .binary(.subtract), let repeated = repeatedValue(operands[1]),
      let mean = means[repeated],
      mean.sum == Sum(operand: operands[0], axes: axes)
    else { return nil }
    let rows = operands[0]
    let (extents, reduced) = (shape(rows), shape(mean.near))
    let fromNear = self.distances(of: rows, from: mean.near, scope: scope)
    let squares = apply(.unary(.square), [fromNear], extents, .float32, scope: scope)
    let sum = apply(.sum(axes: axes), [squares], reduced, .float32, scope: scope)
    let square = apply(.unary(.square), [mean.distanceSum], reduced, .float32, scope: scope)
    let excess = apply(
      .scale(1 / Double(extents[axes[0]])), [square], reduced, .float32, scope: scope)
    let difference = apply(.binary(.subtract), [sum, excess], reduced, .float32, scope: scope)
    // Rounding must not make it negative.
    let zero = emit(.fill(0), [], reduced, .float32, scope: scope)
    return apply(.binary(.maximum), [difference, zero], reduced, .float32, scope: scope)
  }

  /// What a convolution makes of pictures that are their mean everywhere, borders aside.
  ///
  /// It is near the mean of its results, and known before them: what lies between is the border's,
  /// a part of their variance. Nil of what is no convolution, or one of many products, or one that
  /// misses most of the pictures.
  private mutating func meanThroughKernel(
    of rows: Graph.ValueID, to reduced: Shape, scope: String
  ) -> Graph.ValueID? {
    var result = rows
    while case .reshape = operations[result].operation { result = operations[result].operands[0] }
    guard case (.convolution(let window), let operands) = operations[result],
      case (let pictures, let kernel) = (shape(operands[0]), shape(operands[1])),
      kernel.hasFewProducts, reduced.elementCount == kernel[-1], pictures.elementCount > 0,
      pictures[1] >= 2 * window.height, pictures[2] >= 2 * window.width,
      window.verticalStride <= window.height, window.horizontalStride <= window.width
    else { return nil }
    let (channels, results) = (kernel[-2], kernel[-1])
    let sum = apply(
      .sum(axes: [0, 1, 2]), [operands[0]], [1, 1, 1, channels], .float32, scope: scope)
    let mean = apply(
      .scale(Double(channels) / Double(pictures.elementCount)),
      [apply(.reshape([1, channels]), [sum], [1, channels], .float32, scope: scope)],
      [1, channels], .float32, scope: scope)
    let taps = apply(
      .sum(axes: [0, 1]), [operands[1]], [1, 1, channels, results], .float32, scope: scope)
    let matrix = apply(
      .reshape([channels, results]), [taps], [channels, results], .float32, scope: scope)
    let near = apply(
      .matrixProduct(transposingLeft: false, transposingRight: false), [mean, matrix],
      [1, results], .float32, scope: scope)
    return apply(.reshape(reduced), [near], reduced, .float32, scope: scope)
  }

  private mutating func sampleMean(
    of rows: Graph.ValueID, along axis: Int, to reduced: Shape, scope: String
  ) -> Graph.ValueID {
    let extents = shape(rows)
    let slices = extents.dimensions.enumerated().map { index, extent in
      AxisSlice(start: 0, end: extent, step: index == axis ? extent / Self.sampleCount : 1)
    }
    let count = slices[axis].count
    let taken = extents.replacing(axis: axis, with: count)
    let sample = apply(.slice(slices), [rows], taken, .float32, scope: scope)
    let sum = apply(.sum(axes: [axis]), [sample], reduced, .float32, scope: scope)
    return apply(.scale(1 / Double(count)), [sum], reduced, .float32, scope: scope)
  }

  private mutating func distances(
    of rows: Graph.ValueID, from near: Graph.ValueID, scope: String
  ) -> Graph.ValueID {
    let extents = shape(rows)
    let repeated = apply(.broadcast(extents), [near], extents, .float32, scope: scope)
    return apply(.binary(.subtract), [rows, repeated], extents, .float32, scope: scope)
  }

  /// Whether a value is the result of more than elementwise work.
  private func isInMemory(_ value: Graph.ValueID) -> Bool {
    switch operations[value].operation {
    case .reshape, .barrier: isInMemory(operations[value].operands[0])
    case .unary, .binary, .scale, .shift, .compare, .select, .broadcast, .fill: false
    default: true
    }
  }
}
