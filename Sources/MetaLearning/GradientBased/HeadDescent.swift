import MetaTasks
import NeuralNetworks
import Tensors

/// Inner steps that move the end of a network alone, its head, on features that are computed once.
struct HeadDescent: Sendable {
  /// The layers that are moved.
  let head: Network
  /// The steps.
  let innerLoop: InnerLoop
  private let names: Set<String>

  /// Makes the steps of the layer of a name and those after it.
  init(of network: Network, from name: String, _ innerLoop: InnerLoop) {
    head = network.suffix(from: name)
    self.innerLoop = innerLoop
    names = Set(head.parameterShapes.names)
  }

  /// The parameters of the whole network, and the learned rates of the head.
  func initialParameters(of network: Network, _ key: RandomKey) -> ParameterValues {
    innerLoop.initialParameters(of: network, moving: names.contains, key)
  }

  /// What the head makes of features.
  func results(_ features: Tensor, _ parameters: Parameters) -> Tensor {
    head(features, parameters.subtree(Network.parametersName))
  }

  /// The head among the parameters of a learner.
  func headAlone(_ parameters: Parameters) -> Parameters {
    parameters.filter { entry in
      names.contains { entry.name == "\(Network.parametersName)/\($0)" }
    }
  }

  /// The start after some steps of the head on the features of examples.
  func descended(
    from start: Parameters, on features: Tensor, of examples: Examples, steps: Int,
    rates: Parameters
  ) -> Parameters {
    let fast = innerLoop.descend(headAlone(start), steps: steps, rates: rates) { head, _ in
      loss(of: results(features, head), on: examples)
    }
    return start.replacing(with: fast)
  }
}
