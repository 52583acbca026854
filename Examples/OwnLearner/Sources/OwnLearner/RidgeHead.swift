import MetaLearning
import MetaTasks
import NeuralNetworks
import Settings
import Tensors

/// Features that are learned, and a linear head that is solved for.
///
/// Ridge regression on the support set, as in R2-D2 (Bertinetto et al. 2019); meta-training goes
/// through the solution.
struct RidgeHead: OnePassLearner {
  let network: Network
  let initialRegularizer: Double

  func initialParameters(_ key: RandomKey) -> ParameterValues {
    var parameters = network.initialSubtree(key)
    let head = ParameterValues([
      "regularizer": TensorValue(Float(initialRegularizer)), "logScale": TensorValue(1),
    ])
    parameters.append(head, as: "head")
    return parameters
  }

  func summary(
    of features: Tensor, _ support: Examples, _ parameters: Parameters, _ context: LearningContext
  ) -> Parameters {
    // Examples may weigh differently, where classes have unequal shots.
    let weights = (support.weights ?? .fill(1, shape: [support.targets.shape[0]]))
      .squareRoot().insertingAxis(at: 1)
    let rows = features * weights
    let targets = support.targets.oneHot(support.classCount) * weights
    let gram = matrixProduct(rows, rows, transposingRight: true)
    let identity = Tensor.positions(along: 0, shape: gram.shape)
      .isEqual(to: Tensor.positions(along: 1, shape: gram.shape))
    let solution = (gram + identity * parameters["head/regularizer"].exp())
      .positiveDefiniteSolution(targets)
    return Parameters(["weights": matrixProduct(rows, solution, transposingLeft: true)])
  }

  func answers(
    to features: Tensor, by summary: Parameters, _ parameters: Parameters
  ) -> Prediction {
    let logits = matrixProduct(features, summary["weights"]) * parameters["head/logScale"].exp()
    return Prediction(logits, .logits)
  }
}

extension RidgeHead {
  /// The learner as recipes name it, with its settings.
  static let entry = LearnerEntry("ridgeHead", "features and a head that is solved for") {
    (settings) throws(SettingsError) in
    let regularizer = try settings.number(
      "regularizer", "The logarithm of the ridge's weight to begin with.", default: 0)
    return LearnerPlan(needs: LearnerNeeds(.features, targets: [.classes])) { parts in
      RidgeHead(network: parts.network, initialRegularizer: regularizer)
    }
  }
}
