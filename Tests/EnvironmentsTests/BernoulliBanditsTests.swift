import Environments
import MetaTasks
import Settings
import Tensors
import Testing

@Suite struct BernoulliBanditsTests {
  private func keys(_ count: Int) -> [RandomKey] {
    (0..<count).map { RandomKey(seed: 17).folded($0) }
  }

  private func section(_ pairs: KeyValuePairs<String, String>) -> SettingsSection {
    let place = SettingsPlace.file("recipe.yaml", line: 1)
    let entries = pairs.map { key, text in
      SettingsNode.Entry(
        key: key, place: place,
        value: SettingsNode(.scalar(text, isQuoted: false), at: place))
    }
    return SettingsSection(SettingsNode(.section(entries), at: place))
  }

  @Test func `the entry loads the same tasks for every split`() throws {
    let sets = DataSets(folders: [], cache: nil, catalogue: EnvironmentCatalogue.standard)
    let plan = try BernoulliBandits.entry.read(section(["pulls": "100", "arms": "7"]))
    #expect(plan.target == .rewards(actions: 7) && plan.episodes == nil)
    let data = try sets.load(plan, for: "bernoulli-bandit")
    for split in Split.allCases {
      let tasks = try #require(data.tasks(split) as? BernoulliBandits)
      #expect(tasks.arms == 7 && tasks.horizon == 100 && tasks.name == data.name)
    }
    let usual = try #require(try sets.load("bernoulli-bandit").tasks(.test) as? BernoulliBandits)
    #expect(usual.arms == 5 && usual.horizon == 10)
  }

  @Test(arguments: [("arms", "1"), ("arms", "101"), ("pulls", "0"), ("pulls", "1001")])
  func `settings out of bounds are refused`(key: String, text: String) {
    #expect(throws: SettingsError.self) {
      try BernoulliBandits.entry.read(section([key: text]))
    }
  }

  @Test func `tasks say what is observed and what counts`() {
    let signature = BernoulliBandits(arms: 3).signature
    #expect(
      signature.inputs == [
        InputDescription("previousAction", shape: [3]),
        InputDescription("previousReward", shape: [1]),
      ])
    #expect(signature.target == .rewards(actions: 3) && signature.order == .sequence)
    #expect(signature.metrics == [.totalReward, .sampledReward])
  }

  @Test func `the pull before is observed, and nothing before the first`() {
    var bandits = BernoulliBandits(arms: 3).environments(keys: keys(2))
    for _ in 0..<2 {
      let first = bandits.begin()
      #expect(first.names == ["previousAction", "previousReward"])
      #expect(first["previousAction"] == TensorValue(repeating: 0, shape: [2, 3]))
      #expect(first["previousReward"] == TensorValue(repeating: 0, shape: [2, 1]))
      let next = bandits.step(actions: [2, 0])
      #expect(
        next.observations["previousAction"]
          == TensorValue([0, 0, 1, 1, 0, 0] as [Float], shape: [2, 3]))
      #expect(next.observations["previousReward"] == TensorValue(next.rewards, shape: [2, 1]))
    }
  }

  @Test func `a batch that begins anew gives the same again`() {
    var bandits = BernoulliBandits(arms: 2).environments(keys: keys(3))
    let rounds = (0..<2).map { _ -> [[Float]] in
      _ = bandits.begin()
      return (0..<20).map { bandits.step(actions: [$0 % 2, 0, 1]).rewards }
    }
    #expect(rounds[0] == rounds[1])
  }

  @Test func `bandits side by side are those that stand alone`() {
    let tasks = BernoulliBandits(arms: 4, pulls: 30)
    let keys = keys(20)
    let actions = (0..<tasks.horizon).map { step in
      keys.map { $0.folded("any").folded(step).integer(below: tasks.arms) }
    }
    var together = tasks.environments(keys: keys)
    _ = together.begin()
    let rewards = actions.map { together.step(actions: $0).rewards }
    for (number, key) in keys.enumerated() {
      var alone = tasks.environments(keys: [key])
      _ = alone.begin()
      let own = actions.map { alone.step(actions: [$0[number]]).rewards[0] }
      #expect(own == rewards.map { $0[number] })
    }
  }

  @Test func `what an arm gives depends on its own earlier pulls alone`() {
    let tasks = BernoulliBandits(arms: 3, pulls: 12)
    for key in keys(20) {
      let orders = [
        [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2], [2, 1, 0, 2, 1, 0, 2, 1, 0, 2, 1, 0],
      ]
      let given = orders.map { order -> [[Float]] in
        var bandit = tasks.environments(keys: [key])
        _ = bandit.begin()
        var given = [[Float]](repeating: [], count: 3)
        for arm in order { given[arm] += bandit.step(actions: [arm]).rewards }
        return given
      }
      #expect(given[0] == given[1])
    }
  }

  @Test func `probabilities are uniform, and arms pay as often as they say`() {
    let tasks = BernoulliBandits(arms: 5)
    var counts = [Int](repeating: 0, count: 10)
    var deviations: [Double] = []
    for key in keys(2000) {
      let bandit = tasks.bandit(key: key)
      for (arm, probability) in bandit.probabilities.enumerated() {
        counts[Int(probability * 10)] += 1
        let paid = (0..<20).reduce(0) { $0 + Double(bandit.reward(arm: arm, pull: $1)) }
        deviations.append(paid - 20 * Double(probability))
      }
    }
    // 1,000 in each tenth, with a deviation of 30.
    #expect(counts.allSatisfy { abs($0 - 1000) < 120 })
    let mean = Summary(deviations)
    // The variance of 20 pulls is 20 p (1 - p), on average 20 / 6.
    #expect(abs(mean.mean) < 3 * mean.error)
    #expect(abs(mean.deviation * mean.deviation - 20.0 / 6) < 0.15)
  }

  @Test func `the same key names the same bandit`() {
    let tasks = BernoulliBandits()
    let key = RandomKey(seed: 1)
    #expect(tasks.bandit(key: key).probabilities == tasks.bandit(key: key).probabilities)
    #expect(
      tasks.bandit(key: key).probabilities != tasks.bandit(key: RandomKey(seed: 2)).probabilities)
    // These bits are part of what makes figures comparable from version to version.
    let rewards = (0..<16).map { tasks.bandit(key: key).reward(arm: $0 % 5, pull: $0 / 5) }
    #expect(rewards == [0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 0, 1, 1, 1, 1, 1])
  }
}
