import MetaLearning
import NeuralNetworks
import Tensors

/// Features that are learned, and a linear head that is solved for.
///
/// Ridge regression on the support set, as in R2-D2 (Bertinetto et al. 2019); meta-training goes
/// through the solution.
struct RidgeHead: MetaLearner {
  let network: Network

  func initialParameters(_ key: RandomKey) -> ParameterValues {
    var parameters = network.initialParameters(key)
    parameters.append(.init(name: "logRegularizer", leaf: TensorValue(0)))
    parameters.append(.init(name: "logScale", leaf: TensorValue(1)))
    return parameters
  }

  func adapted(_ parameters: Parameters, to support: Examples, key: SymbolicKey) -> Parameters {
    // Examples may weigh differently, where classes have unequal shots.
    let weights = (support.weights ?? .fill(1, shape: [support.inputs.shape[0]]))
      .squareRoot().insertingAxis(at: 1)
    let features = network(support, parameters) * weights
    let targets = support.targets.oneHot(support.classCount ?? 0) * weights
    let gram = matrixProduct(features, features, transposingRight: true)
    let identity = Tensor.positions(along: 0, shape: gram.shape)
      .isEqual(to: Tensor.positions(along: 1, shape: gram.shape))
    let solution = (gram + identity * parameters["logRegularizer"].exp())
      .positiveDefiniteSolution(targets)
    var adapted = network.withStatistics(of: support, parameters)
    adapted.append(
      .init(name: "weights", leaf: matrixProduct(features, solution, transposingLeft: true)))
    return adapted
  }

  func predictions(for inputs: Tensor, with adapted: Parameters) -> Tensor {
    let features = network.inductivePredictions(for: inputs, with: adapted)
    return matrixProduct(features, adapted["weights"]) * adapted["logScale"].exp()
  }
}
