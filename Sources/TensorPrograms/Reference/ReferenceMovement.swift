import Tensors

extension OperationMeaning {
  func moved() -> [Double] {
    let x = operands[0]
    let source = shape(0)
    switch node.operation {
    case .reshape: return x
    case .broadcast:
      return Positions(shape).map { position in
        x[source.offset(zip(position, source.dimensions).map { $1 == 1 ? 0 : $0 })]
      }
    case .transpose(let permutation):
      return Positions(shape).map { position in
        var from = position
        for (axis, sourceAxis) in permutation.enumerated() { from[sourceAxis] = position[axis] }
        return x[source.offset(from)]
      }
    case .slice(let slices):
      return Positions(shape).map { position in
        x[source.offset(zip(position, slices).map { $1.start + $0 * $1.step })]
      }
    case .pad(let paddings):
      var result = [Double](repeating: 0, count: shape.elementCount)
      for (element, position) in zip(x, Positions(source)) {
        let to = zip(position, paddings).map { $1.before + $0 * ($1.between + 1) }
        result[shape.offset(to)] = element
      }
      return result
    case .concatenate(let axis): return concatenated(axis)
    case .gather, .scatterAdd: return indexed()
    default: return []
    }
  }

  private func concatenated(_ axis: Int) -> [Double] {
    var result = [Double](repeating: 0, count: shape.elementCount)
    var start = 0
    for (index, operand) in operands.enumerated() {
      for (element, position) in zip(operand, Positions(shape(index))) {
        var to = position
        to[axis] += start
        result[shape.offset(to)] = element
      }
      start += shape(index)[axis]
    }
    return result
  }

  private func indexed() -> [Double] {
    let x = operands[0]
    let indices = operands[1].map { Int($0) }
    let width = shape.dimensions.dropFirst().reduce(1, *)
    var result = [Double](repeating: 0, count: shape.elementCount)
    for (position, index) in indices.enumerated() {
      if case .gather = node.operation {
        guard (0..<shape(0)[0]).contains(index) else { continue }
        for column in 0..<width { result[position * width + column] = x[index * width + column] }
      } else if (0..<shape[0]).contains(index) {
        for column in 0..<width { result[index * width + column] += x[position * width + column] }
      }
    }
    return result
  }

  func alongAxes() -> [Double] {
    let x = operands[0]
    let source = shape(0)
    switch node.operation {
    case .sum: return reduced(into: 0) { $0 + $1 }
    case .maximum:
      return reduced(into: -.infinity) { $0.isNaN || $1.isNaN ? .nan : max($0, $1) }
    case .argumentMaximum(let axis):
      return Positions(shape).map { position in
        let line = elements(of: x, along: axis, at: position)
        return Double(line.indices.reduce(0) { isAhead(line[$1], line[$0]) ? $1 : $0 })
      }
    case .cumulativeSum(let axis, let isExclusive, let isReversed):
      return Positions(source).map { position in
        let line = elements(of: x, along: axis, at: position)
        let here = position[axis]
        let range =
          isReversed
          ? (isExclusive ? here + 1 : here)..<line.count : 0..<(isExclusive ? here : here + 1)
        return line[range].reduce(0, +)
      }
    case .topIndices(let count):
      let extent = source[-1]
      return stride(from: 0, to: x.count, by: max(1, extent)).flatMap { first in
        let line = Array(x[first..<first + extent])
        let sorted = line.indices.sorted {
          isAhead(line[$0], line[$1]) || ($0 < $1 && !isAhead(line[$1], line[$0]))
        }
        return sorted.prefix(count).map(Double.init)
      }
    default: return []
    }
  }

  /// Whether a number comes before another as a maximum: larger, or the only one that is no number.
  func isAhead(_ left: Double, _ right: Double) -> Bool {
    left > right || (left.isNaN && !right.isNaN)
  }

  /// The elements along an axis of the operand through a position.
  private func elements(of x: [Double], along axis: Int, at position: [Int]) -> [Double] {
    var from = position
    return (0..<shape(0)[axis]).map { index in
      from[axis] = index
      return x[shape(0).offset(from)]
    }
  }

  private func reduced(
    into start: Double, _ combine: (Double, Double) -> Double
  ) -> [Double] {
    var result = [Double](repeating: start, count: shape.elementCount)
    for (element, position) in zip(operands[0], Positions(shape(0))) {
      let to = shape.offset(zip(position, shape.dimensions).map { $1 == 1 ? 0 : $0 })
      result[to] = combine(result[to], element)
    }
    return result
  }
}
