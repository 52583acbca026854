import NeuralNetworks
import Runs
import Tensors

/// Functions with their derivatives of several orders.
extension FixtureFamilies {
  /// The derivative of a number with respect to each of some values; zeros where there is none.
  static func derivatives(_ number: Tensor, _ values: [Tensor]) -> [Tensor] {
    let found = vectorJacobianProducts(
      of: [number], cotangents: [Tensor.fill(1, shape: number.shape)], withRespectTo: values)
    return zip(found, values).map { $0 ?? Tensor.fill(0, shape: $1.shape) }
  }

  private static func innerProduct(_ left: [Tensor], _ right: [Tensor]) -> Tensor {
    zip(left, right).reduce(Tensor.fill(0)) { $0 + ($1.0 * $1.1).sum() }
  }

  // MARK: Single operations

  static func primitives(of fixture: Fixture) throws -> [FixtureCase] {
    try fixture.hyper.objects("cases").map { try primitive($0, fixture) }
  }

  /// The value, the loss, its first derivatives, a Hessian-vector product and the gradient of the
  /// squared norm of the gradient.
  private static func primitive(
    _ description: FixtureObject, _ fixture: Fixture
  ) throws -> FixtureCase {
    let name = try description.string("case")
    var values: [String: TensorValue] = [:]
    func input(_ part: String) throws -> Tensor {
      let value = try fixture.input("\(name).\(part)")
      values["\(name).\(part)"] = value
      return Tensor.input("\(name).\(part)", shape: value.shape, elementType: value.elementType)
    }
    let inputNames = try description.strings("inputs")
    let operands = Dictionary(
      uniqueKeysWithValues: zip(inputNames, try inputNames.map(input)))
    let operation = FixtureOperation(
      name: try description.string("op"), attributes: try description.object("attributes"),
      operands: operands)
    let value = try operation.value()
    let loss: Tensor
    switch try description.string("loss") {
    case "value": loss = value
    case "weighted_square": loss = (try input("c") * value.square()).sum() * 0.5
    case let kind: throw FixtureError("\(description.path): no loss \(kind) is known")
    }
    let differentiated = try description.strings("differentiate")
    let variables = differentiated.compactMap { operands[$0] }
    guard variables.count == differentiated.count else {
      throw FixtureError("\(description.path): \(differentiated) are not all inputs")
    }
    let first = derivatives(loss, variables)
    let slope = innerProduct(first, try differentiated.map { try input("v.\($0)") })
    let normed = try description.strings("norm_of")
    let squaredNorm = zip(differentiated, first).filter { normed.contains($0.0) }
      .reduce(Tensor.fill(0)) { $0 + $1.1.square().sum() }
    var outputs = [("y", value), ("loss", loss), ("gradnorm2", squaredNorm)]
    for (part, tensors) in [
      ("grad", first), ("hvp", derivatives(slope, variables)),
      ("gradnorm2_grad", derivatives(squaredNorm, variables)),
    ] {
      outputs += zip(differentiated, tensors).map { ("\(part).\($0)", $1) }
    }
    return FixtureCase(outputs: outputs.map { ("\(name).\($0)", $1) }, values: values)
  }

  // MARK: Functions of one number

  /// The derivatives of each function, [order, point].
  static func scalarDerivatives(of fixture: Fixture) throws -> FixtureCase {
    let highest = try fixture.hyper.integer("max_order")
    var values: [String: TensorValue] = [:]
    let outputs = try fixture.hyper.strings("functions").map { function -> (String, Tensor) in
      let points = try fixture.input("\(function).x")
      values["\(function).x"] = points
      let x = Tensor.input("\(function).x", shape: points.shape)
      var orders = [try FixtureOperation.unary(function, x)]
      while orders.count <= highest {
        // Points do not mix, so the gradient of the sum is each point's derivative.
        orders.append(derivatives(orders[orders.count - 1].sum(), [x])[0])
      }
      let rows = Tensor.concatenating(orders.map { $0.insertingAxis(at: 0) }, along: 0)
      return ("\(function).derivatives", rows)
    }
    return FixtureCase(outputs: outputs, values: values)
  }

  // MARK: Networks

  /// Derivatives of a network's loss along fixed directions, one within the other, and the gradient
  /// of each.
  static func highOrder(of fixture: Fixture) throws -> FixtureCase {
    let network = try Network(try fixture.hyper.object("network"))
    let tree = network.initialParameters(RandomKey(seed: 0))
    var values: [String: TensorValue] = [:]
    func inputs(_ prefix: String) throws -> Parameters {
      let numbers = try fixture.parameters(like: tree, below: prefix)
      for entry in numbers.entries { values["\(prefix).\(entry.name)"] = entry.leaf }
      return Parameters.inputs(like: numbers, prefix: prefix)
    }
    func input(_ name: String) throws -> Tensor {
      let value = try fixture.input(name)
      values[name] = value
      return Tensor.input(name, shape: value.shape, elementType: value.elementType)
    }
    let parameters = try inputs("param")
    let predictions = network(try input("x"), parameters)
    var number = try loss(named: try fixture.hyper.string("loss"), predictions, try input("y"))
    let directions = [("u", "u_dot_grad"), ("v", "v_hess_u"), ("w", "third_uvw")]
    var outputs = [("loss", number)]
    for order in 1...directions.count + 1 {
      let gradients = derivatives(number, parameters.leaves)
      outputs += zip(parameters.names, gradients).map { ("grad\(order).\($0)", $1) }
      guard order <= directions.count else { break }
      let (direction, name) = directions[order - 1]
      number = innerProduct(gradients, try inputs(direction).leaves)
      outputs.append((name, number))
    }
    return FixtureCase(outputs: outputs, values: values)
  }

  private static func loss(
    named name: String, _ predictions: Tensor, _ targets: Tensor
  ) throws -> Tensor {
    switch name {
    case "cross_entropy": crossEntropy(predictions, targets)
    case "mse": meanSquaredError(predictions, targets)
    default: throw FixtureError("the loss \(name) is not known")
    }
  }
}
