/// The derivative rules of all operations: from the cotangent of a result to those of its operands.
struct DerivativeRules {
  let node: Tensor
  let cotangent: Tensor
  let needed: [Bool]

  private var g: Tensor { cotangent }
  private func operand(_ index: Int) -> Tensor { node.operands[index] }

  /// The cotangent of an operand, if it is needed.
  private func ifNeeded(_ index: Int, _ rule: () -> Tensor) -> Tensor? {
    needed[index] ? rule() : nil
  }

  /// For each operand its cotangent; nil where none is needed or nothing passes.
  func operandCotangents() -> [Tensor?] {
    switch node.operation {
    case .unary(let function): return [unary(function, operand(0))]
    case .binary(let function): return binary(function)
    case .select:
      let zero = Tensor.fill(0, shape: g.shape)
      return [
        nil, ifNeeded(1) { Tensors.select(operand(0), g, zero) },
        ifNeeded(2) { Tensors.select(operand(0), zero, g) },
      ]
    case .scale(let factor): return [g * factor]
    case .shift, .convert: return [g]
    case .broadcast, .sum, .maximum, .cumulativeSum: return [alongAxes()]
    case .reshape, .transpose, .slice, .pad, .concatenate, .gather, .scatterAdd: return movement()
    case .matrixProduct(let left, let right): return matrixProductRule(left, right)
    case .cholesky: return [choleskyRule()]
    case .triangularSolve(let transposed): return triangularSolveRule(transposed)
    case .convolution, .convolutionInputGradient, .convolutionWeightGradient:
      return convolution()
    case .windowGather, .windowScatter, .windowSum, .windowSpread: return pooling()
    case .barrier: return [g] + node.operands.dropFirst().map { _ in nil }
    case .input, .literal, .fill, .iota, .randomBits, .bodyParameter, .compare, .argumentMaximum,
      .topIndices, .windowIndex, .perLane, .sumOverLanes, .stopGradient, .call, .callResult:
      fatalError("\(node) has no derivative rule of its own.")
    }
  }

  private func unary(_ function: UnaryFunction, _ x: Tensor) -> Tensor {
    let y = node
    switch function {
    case .negate: return -g
    case .exp: return g * y
    case .log: return g / x
    case .squareRoot: return g / y * 0.5
    case .reciprocalSquareRoot: return g * (y * y.square()) * -0.5
    case .reciprocal: return -(g * y.square())
    case .tanh: return g * (1 - y.square())
    case .sigmoid: return g * (y * (1 - y))
    case .relu: return gate(y, g)
    case .absolute: return g * x.sign()
    case .sine: return g * x.cosine()
    case .cosine: return -(g * x.sine())
    case .square: return g * x * 2
    case .softplus: return g * x.sigmoid()
    case .errorFunction: return g * (-x.square()).exp() * (2 / Double.pi.squareRoot())
    case .sign, .floor, .unitFromBits: fatalError("\(function) passes no derivative.")
    }
  }

  private func binary(_ function: BinaryFunction) -> [Tensor?] {
    let (a, b) = (operand(0), operand(1))
    let zero = Tensor.fill(0, shape: g.shape)
    switch function {
    case .add: return [g, g]
    case .subtract: return [g, ifNeeded(1) { -g }]
    case .multiply: return [ifNeeded(0) { g * b }, ifNeeded(1) { g * a }]
    case .divide: return [ifNeeded(0) { g / b }, ifNeeded(1) { -(g * node / b) }]
    case .maximum:
      let second = a.isLess(than: b)
      return [
        ifNeeded(0) { Tensors.select(second, zero, g) },
        ifNeeded(1) { Tensors.select(second, g, zero) },
      ]
    case .minimum:
      let second = b.isLess(than: a)
      return [
        ifNeeded(0) { Tensors.select(second, zero, g) },
        ifNeeded(1) { Tensors.select(second, g, zero) },
      ]
    case .gate: return [nil, ifNeeded(1) { gate(a, g) }]
    }
  }

  private func alongAxes() -> Tensor? {
    let x = operand(0)
    switch node.operation {
    case .broadcast:
      let axes = x.shape.dimensions.indices.filter { x.shape[$0] != node.shape[$0] }
      return g.sum(along: axes, keepingAxes: true)
    case .sum: return g.broadcast(to: x.shape)
    case .maximum(let axes):
      let mask = x.isEqual(to: node)
      return mask * (g / mask.sum(along: axes, keepingAxes: true))
    case .cumulativeSum(let axis, let isExclusive, let isReversed):
      return g.cumulativeSum(along: axis, isExclusive: isExclusive, isReversed: !isReversed)
    default: return nil
    }
  }

  private func movement() -> [Tensor?] {
    let x = operand(0)
    switch node.operation {
    case .reshape: return [g.reshaped(x.shape)]
    case .transpose(let permutation):
      let inverse = permutation.indices.sorted { permutation[$0] < permutation[$1] }
      return [g.transposed(inverse)]
    case .slice(let slices):
      let paddings = zip(slices, x.shape.dimensions).map { slice, extent in
        let last = slice.count == 0 ? slice.start : slice.start + (slice.count - 1) * slice.step + 1
        return AxisPadding(before: slice.start, after: extent - last, between: slice.step - 1)
      }
      return [g.padded(paddings)]
    case .pad(let paddings):
      let slices = zip(paddings, x.shape.dimensions).map { padding, extent in
        let covered = extent + max(0, extent - 1) * padding.between
        return AxisSlice(
          start: padding.before, end: padding.before + covered, step: padding.between + 1)
      }
      return [Tensor(.slice(slices), [g])]
    case .concatenate(let axis):
      var start = 0
      return node.operands.indices.map { index in
        let end = start + operand(index).shape[axis]
        defer { start = end }
        return ifNeeded(index) { g.slice(along: axis, from: start, to: end) }
      }
    case .gather: return [g.scatteringRows(operand(1), into: x.shape[0]), nil]
    case .scatterAdd: return [g.gatheringRows(operand(1)), nil]
    default: return []
    }
  }

  private func matrixProductRule(_ left: Bool, _ right: Bool) -> [Tensor?] {
    let (a, b) = (operand(0), operand(1))
    return [
      ifNeeded(0) {
        left
          ? matrixProduct(b, g, transposingLeft: right, transposingRight: true)
          : matrixProduct(g, b, transposingRight: !right)
      },
      ifNeeded(1) {
        right
          ? matrixProduct(g, a, transposingLeft: true, transposingRight: left)
          : matrixProduct(a, g, transposingLeft: !left)
      },
    ]
  }

  /// Smith (1995), in the form of Murray (arXiv 1602.07527, section 3.1): a = l l', and with Φ the
  /// lower triangle with halved diagonal, ā = sym(l⁻ᵀ Φ(lᵀ l̄) l⁻¹).
  private func choleskyRule() -> Tensor {
    let l = node
    let inner = matrixProduct(l, g, transposingLeft: true).lowerTriangle(diagonalFactor: 0.5)
    let left = l.triangularSolution(inner, transposed: true)
    let whole = l.triangularSolution(left.matrixTransposed, transposed: true)
    return (whole + whole.matrixTransposed) * 0.5
  }

  private func triangularSolveRule(_ transposed: Bool) -> [Tensor?] {
    let (l, x) = (operand(0), node)
    let right = l.triangularSolution(g, transposed: !transposed)
    return [
      ifNeeded(0) {
        let outer =
          transposed
          ? matrixProduct(x, right, transposingRight: true)
          : matrixProduct(right, x, transposingRight: true)
        return -outer.lowerTriangle(diagonalFactor: 1)
      }, right,
    ]
  }

  /// A convolution, its input gradient and its weight gradient are each other's derivatives.
  private func convolution() -> [Tensor?] {
    let (a, b) = (operand(0), operand(1))
    switch node.operation {
    case .convolution(let window):
      return [
        ifNeeded(0) {
          Tensor(.convolutionInputGradient(window, inputShape: a.shape), [g, b])
        },
        ifNeeded(1) { Tensor(.convolutionWeightGradient(window), [a, g]) },
      ]
    case .convolutionInputGradient(let window, _):
      return [
        ifNeeded(0) { Tensor(.convolution(window), [g, b]) },
        ifNeeded(1) { Tensor(.convolutionWeightGradient(window), [g, a]) },
      ]
    case .convolutionWeightGradient(let window):
      return [
        ifNeeded(0) {
          Tensor(.convolutionInputGradient(window, inputShape: a.shape), [b, g])
        },
        ifNeeded(1) { Tensor(.convolution(window), [a, g]) },
      ]
    default: return []
    }
  }

  private func pooling() -> [Tensor?] {
    let x = operand(0)
    switch node.operation {
    case .windowGather(let window):
      return [Tensor(.windowScatter(window, inputShape: x.shape), [g, operand(1)]), nil]
    case .windowScatter(let window, _):
      return [Tensor(.windowGather(window), [g, operand(1)]), nil]
    case .windowSum(let window):
      return [Tensor(.windowSpread(window, inputShape: x.shape), [g])]
    case .windowSpread(let window, _): return [Tensor(.windowSum(window), [g])]
    default: return []
    }
  }
}
