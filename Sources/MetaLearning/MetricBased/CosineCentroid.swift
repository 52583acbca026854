public import MetaTasks
public import NeuralNetworks
public import Settings
public import Tensors

/// A class is the mean of its examples' features, and a query belongs to the one at the least angle:
/// logits are cosines times a learned scale.
///
/// Prototypical networks (Snell, Swersky and Zemel 2017) with the other distance of their section
/// 2.7. On features that join several parts, each of a learned length (the layer `unitLength`), the
/// products are sums of kernels with learned weights. An outer step costs what one of prototypes
/// does.
public struct CosineCentroid: OnePassLearner {
  /// Maps inputs to features.
  public let network: Network
  /// Where the factor of cosines begins.
  public let scale: Double
  /// Whether meta-training normalises queries by their own statistics where layers measure the
  /// support set.
  public let trainsTransductively: Bool

  private static let headName = "head"

  /// Makes a learner on the features of a network.
  public init(network: Network, scale: Double = 10, trainsTransductively: Bool = false) {
    self.network = network
    self.scale = scale
    self.trainsTransductively = trainsTransductively
  }

  /// The parameters of the network, and `head/scale`.
  public func initialParameters(_ key: RandomKey) -> ParameterValues {
    var parameters = network.initialSubtree(key)
    parameters.append(ParameterValues(["scale": TensorValue(Float(scale))]), as: Self.headName)
    return parameters
  }

  /// The direction of the mean of each class.
  public func summary(
    of features: Tensor, _ support: Examples, _ parameters: Parameters, _ context: LearningContext
  ) -> Parameters {
    Parameters(["directions": prototypes(features, of: support).normalized(along: 1)])
  }

  /// The cosines with the directions of the classes, scaled.
  public func answers(
    to features: Tensor, by summary: Parameters, _ parameters: Parameters
  ) -> Prediction {
    let cosines = matrixProduct(
      features.rows.normalized(along: 1), summary["directions"], transposingRight: true)
    return Prediction(cosines * parameters.subtree(Self.headName)["scale"], .logits)
  }
}

extension CosineCentroid {
  /// The learner as recipes name it.
  public static let entry = LearnerEntry(
    "cosineCentroid", "the class whose mean features are at the least angle"
  ) { (settings) throws(SettingsError) in
    let scale = try settings.number(
      "scale", "Where the factor of cosines begins.", default: 10, .positive)
    let trainsTransductively = try settings.trainsTransductively()
    return LearnerPlan(needs: .comparedFeatures) { parts in
      CosineCentroid(
        network: parts.network, scale: scale, trainsTransductively: trainsTransductively)
    }
  }
}
