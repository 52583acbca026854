public import MetaTasks
public import Tensors

extension BernoulliBandits {
  /// Policies that need no learning, from chance to the best that there is.
  ///
  /// `optimal` is among them where it is known (``OptimalPulls/isKnown(pulls:)``). `best-arm` is no
  /// policy but a bound: it is told what the others must find out.
  public var controls: [EnvironmentControl] {
    let known = [
      control("random", title: "random arms") { RandomPulls() },
      control("thompson", title: "Thompson sampling") { ThompsonSampling() },
      control("greedy", title: "largest mean so far") { GreedyPulls() },
      control("ucb1", title: "UCB1, scale 0.2") { UCB1(scale: 0.2) },
      control("gittins", title: "Gittins index, approximate") { GittinsIndex() },
    ]
    let optimal = EnvironmentControl("optimal", title: "Bayes optimum, exact") { keys in
      guard let policy = OptimalPulls(arms: arms, pulls: pulls) else { return [] }
      return keys.map { totalReward(of: policy, key: $0) }
    }
    let best = EnvironmentControl("best-arm", title: "best arm, told beforehand") { keys in
      keys.map(totalRewardOfBestArm)
    }
    return known + (OptimalPulls.isKnown(pulls: pulls) ? [optimal] : []) + [best]
  }

  /// The sum of rewards that a policy gets from the bandit that a key names.
  public func totalReward(of policy: some BanditPolicy, key: RandomKey) -> Double {
    let bandit = bandit(key: key)
    let policyKey = key.folded("policy")
    var records = Array(repeating: ArmRecord(), count: arms)
    for pull in 0..<pulls {
      let arm = policy.arm(after: records, key: policyKey.folded(pull))
      records[arm].add(bandit.reward(arm: arm, pull: records[arm].pulls))
    }
    return Double(records.reduce(0) { $0 + $1.successes })
  }

  private func totalRewardOfBestArm(key: RandomKey) -> Double {
    let bandit = bandit(key: key)
    let best = bandit.probabilities.map(Double.init).firstIndexOfLargest
    return (0..<pulls).reduce(0) { $0 + Double(bandit.reward(arm: best, pull: $1)) }
  }

  private func control(
    _ name: String, title: String, _ policy: @escaping @Sendable () -> any BanditPolicy
  ) -> EnvironmentControl {
    EnvironmentControl(name, title: title) { keys in
      let policy = policy()
      return keys.map { totalReward(of: policy, key: $0) }
    }
  }
}
