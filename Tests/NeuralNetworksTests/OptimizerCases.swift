import NeuralNetworks
import Testing
import Tensors

/// One row of the table of optimizers: the rule, and the same rule by hand for one number.
struct OptimizerCase: Sendable, CustomTestStringConvertible {
  let name: String
  let optimizer: any Optimizer
  /// The same rule as a recipe writes it: its kind, and its settings.
  let recipe: (kind: String, settings: WrittenSettings)
  let rate: Double
  /// The names of the state of a parameter `w`.
  let state: [String]
  /// Steps of one parameter along a list of gradients, from the formulas in plain arithmetic.
  let byHand: @Sendable (_ start: Double, _ rate: Double, _ gradients: [Double]) -> Double

  var testDescription: String { name }

  private static let adamState = [
    "firstMoment.w", "secondMoment.w", "firstWeight", "secondWeight",
  ]

  static let all: [OptimizerCase] = [
    OptimizerCase(name: "SGD", optimizer: SGD(), recipe: ("sgd", [:]), rate: 0.2, state: []) {
      start, rate, gradients in
      gradients.reduce(start) { $0 - rate * $1 }
    },
    OptimizerCase(
      name: "SGD with decay", optimizer: SGD(weightDecay: 0.1),
      recipe: ("sgd", ["weightDecay": 0.1]), rate: 0.2, state: []
    ) {
      start, rate, gradients in
      gradients.reduce(start) { $0 - rate * ($1 + 0.1 * $0) }
    },
    OptimizerCase(
      name: "momentum", optimizer: SGD(momentum: 0.8), recipe: ("sgd", ["momentum": 0.8]),
      rate: 0.1, state: ["velocity.w"]
    ) { start, rate, gradients in
      gradients.reduce((w: start, v: 0.0)) { old, gradient in
        let v = 0.8 * old.v + gradient
        return (old.w - rate * v, v)
      }.w
    },
    OptimizerCase(
      name: "Nesterov", optimizer: SGD(momentum: 0.8, nesterov: true),
      recipe: ("sgd", ["momentum": 0.8, "nesterov": true]), rate: 0.1,
      state: ["velocity.w"]
    ) { start, rate, gradients in
      gradients.reduce((w: start, v: 0.0)) { old, gradient in
        let v = 0.8 * old.v + gradient
        return (old.w - rate * (gradient + 0.8 * v), v)
      }.w
    },
    OptimizerCase(
      name: "Adam", optimizer: Adam(), recipe: ("adam", [:]), rate: 0.1, state: adamState
    ) {
      adam($0, $1, $2, beta1: 0.9, beta2: 0.999)
    },
    OptimizerCase(
      name: "Adam without momentum", optimizer: Adam(beta1: 0, beta2: 0.9),
      recipe: ("adam", ["beta1": 0, "beta2": 0.9]), rate: 0.03,
      state: ["secondMoment.w", "secondWeight"]
    ) { adam($0, $1, $2, beta1: 0, beta2: 0.9) },
    OptimizerCase(
      name: "AdamW", optimizer: AdamW(weightDecay: 0.02), recipe: ("adamw", ["weightDecay": 0.02]),
      rate: 0.1, state: adamState
    ) { adam($0, $1, $2, beta1: 0.9, beta2: 0.999, decay: 0.02) },
    OptimizerCase(
      name: "RMSprop", optimizer: RMSprop(decay: 0.9), recipe: ("rmsprop", ["decay": 0.9]),
      rate: 0.03, state: ["secondMoment.w"]
    ) { start, rate, gradients in
      gradients.reduce((w: start, v: 0.0)) { old, gradient in
        let v = 0.9 * old.v + 0.1 * gradient * gradient
        return (old.w - rate * gradient / (v.squareRoot() + 1e-8), v)
      }.w
    },
  ]

  private static func adam(
    _ start: Double, _ rate: Double, _ gradients: [Double], beta1: Double, beta2: Double,
    decay: Double = 0
  ) -> Double {
    var (w, m, v, power1, power2) = (start, 0.0, 0.0, 1.0, 1.0)
    for gradient in gradients {
      m = beta1 * m + (1 - beta1) * gradient
      v = beta2 * v + (1 - beta2) * gradient * gradient
      power1 *= beta1
      power2 *= beta2
      let root = (v / (1 - power2)).squareRoot()
      w -= rate * (m / (1 - power1) / (root + 1e-8) + decay * w)
    }
    return w
  }
}
