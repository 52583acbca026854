import Tensors
import Testing

/// One row of the family table: an expression of some operands, drawn from a range.
struct FamilyRow: CustomTestStringConvertible, Sendable {
  let name: String
  /// The shapes of the operands, for several sizes.
  let shapes: [[Shape]]
  /// Where operands are drawn from.
  var range: ClosedRange<Double> = -1.5...1.5
  /// Whether derivatives exist everywhere in the range (up to drawing an edge by chance).
  var isDifferentiable = true
  let build: @Sendable ([Tensor]) -> Tensor

  var testDescription: String { name }
}

/// Every operation, in expressions that have a value and, where it exists, a derivative.
enum OperationFamily {
  static let rows: [FamilyRow] =
    unary + binary + elementwise + axes + movement + linearAlgebra + pictures + control

  private static let vectors: [[Shape]] = [[[5]], [[3, 17]], [[2, 3, 16]], [[33]]]

  private static let unary: [FamilyRow] = UnaryFunction.allCases.compactMap { function in
    if function == .unitFromBits { return nil }
    let positive: Set<UnaryFunction> = [.log, .squareRoot, .reciprocalSquareRoot, .reciprocal]
    let flat: Set<UnaryFunction> = [.sign, .floor]
    return FamilyRow(
      name: "unary \(function)", shapes: vectors,
      range: positive.contains(function) ? 0.3...2.5 : -2...2,
      isDifferentiable: !flat.contains(function)
    ) { Tensor(.unary(function), [$0[0]]) }
  }

  private static let binary: [FamilyRow] = BinaryFunction.allCases.map { function in
    FamilyRow(
      name: "binary \(function)", shapes: vectors.map { [$0[0], $0[0]] },
      range: function == .divide ? 0.4...2 : -2...2
    ) { Tensor(.binary(function), $0) + $0[0] * 0.5 }
  }

  private static let elementwise: [FamilyRow] =
    Comparison.allCases.map { comparison in
      FamilyRow(
        name: "compare \(comparison)", shapes: vectors.map { [$0[0], $0[0]] },
        isDifferentiable: false
      ) { Tensor(.compare(comparison), $0) }
    } + [
      FamilyRow(name: "integer compare", shapes: [[[7]], [[3, 5]]], isDifferentiable: false) {
        ($0[0] * 2).converted(to: .int32).isLess(
          than: Tensor.positions(along: -1, shape: $0[0].shape))
      },
      FamilyRow(name: "select", shapes: vectors.map { [$0[0], $0[0], $0[0]] }) {
        select($0[0].isLess(than: $0[1]), $0[0] * $0[1], $0[2])
      },
      FamilyRow(name: "scale", shapes: vectors) { $0[0] * -0.7 },
      FamilyRow(name: "shift", shapes: vectors) { $0[0] + 0.3 },
      FamilyRow(name: "convert", shapes: [[[9]]], range: -9...9, isDifferentiable: false) {
        $0[0].converted(to: .int32).converted(to: .float32)
      },
      FamilyRow(name: "random bits", shapes: [[[5]], [[33]]], isDifferentiable: false) {
        let key = Tensor.literal(TensorValue([7, 9] as [UInt32], shape: [2]))
        return $0[0] + SymbolicKey(words: key).folded(3).uniform($0[0].shape)
      },
      FamilyRow(name: "normal", shapes: [[[33]]], isDifferentiable: false) {
        let key = Tensor.literal(TensorValue([7, 9] as [UInt32], shape: [2]))
        return $0[0] + SymbolicKey(words: key).normal($0[0].shape)
      },
      FamilyRow(name: "literal and fill", shapes: [[[3]]]) {
        $0[0] * Tensor.literal(TensorValue([1, -2, 3] as [Float], shape: [3]))
          + Tensor.fill(2, shape: [3])
      },
      FamilyRow(
        name: "fused chain",
        shapes: [[[6, 20], [1, 20], [6, 1]], [[40, 64], [1, 64], [40, 1]]]
      ) {
        (($0[0] - $0[1]) * $0[2]).relu() + ($0[0] * $0[1]).tanh() * 0.5
      },
      FamilyRow(
        name: "batch normalization", shapes: [[[30, 16], [1, 16]], [[75, 8], [1, 8]]]
      ) {
        let x = $0[0]
        let centred = x - x.mean(along: [0], keepingAxes: true)
        let variance = centred.square().mean(along: [0], keepingAxes: true)
        return centred * ($0[1] * (variance + 0.1).reciprocalSquareRoot())
      },
    ]

  private static let axes: [FamilyRow] = [
    FamilyRow(name: "broadcast", shapes: [[[1, 5]], [[3, 1]], [[1, 1]]]) {
      $0[0].broadcast(to: [3, 5])
    },
    FamilyRow(name: "broadcast between", shapes: [[[2, 1, 3, 1]]]) {
      $0[0].broadcast(to: [2, 4, 3, 5])
    },
    FamilyRow(name: "sum of first", shapes: [[[7, 5]], [[70, 64]]]) { $0[0].sum(along: [0]) },
    FamilyRow(name: "sum of last", shapes: [[[7, 5]], [[4, 70]]]) { $0[0].sum(along: [-1]) },
    FamilyRow(name: "sum of middle", shapes: [[[3, 4, 5]]]) { $0[0].sum(along: [1]) },
    FamilyRow(name: "sum of parted axes", shapes: [[[3, 4, 5, 2]]]) { $0[0].sum(along: [0, 2]) },
    FamilyRow(name: "sum of all", shapes: [[[3, 4, 5]], [[1000]]]) { $0[0].sum() },
    FamilyRow(name: "maximum", shapes: [[[3, 4, 5]]]) { $0[0].maximum(along: [1]) },
    FamilyRow(name: "maximum of parted axes", shapes: [[[3, 4, 5]]]) {
      $0[0].maximum(along: [0, 2])
    },
    FamilyRow(name: "argument maximum", shapes: [[[4, 9]]], isDifferentiable: false) {
      $0[0].argumentMaximum(along: 1).converted(to: .float32)
    },
    FamilyRow(name: "cumulative sum", shapes: [[[3, 6]], [[2, 4, 3]]]) {
      $0[0].cumulativeSum(along: 1)
    },
    FamilyRow(name: "exclusive reversed cumulative sum", shapes: [[[3, 6]]]) {
      $0[0].cumulativeSum(along: 1, isExclusive: true, isReversed: true)
    },
    FamilyRow(name: "largest", shapes: [[[3, 8]]]) { $0[0].largest(3).values },
    FamilyRow(name: "log softmax", shapes: [[[6, 5]]]) { $0[0].logSoftmax() },
    FamilyRow(name: "softmax", shapes: [[[6, 5]]]) { $0[0].softmax() },
  ]

  private static let movement: [FamilyRow] = [
    FamilyRow(name: "reshape", shapes: [[[3, 8]]]) { $0[0].reshaped([2, -1, 3]) },
    FamilyRow(name: "transpose", shapes: [[[2, 3, 4]]]) { $0[0].transposed([2, 0, 1]) },
    FamilyRow(name: "slice", shapes: [[[9, 4]]]) {
      Tensor(
        .slice([AxisSlice(start: 1, end: 8, step: 3), AxisSlice(start: 0, end: 3, step: 2)]), $0)
    },
    FamilyRow(name: "pad", shapes: [[[3, 4]]]) {
      $0[0].padded([AxisPadding(before: 1, after: 2, between: 2), AxisPadding(after: 1)])
    },
    FamilyRow(name: "concatenate", shapes: [[[2, 3], [2, 5], [2, 1]]]) {
      Tensor.concatenating($0, along: 1)
    },
    FamilyRow(name: "gather", shapes: [[[4, 6]]]) {
      $0[0].gatheringRows(.literal(TensorValue([3, 0, 3, 9, -1] as [Int32], shape: [5])))
    },
    FamilyRow(name: "scatter", shapes: [[[5, 6]]]) {
      $0[0].scatteringRows(
        .literal(TensorValue([2, 0, 2, 9, -1] as [Int32], shape: [5])), into: 4)
    },
    FamilyRow(name: "one hot", shapes: [[[3]]], range: 0...3.9, isDifferentiable: false) {
      $0[0].converted(to: .int32).oneHot(4)
    },
  ]

  private static let linearAlgebra: [FamilyRow] =
    [(false, false), (false, true), (true, false), (true, true)].map { left, right in
      FamilyRow(
        name: "matrix product \(left) \(right)",
        shapes: [
          [left ? [4, 3] : [3, 4], right ? [5, 4] : [4, 5]],
          [left ? [2, 7, 9] : [2, 9, 7], right ? [2, 33, 7] : [2, 7, 33]],
        ]
      ) { matrixProduct($0[0], $0[1], transposingLeft: left, transposingRight: right) }
    } + [
      FamilyRow(
        name: "positive definite solution",
        shapes: [[[4, 4], [4, 2]], [[2, 3, 3], [2, 3, 1]]]
      ) {
        let size = $0[0].shape[-1]
        let gram = matrixProduct($0[0], $0[0], transposingRight: true)
        let diagonal = Tensor.positions(along: -1, shape: gram.shape)
          .isEqual(to: Tensor.positions(along: -2, shape: gram.shape))
        return (gram + diagonal * Double(size)).positiveDefiniteSolution($0[1])
      }
    ]

  private static let pictures: [FamilyRow] = [
    FamilyRow(
      name: "convolution",
      shapes: [[[2, 5, 6, 3], [3, 3, 3, 4]], [[3, 7, 7, 1], [3, 3, 1, 16]]]
    ) {
      $0[0].convolved(with: $0[1])
    },
    FamilyRow(name: "strided convolution", shapes: [[[2, 7, 6, 2], [3, 3, 2, 5]]]) {
      $0[0].convolved(with: $0[1], stride: 2, padding: .explicit(1))
    },
    FamilyRow(name: "valid convolution", shapes: [[[2, 5, 5, 2], [2, 2, 2, 3]]]) {
      $0[0].convolved(with: $0[1], stride: 1, padding: .valid)
    },
    FamilyRow(name: "maximum pooling", shapes: [[[2, 5, 4, 3]], [[1, 6, 6, 16]]]) {
      $0[0].maximumPooled()
    },
    FamilyRow(name: "overlapping maximum pooling", shapes: [[[1, 6, 5, 2]]]) {
      $0[0].maximumPooled(size: 3, stride: 2)
    },
    FamilyRow(name: "average pooling", shapes: [[[2, 5, 4, 3]]]) { $0[0].averagePooled() },
    FamilyRow(name: "overlapping average pooling", shapes: [[[1, 6, 5, 2]]]) {
      $0[0].averagePooled(size: 3, stride: 2)
    },
  ]

  private static let control: [FamilyRow] = [
    FamilyRow(name: "stop gradient", shapes: [[[4]]], isDifferentiable: false) {
      $0[0] * $0[0].stopGradient()
    },
    FamilyRow(name: "recomputed", shapes: [[[4], [4]]]) { operands in
      recomputed([operands[0]]) { [($0[0] * operands[1]).tanh(), $0[0].square()] }
        .reduce(Tensor.fill(0, shape: [4])) { $0 + $1 }
    },
  ]
}
