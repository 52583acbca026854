/// The parameters of a network as symbols, by name.
public typealias Parameters = NamedTree<Tensor>

extension NamedTree where Leaf == Tensor {
  /// The sum leaf by leaf.
  public static func + (left: Parameters, right: Parameters) -> Parameters { left.zip(right, +) }
  /// The difference leaf by leaf.
  public static func - (left: Parameters, right: Parameters) -> Parameters { left.zip(right, -) }
  /// The product leaf by leaf.
  public static func * (left: Parameters, right: Parameters) -> Parameters { left.zip(right, *) }
  /// Each leaf times a number.
  public static func * (left: Double, right: Parameters) -> Parameters { right.map { left * $0 } }
  /// Each leaf times a scalar tensor.
  public static func * (left: Tensor, right: Parameters) -> Parameters { right.map { left * $0 } }

  /// The same numbers, constant to derivatives.
  public func stopGradient() -> Parameters { map { $0.stopGradient() } }

  /// The values as each lane sees them.
  public func perLane() -> Parameters { map(\.seenPerLane) }

  /// The sum of the squares of all elements, a scalar.
  public func squaredNorm() -> Tensor {
    leaves.map { $0.square().sum() }.reduce(Tensor.fill(0)) { $0 + $1 }
  }

  /// The sum of the products of all elements with those of another tree, a scalar.
  public func dot(_ other: Parameters) -> Tensor {
    (self * other).leaves.map { $0.sum() }.reduce(Tensor.fill(0)) { $0 + $1 }
  }

  /// Inputs of a program with the names, shapes and roles of values, below a prefix.
  public static func inputs(
    like values: ParameterValues, prefix: String, _ scope: Tensor.InputScope = .shared
  ) -> Parameters {
    values.mapEntries {
      Tensor.input(
        "\(prefix).\($0.name)", shape: $0.leaf.shape, elementType: $0.leaf.elementType, scope)
    }
  }
}

/// The sum over all lanes, in a fixed order.
public func sumOverLanes(_ tensor: Tensor) -> Tensor { Tensor(.sumOverLanes, [tensor.seenPerLane]) }
