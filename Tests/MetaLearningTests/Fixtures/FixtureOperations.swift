import Foundation
import MetaLearning
import NeuralNetworks
import Tensors

/// One operation as a fixture names it, with its operands by name.
struct FixtureOperation {
  let name: String
  let attributes: FixtureObject
  let operands: [String: Tensor]

  /// The value of the operation.
  func value() throws -> Tensor {
    switch name {
    case "conv2d": return try convolution()
    case "batch_norm":
      return try normalised(BatchNorm(epsilon: try attributes.number("epsilon")))
    case "layer_norm":
      return try normalised(LayerNorm(epsilon: try attributes.number("epsilon")))
    case "max_pool": return try operand("x").maximumPooled(size: try attributes.integer("size"))
    case "avg_pool": return try operand("x").averagePooled(size: try attributes.integer("size"))
    case "global_avg_pool":
      var context = NetworkContext()
      return GlobalAveragePool()(try operand("x"), Parameters(), &context)
    case "softmax_cross_entropy":
      return crossEntropy(try operand("logits"), try operand("labels"))
    case "matmul":
      return matrixProduct(
        try operand("a"), try operand("b"),
        transposingLeft: try attributes.flag("transpose_a"),
        transposingRight: try attributes.flag("transpose_b"))
    case "unary":
      return try FixtureOperation.unary(try attributes.string("function"), try operand("x"))
    case "binary": return try binary()
    case "reduce": return try reduction()
    case "take_rows": return try operand("x").gatheringRows(try operand("indices"))
    case "transpose": return try operand("x").transposed(try attributes.integers("permutation"))
    case "concat":
      return Tensor.concatenating(
        [try operand("a"), try operand("b")], along: try attributes.integer("axis"))
    case "ridge_solve": return try ridgeSolution()
    case "log_sign":
      return try operand("x").logAndSign(try attributes.number("p"))
    default: throw FixtureError("\(attributes.path): the operation \(name) is not known")
    }
  }

  /// A function of each element, or along the last axis.
  static func unary(_ function: String, _ x: Tensor) throws -> Tensor {
    switch function {
    case "relu": x.relu()
    case "sigmoid": x.sigmoid()
    case "tanh": x.tanh()
    case "exp": x.exp()
    case "log": x.log()
    case "sqrt": x.squareRoot()
    case "softplus": x.softplus()
    case "reciprocal": x.reciprocal()
    case "square": x.square()
    case "cube": x.square() * x
    case "abs": x.absolute()
    case "sin": x.sine()
    case "cos": x.cosine()
    case "softmax": x.softmax()
    case "log_softmax": x.logSoftmax()
    default: throw FixtureError("the function \(function) is not known")
    }
  }

  private func operand(_ name: String) throws -> Tensor {
    guard let tensor = operands[name] else {
      throw FixtureError("\(attributes.path): \(self.name) has no operand \(name)")
    }
    return tensor
  }

  private func convolution() throws -> Tensor {
    let stride = try attributes.integer("stride")
    let (x, weights) = (try operand("x"), try operand("w"))
    let convolved: Tensor
    switch try FixturePadding(attributes) {
    case .geometry(let padding):
      convolved = x.convolved(with: weights, stride: stride, padding: padding)
    case .zeros(let sides):
      let padded = x.padded([
        AxisPadding(), AxisPadding(before: sides[0], after: sides[1]),
        AxisPadding(before: sides[2], after: sides[3]), AxisPadding(),
      ])
      convolved = padded.convolved(with: weights, stride: stride, padding: .valid)
    }
    return operands["b"].map { convolved + $0 } ?? convolved
  }

  private func normalised(_ layer: some SingleInputLayer) throws -> Tensor {
    var context = NetworkContext()
    let parameters = Parameters(["scale": try operand("scale"), "offset": try operand("offset")])
    return layer(try operand("x"), parameters, &context)
  }

  private func binary() throws -> Tensor {
    let (a, b) = (try operand("a"), try operand("b"))
    return switch try attributes.string("function") {
    case "add": a + b
    case "sub": a - b
    case "mul": a * b
    case "div": a / b
    case "max": maximum(a, b)
    case let function: throw FixtureError("\(attributes.path): no function \(function) is known")
    }
  }

  private func reduction() throws -> Tensor {
    let x = try operand("x")
    let axes = attributes.has("axis") ? try attributes.integers("axis") : nil
    return switch try attributes.string("function") {
    case "sum": x.sum(along: axes)
    case "mean": x.mean(along: axes)
    case "max": x.maximum(along: axes)
    case "logsumexp": x.logSumExp(along: axes)
    case "variance": x.variance(along: axes)
    case let function: throw FixtureError("\(attributes.path): no function \(function) is known")
    }
  }

  /// (x x' + lambda I)^-1 b.
  private func ridgeSolution() throws -> Tensor {
    let x = try operand("x")
    let products = matrixProduct(x, x, transposingRight: true)
    let identity = Tensor.positions(along: 0, shape: products.shape)
      .isEqual(to: Tensor.positions(along: 1, shape: products.shape))
    return (products + identity * (try attributes.number("lambda")))
      .positiveDefiniteSolution(try operand("b"))
  }
}
