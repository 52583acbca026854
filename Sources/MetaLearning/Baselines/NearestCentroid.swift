public import MetaTasks
public import Tensors

/// A control: the nearest mean of a class's raw inputs.
///
/// Nothing is learned across tasks.
public struct NearestCentroid: MetaLearner {
  /// Makes the control.
  public init() {}

  /// No parameters.
  public func initialParameters(_ key: RandomKey) -> ParameterValues { ParameterValues() }

  /// The mean input of each class.
  public func adapted(
    _ parameters: Parameters, to support: Examples, key: SymbolicKey
  ) -> Parameters {
    Parameters(["prototypes": prototypes(support.inputs, of: support)])
  }

  /// Minus the squared distances to the mean inputs.
  public func predictions(for inputs: Tensor, with adapted: Parameters) -> Tensor {
    squaredDistanceLogits(inputs, adapted["prototypes"])
  }
}
