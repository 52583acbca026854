public import Tensors

/// What normalization layers measured of some examples, by name within the network, such as
/// `block1.normalization.mean`: `mean` [c], `variance` [c] and, for TaskNorm, the `count` of
/// examples.
public typealias NormalizationStatistics = Parameters

/// What a pass through a network is given besides inputs and parameters, and what it reports.
public struct NetworkContext: Sendable {
  /// Statistics of other examples, by which the modes `support` and `taskNorm` normalise; they
  /// measure the inputs where this is nil.
  public var givenStatistics: NormalizationStatistics?
  /// Weights [n] of the examples in measured statistics, or nil where all count the same.
  public var exampleWeights: Tensor?
  /// Whether layers of mode `running` normalise by their running statistics rather than by the
  /// examples at hand.
  public var usesRunningStatistics: Bool
  /// Which inner step this is, from 0: whose running statistics, scale and offset hold where layers
  /// have several; steps after the last have those of the last.
  public var step: Int
  /// Where random numbers come from; dropout passes everything where this is nil.
  public var key: SymbolicKey?

  /// What normalization layers measured in this pass.
  public private(set) var measuredStatistics = NormalizationStatistics()
  /// The new running statistics of layers that measured the examples at hand.
  public private(set) var updatedStatistics = Parameters()

  private var path: [String] = []
  private var keysTaken = 0

  /// Makes the context of one pass.
  public init(
    givenStatistics: NormalizationStatistics? = nil, exampleWeights: Tensor? = nil,
    usesRunningStatistics: Bool = false, step: Int = 0, key: SymbolicKey? = nil
  ) {
    self.givenStatistics = givenStatistics
    self.exampleWeights = exampleWeights
    self.usesRunningStatistics = usesRunningStatistics
    self.step = step
    self.key = key
  }

  /// A key of its own for each call, or nil where the pass is not random.
  public mutating func nextKey() -> SymbolicKey? {
    defer { keysTaken += 1 }
    return key?.folded(keysTaken)
  }

  /// The given statistic of a name within the layer at work, or nil where none are given.
  ///
  /// Stops when statistics are given and this one is not among them.
  public func given(_ name: String) -> Tensor? { givenStatistics.map { $0[fullName(name)] } }

  /// Reports a statistic under a name within the layer at work.
  public mutating func report(_ name: String, _ value: Tensor) {
    measuredStatistics.append(.init(name: fullName(name), leaf: value, role: .statistic))
  }

  /// Reports a new running statistic under a name within the layer at work.
  public mutating func update(_ name: String, to value: Tensor) {
    updatedStatistics.append(.init(name: fullName(name), leaf: value, role: .statistic))
  }

  /// What a layer makes of values, as the part of a name of the layer or network at work: its
  /// parameters are those below the name, and so is what it reports.
  public mutating func apply(
    _ layer: any Layer, named name: String, to inputs: [Tensor], _ parameters: Parameters
  ) -> Tensor {
    path.append(name)
    defer { path.removeLast() }
    return Scope.named(name) { layer(inputs, parameters.below(name), &self) }
  }

  private func fullName(_ name: String) -> String { (path + [name]).joined(separator: ".") }
}
