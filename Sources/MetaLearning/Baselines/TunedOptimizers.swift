import MetaTasks
import NeuralNetworks

/// Controls of learned optimizers: the usual rules from the same kind of start, with as many steps
/// as the learned one and the best of 13 rates from 0.0001 to 1, chosen on validation tasks.
public enum TunedOptimizers {
  /// The rates: three to a factor of ten.
  package static let rates = [
    0.0001, 0.00022, 0.00046, 0.001, 0.0022, 0.0046, 0.01, 0.022, 0.046, 0.1, 0.22, 0.46, 1,
  ]

  /// The rules, each an entry.
  public static let entries = [
    entry("tunedSGD", "tuned gradient descent", SGD()),
    entry("tunedMomentum", "tuned gradient descent with momentum", SGD(momentum: 0.9)),
    entry("tunedRMSprop", "tuned RMSprop", RMSprop()),
    entry("tunedAdam", "tuned Adam", Adam()),
  ]

  private static func entry(
    _ name: String, _ summary: String, _ optimizer: any Optimizer
  ) -> ControlEntry {
    ControlEntry(
      name, summary,
      among: { parts in
        guard let steps = parts.optimizerSteps else { return [] }
        return rates.map { rate in
          FromScratch(
            network: parts.network, optimizer: optimizer, learningRate: rate, steps: steps,
            meaning: Prediction.Meaning(of: parts.signature.target))
        }
      })
  }
}
