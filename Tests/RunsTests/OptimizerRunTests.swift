import Foundation
import MetaLearning
import Runs
import TestMaterial
import Testing
import Tensors

/// Runs that learn an optimizer.
@Suite struct OptimizerRunTests {
  private static let yaml = """
    task:
      ways: 2
      shots: 2
      queries: 2
    learner:
      kind: learnedOptimizer
      units: 3
      steps: 4
    network:
      kind: mlp
      hidden: [3]
    training:
      kind: unrolls
      unroll: 2
      iterations: 3
      tasksPerStep: 2
    evaluation:
      queries: 3
      episodes: 3
      controls: false

    """

  @Test func `what was learned on one network is judged on another`() throws {
    let temporary = try TemporaryFolder()
    var run = TinyRun(temporary.url.appending(path: "run"))
    run.yaml = Self.yaml
    try run.go()
    let own = try run.prepared().parameters(of: run.folder)
    var wider = run
    wider.overrides = ["network.hidden=[5]"]
    let prepared = try wider.prepared()
    let found = try prepared.parameters(of: run.folder)
    #expect(found.learned.map(\.floats) == own.learned.map(\.floats))
    #expect(own["network/dense1.weight"].shape == [784, 3])
    #expect(found["network/dense1.weight"].shape == [784, 5])
    // The start is one that the recipe's seed draws.
    let start = prepared.learner.initialParameters(RandomKey(seed: 0))
    #expect(found["network/dense1.weight"] == start["network/dense1.weight"])
  }

  @Test func `other learners are judged on their own network alone`() throws {
    let temporary = try TemporaryFolder()
    let run = TinyRun(temporary.url.appending(path: "run"))
    try run.go()
    var wider = run
    wider.overrides = ["network.width=3"]
    #expect(throws: ModelError.self) { try wider.prepared().parameters(of: run.folder) }
  }
}
