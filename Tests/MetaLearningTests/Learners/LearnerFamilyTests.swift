import MetaLearning
import MetaTasks
import NeuralNetworks
import Runs
import TensorFiles
import TensorPrograms
import Tensors
import Testing

@Suite struct `Every learner` {
  let training = LearnerFamily.tasks(.train)
  let test = LearnerFamily.tasks(.test)
  let episodes = EpisodeShape(ways: LearnerFamily.ways, shots: 1, queries: 4)

  @Test(arguments: LearnerFamily.rows)
  func `answers each query by itself`(row: LearnerRow) throws {
    let evaluation = Evaluation(
      learner: row.learner, tasks: test, episodes: episodes, split: .test, seed: 1, taskCount: 2,
      checkedTaskCount: 2, metrics: try test.knownMetrics)
    let result = evaluation.result(
      of: row.learner.initialParameters(RandomKey(seed: 1)), Runner(.init(threads: 1)))
    guard case .independent(let difference)? = result.leak else {
      Issue.record("\(String(describing: result.leak))")
      return
    }
    #expect(difference <= LeakCheck.tolerance)
  }

  @Test(arguments: LearnerFamily.rows)
  func `does not mind the order of examples nor, where promised, the names of classes`(
    row: LearnerRow
  ) {
    let parameters = row.learner.initialParameters(RandomKey(seed: 2))
    // Pictures on which no activation is so near zero that rounding decides whether it passes:
    // there a step jumps.
    let episode = test.episode(
      EpisodeShape(ways: LearnerFamily.ways, shots: 2, queries: 2), key: RandomKey(seed: 5))
    let order = RandomKey(seed: 5).permutation(of: episode.support.count)
    let plain = predictions(row, parameters, episode.support, episode.query.inputs)
    if row.isOrderFree {
      let shuffled = episode.support.map { TensorValue.stacking(order.map($0.slice)) }
      expectClose(predictions(row, parameters, shuffled, episode.query.inputs), plain)
    }
    guard row.isClassSymmetric else { return }
    let names: [Int32] = [3, 0, 4, 1, 2]
    var renamed = episode.support
    renamed.targets = TensorValue(
      renamed.targets.integers.map { names[Int($0)] }, shape: renamed.targets.shape)
    let other = predictions(row, parameters, renamed, episode.query.inputs)
    for query in 0..<plain.count {
      for (old, new) in names.enumerated() {
        #expect(abs(other[query][Int(new)] - plain[query][old]) < 1e-4)
      }
    }
  }

  @Test(arguments: LearnerFamily.rows.filter(\.isOrderFree))
  func `learns nothing from examples that weigh nothing`(row: LearnerRow) {
    let parameters = row.learner.initialParameters(RandomKey(seed: 2))
    let episode = test.episode(
      EpisodeShape(ways: LearnerFamily.ways, shots: 2, queries: 2), key: RandomKey(seed: 4))
    let size = 28 * 28
    func support(padding: [Float]) -> ExampleValues {
      var support = episode.support
      support.inputs = support.inputs.map { pictures in
        TensorValue(pictures.floats.dropLast(size) + padding, shape: pictures.shape)
      }
      support.weights = TensorValue(
        (0..<support.count).map { $0 == support.count - 1 ? 0 : 1 } as [Float],
        shape: [support.count])
      return support
    }
    let queries = episode.query.inputs
    let plain = predictions(
      row, parameters, support(padding: [Float](repeating: 0, count: size)), queries)
    #expect(plain.joined().allSatisfy { $0.isFinite })
    // What weighs nothing is more like the first query than anything that counts.
    let same = queries.entries.map { Array($0.leaf.floats.prefix(size)) }
    expectClose(plain, predictions(row, parameters, support(padding: same[0]), queries))
  }

  @Test(arguments: LearnerFamily.rows.filter { $0.training.map { !$0.isJoint } ?? false })
  func `learns numbers where examples weigh nothing`(row: LearnerRow) throws {
    let settings = try #require(row.training)
    let step = GradientStep(
      learner: row.learner, tasks: UnequalShots(training, fewest: 1),
      episodes: EpisodeShapeRange(EpisodeShape(ways: LearnerFamily.ways, shots: 3, queries: 2)),
      tasksPerStep: 2, update: ParameterUpdate(optimizer: settings.optimizer), metrics: [])
    let configuration = MetaTrainer.Configuration(
      learner: row.learner,
      phases: [
        Phase(step, learningRate: settings.learningRate, stopRule: StopRule(iterations: 2))
      ], seed: 1)
    let trainer = MetaTrainer(
      configuration, state: MetaTrainer.initialState(configuration), runner: Runner())
    while let event = trainer.next() {
      if case .diverged(let step) = event { Issue.record("diverged at step \(step)") }
    }
    for entry in trainer.state.parameters.entries {
      #expect(entry.leaf.floats.allSatisfy { $0.isFinite }, "\(entry.name)")
    }
  }

  // Where queries join the support set, and with TaskNorm, it counts how many examples there are.
  @Test(arguments: LearnerFamily.rows.filter { $0.isOrderFree && !$0.countsExamples })
  func `counts all classes the same, though some have more examples`(row: LearnerRow) {
    let parameters = row.learner.initialParameters(RandomKey(seed: 2))
    let episode = test.episode(
      EpisodeShape(ways: LearnerFamily.ways, shots: 2, queries: 2), key: RandomKey(seed: 5))
    func support(_ counts: [Int]) -> ExampleValues {
      let numbers = counts.enumerated().flatMap { category, count in
        (0..<count).map { 2 * category + $0 % 2 }
      }
      let inputs = episode.support.inputs.map { inputs in
        TensorValue.stacking(numbers.map(inputs.slice))
      }
      return LabelledInputs(
        classes: counts.enumerated().map { ("\($0)", $1) }, inputs: inputs
      ).examples
    }
    var balanced = support([2, 2, 2, 2, 2])
    #expect(balanced.weights == nil)
    if row.sumsExamples { balanced.weights = TensorValue(repeating: 1.6, shape: [10]) }
    expectClose(
      predictions(row, parameters, support([6, 2, 2, 4, 2]), episode.query.inputs),
      predictions(row, parameters, balanced, episode.query.inputs))
  }

  @Test(arguments: LearnerFamily.rows)
  func `stays a number where a mini-batch weighs nothing`(row: LearnerRow) {
    let parameters = row.learner.initialParameters(RandomKey(seed: 2))
    let episode = test.episode(
      EpisodeShape(ways: LearnerFamily.ways, shots: 5, queries: 2), key: RandomKey(seed: 4))
    var support = episode.support
    support.weights = TensorValue(
      (0..<support.count).map { $0 % 5 == 0 ? 1 : 0 } as [Float], shape: [support.count])
    let rows = predictions(row, parameters, support, episode.query.inputs)
    #expect(rows.joined().allSatisfy { $0.isFinite })
  }

  @Test(arguments: LearnerFamily.rows)
  func `adapts to the same bits from saved parameters`(row: LearnerRow) throws {
    let parameters = row.learner.initialParameters(RandomKey(seed: 6))
    let bytes = try Safetensors.encode(
      parameters.entries.map { ($0.name, $0.leaf) }, metadata: [:], file: "memory")
    let file = try Safetensors.decode(bytes, file: "memory")
    let loaded = try parameters.mapEntries { try file.value($0.name) }
    let episode = test.episode(episodes, key: RandomKey(seed: 7))
    #expect(
      predictions(row, parameters, episode.support, episode.query.inputs)
        == predictions(row, loaded, episode.support, episode.query.inputs))
  }

  @Test(arguments: LearnerFamily.rows.filter { $0.training != nil })
  func `beats chance clearly after some seconds`(row: LearnerRow) throws {
    let settings = try #require(row.training)
    let configuration = MetaTrainer.Configuration(
      learner: row.learner, phases: [settings.phase(row.learner, training, episodes)], seed: 1)
    let start = MetaTrainer.initialState(configuration)
    let runner = Runner()
    let trainer = MetaTrainer(configuration, state: start, runner: runner)
    while let event = trainer.next() {
      if case .diverged(let step) = event { Issue.record("diverged at step \(step)") }
    }
    let evaluation = Evaluation(
      learner: row.learner, tasks: test, episodes: episodes, split: .test, seed: 1, taskCount: 40,
      metrics: try test.knownMetrics)
    let before = evaluation.result(of: start.parameters, runner)
    let after = evaluation.result(of: trainer.state.parameters, runner)
    #expect(
      after.figure.mean > settings.accuracy, "chance is 0.2; before training \(before.figure.mean)")
    #expect(after.figure.mean > before.figure.mean)
  }

  @Test(arguments: [false, true])
  func `is as certain on few classes as rates meant for many make it`(learnsRates: Bool) {
    let network = conv4(
      inputShape: [28, 28, 1], width: 4, outputs: LearnerFamily.ways, normalization: .support)
    func logits(_ classCount: Int?) -> [[Float]] {
      let learner = MAML(
        network: network,
        innerLoop: InnerLoop(
          steps: 1, learningRate: 0.4, learnedRates: learnsRates ? .perLayerAndStep : .fixed,
          zeroedLayer: "head",
          zeroedClassCount: classCount))
      let episode = test.episode(episodes, key: RandomKey(seed: 4))
      let predictor = Predictor(
        learner: learner, parameters: learner.initialParameters(RandomKey(seed: 2)),
        support: episode.support, key: RandomKey(words: (1, 2)),
        runner: Runner(.init(threads: 1)))
      return predictor.predictions(episode.query.inputs).values.asRows
    }
    // One step from zero: logits are the rate times something.
    expectClose(logits(LearnerFamily.ways * 4), logits(nil).map { $0.map { $0 / 4 } })
    expectClose(logits(LearnerFamily.ways), logits(nil))
    #expect(logits(nil).joined().contains { abs($0) > 1e-2 })
  }

  private func predictions(
    _ row: LearnerRow, _ parameters: ParameterValues, _ support: ExampleValues,
    _ inputs: NamedTree<TensorValue>
  ) -> [[Float]] {
    let predictor = Predictor(
      learner: row.learner, parameters: parameters, support: support,
      key: RandomKey(words: (1, 2)), runner: Runner(.init(threads: 1)))
    return predictor.predictions(inputs).values.asRows
  }

  private func expectClose(_ first: [[Float]], _ second: [[Float]]) {
    #expect(first.map(\.count) == second.map(\.count))
    for (a, b) in zip(first.joined(), second.joined()) {
      #expect(abs(a - b) <= 2e-4 * max(1, abs(b)))
    }
  }
}
