public import MetaTasks
import Settings
public import Tensors

/// Slot machines: which of several arms pays best must be found out while pulling them.
///
/// Each arm pays 1 with a probability drawn from U[0, 1] for the task, and otherwise 0; what counts
/// is the sum over all pulls (Duan et al. 2016, RL²; Mishra et al. 2018, SNAIL). What is observed
/// is the pull before: which arm it was, one-hot, and what it gave; zeros before the first.
public struct BernoulliBandits: EnvironmentDistribution {
  static let previousAction = "previousAction"
  static let previousReward = "previousReward"

  /// The arms of a bandit.
  public let arms: Int
  /// The pulls of a task.
  public let pulls: Int

  /// Makes tasks of so many arms and pulls.
  public init(arms: Int = 5, pulls: Int = 10) {
    guard arms >= 1, pulls >= 1 else { fatalError("\(pulls) pulls of \(arms) arms are no tasks.") }
    self.arms = arms
    self.pulls = pulls
  }

  /// What the tasks are.
  public var name: String { "bernoulli-bandit" }
  /// The pulls of a task.
  public var horizon: Int { pulls }

  /// The pull before, of which the next is to be chosen.
  public var signature: Signature {
    Signature(
      inputs: [
        InputDescription(Self.previousAction, shape: [arms]),
        InputDescription(Self.previousReward, shape: [1]),
      ],
      target: .rewards(actions: arms), order: .sequence, metrics: [.totalReward, .sampledReward])
  }

  /// The bandit that a key names.
  public func bandit(key: RandomKey) -> BernoulliBandit { BernoulliBandit(arms: arms, key: key) }

  /// The bandits that keys name.
  public func environments(keys: [RandomKey]) -> any EnvironmentBatch {
    BernoulliBanditBatch(keys.map(bandit(key:)), arms: arms)
  }
}

extension BernoulliBandits {
  /// The set as recipes name it.
  public static let entry = DataSetEntry(
    "bernoulli-bandit", "built-in bandits, whose best arm must be found while pulling",
    origin: .builtIn, divisions: ["by-key"]
  ) { (settings) throws(SettingsError) in
    let pulls = try settings.integer("pulls", "Pulls of a task.", default: 10, in: 1...1_000)
    let arms = try settings.integer("arms", "Arms of a bandit.", default: 5, in: 2...100)
    return DataSetPlan(
      target: .rewards(actions: arms), episodes: nil, usualNetwork: "mlp"
    ) { _ in
      let tasks = BernoulliBandits(arms: arms, pulls: pulls)
      return LoadedDataSet(
        name: tasks.name, classSplit: "by-key",
        tasks: [.train: tasks, .validation: tasks, .test: tasks])
    }
  }
}
