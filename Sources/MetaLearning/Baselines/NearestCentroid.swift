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
    _ parameters: Parameters, to support: Examples, _ context: LearningContext
  ) -> Parameters {
    Parameters(["prototypes": prototypes(support.inputs.only, of: support)])
  }

  /// Minus the squared distances to the mean inputs.
  public func predictions(for inputs: Inputs, with adapted: Parameters) -> Prediction {
    Prediction(squaredDistanceLogits(inputs.only, adapted["prototypes"]), .logits)
  }
}

extension NearestCentroid {
  /// The control as evaluations name it.
  public static let entry = ControlEntry(
    "nearestCentroid", "nearest centroid, raw"
  ) { parts in
    parts.signature.isOfRawNumbers ? NearestCentroid() : nil
  }
}

extension Signature {
  /// Whether tasks are of classes of one input of numbers, which controls can compare as it is.
  var isOfRawNumbers: Bool {
    target == .classes && inputs.count == 1 && inputs[0].elementType == .float32
  }
}
