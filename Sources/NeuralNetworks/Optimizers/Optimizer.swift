public import Tensors

/// A rule that moves parameters along a gradient: a pure function, whose state is separate and
/// whose step can be differentiated through.
public protocol Optimizer: Sendable {
  /// The shapes of the state for parameters of the given shapes; all of it begins at 0.
  func stateShapes(for parameters: NamedTree<Shape>) -> NamedTree<Shape>

  /// Parameters and state after one step.
  ///
  /// The gradient may have leaves for a part of the parameters: the others, and their state, stay.
  /// The learning rate is a scalar.
  func step(
    _ parameters: Parameters, gradient: Parameters, state: Parameters, learningRate: Tensor
  ) -> (parameters: Parameters, state: Parameters)
}

extension Optimizer {
  /// The state before the first step, for the learned ones of some parameters.
  public func initialState(for parameters: ParameterValues) -> ParameterValues {
    stateShapes(for: parameters.learned.map(\.shape)).map { TensorValue(repeating: 0, shape: $0) }
  }

  /// The state before the first step inside a program.
  public func initialState(for parameters: Parameters) -> Parameters {
    stateShapes(for: parameters.learned.map(\.shape)).map { Tensor.fill(0, shape: $0) }
  }
}

extension NamedTree where Leaf == Shape {
  /// The shapes as statistics below a name.
  func state(below name: String) -> [Entry] {
    entries.map { Entry(name: "\(name).\($0.name)", leaf: $0.leaf, role: .statistic) }
  }
}

extension Tensor {
  /// The square root of elements that are not negative, whose derivatives of every order are 0 at
  /// 0.
  ///
  /// The plain square root has an infinite derivative there, which times the zero derivative of a
  /// square gives NaN.
  func squareRootFlatAtZero() -> Tensor {
    let zero = Tensor.fill(0, shape: shape)
    let isPositive = zero.isLess(than: self)
    return select(
      isPositive, select(isPositive, self, Tensor.fill(1, shape: shape)).squareRoot(), zero)
  }
}
