public import Tensors

/// Inputs together with what is to be said about them; values or symbols.
public struct ExampleSet<Value> {
  /// What is seen, `[examples, ...]`.
  public var inputs: Value
  /// Class numbers, int32 `[examples]`; or numbers to predict, float32 `[examples, outputs]`.
  public var targets: Value
  /// How much each example counts, float32 `[examples]`; all count 1 where nil.
  public var weights: Value?
  /// The number of classes; nil for regression.
  public let classCount: Int?

  /// Makes a set of examples.
  public init(inputs: Value, targets: Value, weights: Value? = nil, classCount: Int?) {
    self.inputs = inputs
    self.targets = targets
    self.weights = weights
    self.classCount = classCount
  }

  /// The same set with every part transformed, such as from numbers to symbols.
  public func map<Result>(
    _ transform: (Value) throws -> Result
  ) rethrows -> ExampleSet<Result> {
    ExampleSet<Result>(
      inputs: try transform(inputs), targets: try transform(targets),
      weights: try weights.map(transform), classCount: classCount)
  }
}

extension ExampleSet: Sendable where Value: Sendable {}
extension ExampleSet: Equatable where Value: Equatable {}

/// Examples as numbers.
public typealias ExampleValues = ExampleSet<TensorValue>

extension ExampleSet where Value == TensorValue {
  /// The number of examples.
  public var count: Int { inputs.shape.dimensions.first ?? 0 }
}
