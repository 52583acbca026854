extension Operation {
  /// The operations without what they carry, for tables that must cover the whole set.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case input, literal, fill, iota, randomBits, bodyParameter
    case unary, binary, compare, select, scale, shift, convert
    case broadcast, sum, maximum, argumentMaximum, cumulativeSum, topIndices
    case reshape, transpose, slice, pad, concatenate, gather, scatterAdd
    case matrixProduct, cholesky, triangularSolve
    case convolution, convolutionInputGradient, convolutionWeightGradient
    case windowIndex, windowGather, windowScatter, windowSum, windowSpread
    case perLane, sumOverLanes, stopGradient, barrier, call, callResult
  }

  /// Which operation this is.
  public var kind: Kind {
    switch self {
    case .input: .input
    case .literal: .literal
    case .fill: .fill
    case .iota: .iota
    case .randomBits: .randomBits
    case .bodyParameter: .bodyParameter
    case .unary: .unary
    case .binary: .binary
    case .compare: .compare
    case .select: .select
    case .scale: .scale
    case .shift: .shift
    case .convert: .convert
    case .broadcast: .broadcast
    case .sum: .sum
    case .maximum: .maximum
    case .argumentMaximum: .argumentMaximum
    case .cumulativeSum: .cumulativeSum
    case .topIndices: .topIndices
    case .reshape: .reshape
    case .transpose: .transpose
    case .slice: .slice
    case .pad: .pad
    case .concatenate: .concatenate
    case .gather: .gather
    case .scatterAdd: .scatterAdd
    case .matrixProduct: .matrixProduct
    case .cholesky: .cholesky
    case .triangularSolve: .triangularSolve
    case .convolution: .convolution
    case .convolutionInputGradient: .convolutionInputGradient
    case .convolutionWeightGradient: .convolutionWeightGradient
    case .windowIndex: .windowIndex
    case .windowGather: .windowGather
    case .windowScatter: .windowScatter
    case .windowSum: .windowSum
    case .windowSpread: .windowSpread
    case .perLane: .perLane
    case .sumOverLanes: .sumOverLanes
    case .stopGradient: .stopGradient
    case .barrier: .barrier
    case .call: .call
    case .callResult: .callResult
    }
  }
}
