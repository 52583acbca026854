public import Tensors

/// Inputs together with what is to be said about them; values or symbols.
public struct ExampleSet<Value> {
  /// What is seen, by name, each `[examples, ...]`.
  public var inputs: NamedTree<Value>
  /// Class numbers, candidates or actions, int32 `[examples]`; or numbers, float32 `[examples,
  /// count]`.
  public var targets: Value
  /// How much each example counts, float32 `[examples]`; all count 1 where nil.
  public var weights: Value?
  /// The class of each example beyond this task, int32 `[examples]`; nil where there is none.
  public var identities: Value?
  /// What the targets are.
  public let target: Target

  /// Makes a set of examples.
  public init(
    inputs: NamedTree<Value>, targets: Value, weights: Value? = nil, identities: Value? = nil,
    target: Target
  ) {
    self.inputs = inputs
    self.targets = targets
    self.weights = weights
    self.identities = identities
    self.target = target
  }

  /// The number of classes; stops where targets are something else.
  public var classCount: Int {
    guard case .classes(let count) = target else {
      fatalError("Examples of classes are needed, and these are of \(target).")
    }
    return count
  }

  /// The same set with every part transformed, such as from numbers to symbols.
  public func map<Result>(
    _ transform: (Value) throws -> Result
  ) rethrows -> ExampleSet<Result> {
    ExampleSet<Result>(
      inputs: try inputs.map(transform), targets: try transform(targets),
      weights: try weights.map(transform), identities: try identities.map(transform),
      target: target)
  }

  /// All parts by name: `inputs.NAME`, `targets`, `weights` and `identities` where there are any.
  @inlinable public var parts: [(name: String, value: Value)] {
    inputs.entries.map { ("inputs.\($0.name)", $0.leaf) } + [("targets", targets)]
      + (weights.map { [("weights", $0)] } ?? []) + (identities.map { [("identities", $0)] } ?? [])
  }
}

extension ExampleSet: Sendable where Value: Sendable {}
extension ExampleSet: Equatable where Value: Equatable {}

/// Examples as numbers.
public typealias ExampleValues = ExampleSet<TensorValue>

extension ExampleSet where Value == TensorValue {
  /// The number of examples.
  public var count: Int { targets.shape.dimensions.first ?? 0 }
}

extension NamedTree {
  /// The only leaf; stops where there are several or none, naming them.
  public var only: Leaf {
    guard count == 1 else {
      fatalError("One input is expected, and there are \(count): \(names.joined(separator: ", ")).")
    }
    return leaves[0]
  }
}
