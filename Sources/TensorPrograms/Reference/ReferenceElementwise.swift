import Foundation
import Tensors

extension OperationMeaning {
  func elementwise() -> [Double] {
    let x = operands[0]
    switch node.operation {
    case .unary(let function): return x.map { OperationMeaning.apply(function, $0) }
    case .binary(let function):
      return zip(x, operands[1]).map { OperationMeaning.apply(function, $0, $1) }
    case .compare(let comparison):
      return zip(x, operands[1]).map { a, b in
        switch comparison {
        case .equal: a == b ? 1 : 0
        case .less: a < b ? 1 : 0
        case .lessOrEqual: a <= b ? 1 : 0
        }
      }
    case .select: return x.indices.map { x[$0] != 0 ? operands[1][$0] : operands[2][$0] }
    case .scale(let factor): return x.map { $0 * factor }
    case .shift(let summand): return x.map { $0 + summand }
    case .convert(let type): return x.map { OperationMeaning.convert($0, to: type) }
    default: return []
    }
  }

  private static func convert(_ x: Double, to type: ElementType) -> Double {
    let limits: (Double, Double) =
      switch type {
      case .float32: (-.infinity, .infinity)
      case .int32: (Double(Int32.min), Double(Int32.max))
      case .uint32: (0, Double(UInt32.max))
      case .uint8: (0, 255)
      }
    return type == .float32 ? x : x.isNaN ? 0 : min(max(x.rounded(.towardZero), limits.0), limits.1)
  }

  private static func apply(_ function: UnaryFunction, _ x: Double) -> Double {
    switch function {
    case .negate: -x
    case .exp: exp(x)
    case .log: log(x)
    case .squareRoot: x.squareRoot()
    case .reciprocalSquareRoot: 1 / x.squareRoot()
    case .reciprocal: 1 / x
    case .tanh: tanh(x)
    case .sigmoid: 1 / (1 + exp(-x))
    case .relu: x > 0 || x.isNaN ? x : 0
    case .absolute: abs(x)
    case .sign: x > 0 ? 1 : x < 0 ? -1 : x
    case .sine: sin(x)
    case .cosine: cos(x)
    case .square: x * x
    case .softplus: max(x, 0) + log1p(exp(-abs(x)))
    case .errorFunction: erf(x)
    case .floor: x.rounded(.down)
    case .unitFromBits: Double(RandomKey.unit(UInt32(x)))
    }
  }

  private static func apply(_ function: BinaryFunction, _ a: Double, _ b: Double) -> Double {
    switch function {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .maximum: a.isNaN || b.isNaN ? .nan : max(a, b)
    case .minimum: a.isNaN || b.isNaN ? .nan : min(a, b)
    case .gate: a > 0 ? b : 0
    }
  }

  func generated() -> [Double] {
    switch node.operation {
    case .iota(let axis):
      return Positions(shape).map { Double($0[axis]) }
    case .randomBits(let stream):
      let key = RandomKey(words: (UInt32(operands[0][0]), UInt32(operands[0][1])))
      return key.bits(count: shape.elementCount, stream: stream).map(Double.init)
    default: return []
    }
  }
}

/// All positions of a shape, in row-major order.
struct Positions: Sequence, IteratorProtocol {
  private let dimensions: [Int]
  private var position: [Int]?

  init(_ shape: Shape) {
    dimensions = shape.dimensions
    position = shape.elementCount == 0 ? nil : [Int](repeating: 0, count: shape.rank)
  }

  mutating func next() -> [Int]? {
    guard let current = position else { return nil }
    var following = current
    var axis = dimensions.count - 1
    while axis >= 0 {
      following[axis] += 1
      if following[axis] < dimensions[axis] { break }
      following[axis] = 0
      axis -= 1
    }
    position = axis < 0 ? nil : following
    return current
  }
}

extension Shape {
  /// The place of a position in row-major order.
  func offset(_ position: [Int]) -> Int {
    zip(position, strides).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
