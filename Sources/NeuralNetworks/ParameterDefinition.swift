public import Tensors

/// A parameter before there is one: what shape it has, and how its first numbers are drawn.
public struct ParameterDefinition: Hashable, Sendable {
  /// The extents of the axes.
  public let shape: Shape
  /// How the first numbers are drawn.
  public let initializer: Initializer

  /// Defines a parameter.
  public init(_ shape: Shape, _ initializer: Initializer) {
    self.shape = shape
    self.initializer = initializer
  }
}

/// The parameters of a layer or network by name and role, before there are any.
public typealias ParameterDefinitions = NamedTree<ParameterDefinition>

extension NamedTree where Leaf == ParameterDefinition {
  /// The shapes by name; nothing is drawn.
  public var shapes: NamedTree<Shape> { map(\.shape) }

  /// The number of elements of all parameters; the largest integer where there are more.
  public var elementCount: Int {
    leaves.reduce(0) { sum, definition in
      let count = definition.shape.dimensions.reduce(1) { product, extent in
        let (result, overflows) = product.multipliedReportingOverflow(by: extent)
        return overflows ? .max : result
      }
      let (result, overflows) = sum.addingReportingOverflow(count)
      return overflows ? .max : result
    }
  }

  /// Parameters to begin with: those of a layer depend on key, its path and its shapes alone.
  ///
  /// The key is folded with the path before the last dot, then with the name after it.
  public func initialValues(_ key: RandomKey) -> ParameterValues {
    mapEntries { entry in
      guard let dot = entry.name.lastIndex(of: ".") else {
        return entry.leaf.values(key.folded(entry.name))
      }
      let (layer, name) = (entry.name[..<dot], entry.name[dot...].dropFirst())
      return entry.leaf.values(key.folded(String(layer)).folded(String(name)))
    }
  }

  /// A `weight` of a shape and, where there is one, a `bias` of 0 for each element of its last
  /// axis.
  public static func weightAndBias(
    _ shape: Shape, hasBias: Bool, _ initializer: Initializer
  ) -> ParameterDefinitions {
    var definitions = ParameterDefinitions(["weight": .init(shape, initializer)])
    if hasBias { definitions.append(.init(name: "bias", leaf: .init([shape[-1]], .constant(0)))) }
    return definitions
  }

  /// A `scale` of ones and an `offset` of zeros of a shape.
  static func scaleAndOffset(_ shape: Shape) -> ParameterDefinitions {
    ParameterDefinitions([
      "scale": .init(shape, .constant(1)), "offset": .init(shape, .constant(0)),
    ])
  }
}

extension ParameterDefinition {
  fileprivate func values(_ key: RandomKey) -> TensorValue { initializer.values(shape, key: key) }
}
