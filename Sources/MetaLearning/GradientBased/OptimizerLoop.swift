import MetaTasks
import NeuralNetworks
package import Tensors

/// Steps of an optimizer down the loss of a network, one on each mini-batch, which no derivative
/// goes through.
package struct OptimizerLoop {
  /// Maps inputs to logits or predicted numbers.
  let network: Network
  /// The rule of a step.
  let optimizer: any Optimizer
  /// The rate of a step.
  let learningRate: Double

  /// Where the steps led.
  package struct Result {
    /// The parameters after the last step.
    package var parameters: Parameters
    /// The optimizer's state after the last step.
    package var state: Parameters
    /// The network's outputs for the last mini-batch before the step on it; nil without steps.
    package var lastOutputs: Tensor?
  }

  /// Takes a step on each batch.
  func descend(_ parameters: Parameters, state: Parameters, on batches: [Examples]) -> Result {
    var result = Result(parameters: parameters, state: state)
    for (index, batch) in batches.enumerated() {
      Scope.named("inner step \(index + 1)") {
        let outputs = network(batch, result.parameters)
        let slope = gradient(
          of: loss(of: outputs, on: batch), withRespectTo: result.parameters)
        (result.parameters, result.state) = optimizer.step(
          result.parameters, gradient: slope.stopGradient(), state: result.state,
          learningRate: Tensor.fill(learningRate))
        result.lastOutputs = outputs
      }
    }
    return result
  }
}
