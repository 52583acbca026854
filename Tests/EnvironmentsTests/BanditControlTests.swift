import Environments
import MetaTasks
import Tensors
import Testing

@Suite struct BanditControlTests {
  private static let keys = (0..<10_000).map { RandomKey(seed: 2026).folded($0) }

  private func returns(_ tasks: BernoulliBandits, _ name: String) throws -> [Double] {
    try #require(tasks.controls.first { $0.name == name }).returns(Self.keys)
  }

  // Expectations for 10 pulls of 5 arms over all courses that a task can take; Thompson sampling by
  // quadrature over what is known.
  @Test(
    arguments: [
      ("random", 5), ("thompson", 5.8333), ("greedy", 6.5686), ("ucb1", 6.6424),
      ("gittins", 6.5883), ("optimal", 6.6600), ("best-arm", 25.0 / 3),
    ] as [(String, Double)])
  func `controls return what theory says`(name: String, expected: Double) throws {
    let found = Summary(try returns(BernoulliBandits(), name))
    #expect(abs(found.mean - expected) < 3 * found.error, "\(found)")
  }

  @Test(arguments: [
    ("optimal", "gittins"), ("gittins", "thompson"), ("thompson", "random"),
    ("best-arm", "optimal"),
  ])
  func `on the same tasks the better policy is surely better`(better: String, worse: String) throws
  {
    let tasks = BernoulliBandits()
    let pairs = zip(try returns(tasks, better), try returns(tasks, worse))
    let difference = Summary(pairs.map { $0 - $1 })
    #expect(difference.mean > 3 * difference.error, "\(difference)")
  }

  @Test(arguments: [(5, 50.0, 78.6), (10, 50.0, 83.5)])
  func `a hundred pulls as published`(arms: Int, random: Double, gittins: Double) throws {
    let tasks = BernoulliBandits(arms: arms, pulls: 100)
    for (name, published) in [("random", random), ("gittins", gittins)] {
      let found = Summary(try returns(tasks, name))
      #expect(abs(found.mean - published) < 3 * found.error + 0.2, "\(name): \(found)")
    }
  }

  @Test func `controls meet the bandits that learners act in`() throws {
    let tasks = BernoulliBandits(arms: 3, pulls: 20)
    let keys = Array(Self.keys.prefix(50))
    var environments = tasks.environments(keys: keys)
    _ = environments.begin()
    var records = keys.map { _ in Array(repeating: ArmRecord(), count: tasks.arms) }
    for _ in 0..<tasks.horizon {
      let actions = records.map { GreedyPulls().arm(after: $0, key: RandomKey(seed: 0)) }
      for (number, reward) in environments.step(actions: actions).rewards.enumerated() {
        records[number][actions[number]].add(reward)
      }
    }
    let greedy = try #require(tasks.controls.first { $0.name == "greedy" })
    #expect(
      greedy.returns(keys) == records.map { Double($0.reduce(0) { $0 + $1.successes }) })
  }

  @Test func `the optimum is a control where it is known`() {
    let known = ["random", "thompson", "greedy", "ucb1", "gittins", "optimal", "best-arm"]
    #expect(BernoulliBandits().controls.map(\.name) == known)
    #expect(
      BernoulliBandits(pulls: 100).controls.map(\.name) == known.filter { $0 != "optimal" })
  }

  @Test func `the return of a task depends on its own key alone`() {
    let tasks = BernoulliBandits()
    let keys = Array(Self.keys.prefix(20))
    for control in tasks.controls {
      let together = control.returns(keys)
      #expect(together == control.returns(keys))
      #expect(Array(together.reversed()) == control.returns(keys.reversed()))
      #expect(together == keys.flatMap { control.returns([$0]) })
    }
  }
}
