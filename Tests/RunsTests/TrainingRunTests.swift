import Files
import TestMaterial
import Foundation
import MetaLearning
import MetaTasks
import Runs
import TensorPrograms
import Testing

@Suite struct TrainingRunTests {
  private let temporary: TemporaryFolder
  private let straight: TinyRun

  init() throws {
    temporary = try TemporaryFolder()
    straight = TinyRun(temporary.url.appending(path: "straight"))
  }

  private func run(_ name: String, _ overrides: [String] = [], threads: Int = 1) -> TinyRun {
    TinyRun(temporary.url.appending(path: name), overrides: overrides, threads: threads)
  }

  @Test func `a run leaves recipe, environment, metrics, checkpoints, model and figures`() throws {
    guard case .finished(let result, let figures) = try straight.go().outcome else {
      Issue.record("the run did not finish")
      return
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: straight.url.path).sorted()
    #expect(
      names == [
        "checkpoints", "environment.json", "metrics.jsonl", "model.safetensors", "recipe.yaml",
        "result.json", "timing.jsonl",
      ])
    #expect(try straight.folder.readResult() == result)
    #expect(result["task"]?["ways"] == .integer(3))
    #expect(result["episodes"] == .integer(6))
    #expect(result["normalization"] == .string("running"))
    #expect(result["leakCheck"]?["passed"] == .boolean(true))
    #expect(result["controls"]?["chance"]?["mean"] == .number(1 / 3.0))
    #expect(
      figures.controls.map(\.name) == [
        "nearestCentroid", "nearestNeighbour", "logisticRegression", "fromScratch",
      ])
    let lines = try JSONLinesFile.read(straight.folder.metrics)
    #expect(lines.count == 11 + 2)
    #expect(try straight.store.steps() == [9, 11])
  }

  @Test(arguments: [1, 2, 4, 5, 6, 9, 12])
  func `a run that was stopped and opened again becomes the same bytes`(_ events: Int) throws {
    try straight.go()
    let stopped = run("stopped")
    #expect((2...19).contains(try stopped.goInParts(events: events)))
    #expect(try stopped.bytes() == straight.bytes())
  }

  @Test func `another metric counts where the recipe says so`() throws {
    let run = run("likelihood", ["evaluation.metric=negativeLogLikelihood"])
    guard case .finished(let result, let figures) = try run.go().outcome else {
      Issue.record("the run did not finish")
      return
    }
    #expect(figures.result.mainMetric == .negativeLogLikelihood)
    #expect(figures.controls.allSatisfy { $0.result.mainMetric == .negativeLogLikelihood })
    // Guessing is right so often, and has no likelihood to be told here.
    #expect(result["controls"]?["chance"] == nil)
    // The best step is that with the least.
    let validations = try JSONLinesFile.read(run.folder.metrics).compactMap { line in
      line["validation"]?["negativeLogLikelihood"]?["mean"]?.number.map { (line["step"], $0) }
    }
    #expect(validations.count == 2)
    let best = try #require(validations.min { $0.1 < $1.1 })
    #expect(result["bestStep"] == best.0)
  }

  @Test func `a run that was stopped while it was evaluated is evaluated again`() throws {
    try straight.go()
    let stopped = run("stopped")
    let outcome = try stopInEvaluation(stopped)
    guard case .interrupted(step: 11) = outcome else {
      Issue.record("not interrupted: \(outcome)")
      return
    }
    #expect(!stopped.folder.isFinished)
    try stopped.go()
    #expect(stopped.folder.isFinished)
    #expect(try stopped.bytes() == straight.bytes())
  }

  /// Opens a run, stops it as soon as it evaluates, and gives its lock back.
  private func stopInEvaluation(_ run: TinyRun) throws -> TrainingOutcome {
    var opened = try run.open()
    var isEvaluating = false
    return try opened.run(wish: { isEvaluating ? .stop : .goOn }) { event in
      if case .evaluating = event { isEvaluating = true }
    }
  }

  @Test func `one thread and two make the same bytes`() throws {
    try straight.go()
    let two = run("two", threads: 2)
    try two.go()
    #expect(try two.bytes() == straight.bytes())
  }

  @Test func `another seed makes other bytes`() throws {
    try straight.go()
    let other = run("other", ["training.seed=1"])
    try other.go()
    #expect(try other.bytes()["model.safetensors"] != straight.bytes()["model.safetensors"])
  }

  @Test func `a checkpoint with a flipped byte is passed by, and the one before is used`() throws {
    try straight.go()
    let damaged = run("damaged")
    try damaged.go(events: 8)
    let steps = try damaged.store.steps()
    let last = damaged.store.url(ofStep: try #require(steps.last))
    var bytes = try Foundation.Data(contentsOf: last)
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: last)
    let warnings = try damaged.go().warnings
    #expect(warnings.count == 1)
    #expect(warnings.first?.contains(last.lastPathComponent) == true)
    #expect(
      warnings.first?.contains("the one of step \(steps[steps.count - 2]) is used") == true)
    #expect(try damaged.bytes() == straight.bytes())
  }

  @Test func `two writers of one run are one too many`() throws {
    let run = try straight.open()
    let error = #expect(throws: RunError.self) { try straight.open() }
    #expect(error?.exitStatus == .inputOutput)
    #expect(error?.description.contains("is being written by process") == true)
    withExtendedLifetime(run) {}
  }

  @Test func `a run is not gone on with by another recipe or other data`() throws {
    try straight.go(events: 3)
    var other = straight
    for (override, part) in [
      ("training.iterations=10", "training.iterations is 10 and 11 there"),
      ("task.ways=4", "task.ways is 4 and"), ("optimizer.kind=sgd", "optimizer."),
    ] {
      other.overrides = [override]
      let recipeError = #expect(throws: ResumeError.self) { try other.go() }
      #expect(
        recipeError?.description.contains(part) == true, "\(recipeError?.description ?? "")")
    }
    other = straight
    other.dataSet = LoadedDataSet(
      name: "characters", classSplit: "by-number", checksums: ["train classes": "other"],
      tasks: Dictionary(
        uniqueKeysWithValues: Split.allCases.map { ($0, TinyRun.dataSet.tasks($0)) }))
    let dataError = #expect(throws: ResumeError.self) { try other.go() }
    #expect(dataError?.description.contains("begun with other data") == true)
  }

  @Test func `a loss that is no number stops with its step and the last good checkpoint`() throws {
    let diverging = run("diverging", ["training.learningRate=1e30"])
    let error = #expect(throws: TrainingDivergence.self) { try diverging.go() }
    let step = try #require(error?.step)
    #expect(step > 1)
    let checkpoint = diverging.store.url(ofStep: step - 1).path
    #expect(error?.checkpoint == checkpoint)
    #expect(
      error?.description
        == "the loss or a parameter is NaN or infinite at step \(step); the last good checkpoint is "
        + "\(checkpoint); begin another run with a lower training.learningRate, "
        + "learner.learningRate or training.gradientNormLimit")
    #expect(try diverging.store.loadLatest()?.checkpoint.step == step - 1)
    #expect(!diverging.folder.isFinished)
  }

  @Test func `a run that is given up leaves its checkpoint and no figures`() throws {
    guard case .pruned(step: 3) = try straight.go(events: 3, then: .prune).outcome else {
      Issue.record("not given up after step 3")
      return
    }
    #expect(try straight.store.loadLatest()?.checkpoint.step == 3)
    #expect(!straight.folder.isFinished)
  }

  @Test func `what cannot be trained is told before anything is written`() throws {
    for override in ["learner.kind=maml", "training.trains=[head]"] {
      let wrong = run("wrong", ["task.ways=3", "training.kind=joint", override])
      #expect(throws: (any Error).self) { try wrong.go() }
      #expect(!FileManager.default.fileExists(atPath: wrong.url.path), "\(override)")
    }
  }

  @Test func `too few pictures for the shots are told before anything is written`() throws {
    let greedy = run("greedy", ["task.shots=6"])
    let error = #expect(throws: TaskError.self) { try greedy.go() }
    #expect(error?.description.contains("6 shots and 2 queries need 8") == true)
    #expect(!FileManager.default.fileExists(atPath: greedy.url.path))
  }

  @Test func `two runs are compared on the same tasks`() throws {
    try straight.go()
    let other = run("other", ["training.seed=5"])
    try other.go()
    func evaluation(_ run: TinyRun, _ overrides: [String] = []) throws -> RunEvaluation {
      let recipe = try Recipe(
        url: run.folder.recipe,
        overrides: ["evaluation.episodes=10", "evaluation.controls=false"] + overrides)
      return try RunEvaluation(run.folder, try PreparedRecipe(recipe, run.dataSet))
    }
    var first = try evaluation(straight)
    var second = try evaluation(other)
    try second.expectSameTasks(as: first)
    try first.run(Runner(.init(threads: 1))) { _, _, _ in }
    try second.run(Runner(.init(threads: 1))) { _, _, _ in }
    let difference = try #require(first.difference(from: second))
    #expect(difference.count == 10)
    let json = RunEvaluation.json([first, second])
    #expect(json["difference"]?["mean"] == .number(difference.mean))
    let elsewhere = try evaluation(other, ["evaluation.seed=3"])
    #expect(throws: ResumeError.self) { try elsewhere.expectSameTasks(as: first) }
  }

  @Test func `figures on other data than those of the training say so`() throws {
    try straight.go()
    func prepared(seed: Int) throws -> PreparedRecipe {
      let recipe = try Recipe(
        url: straight.folder.recipe,
        overrides: ["task.seed=\(seed)", "evaluation.episodes=2", "evaluation.controls=false"])
      return try PreparedRecipe(recipe, from: DataSets(folders: [], cache: nil))
    }
    try straight.folder.write(environment: ["dataSet": try prepared(seed: 0).dataDescription])
    for seed in [0, 1] {
      var evaluation = try RunEvaluation(straight.folder, try prepared(seed: seed))
      try evaluation.run(Runner(.init(threads: 1))) { _, _, _ in }
      let figures = try #require(evaluation.figures)
      #expect(figures.isOnOtherData == (seed == 1))
      #expect(FigureTable(figures, evaluation.prepared).notes.isEmpty == (seed == 0))
    }
  }

  @Test func `runs on characters of different seeds have different test tasks`() throws {
    try straight.go()
    let dataSets = DataSets(folders: [], cache: nil)
    let evaluations = try ["task.seed=0", "task.seed=0", "task.seed=1"].map { seed in
      let recipe = try Recipe(url: straight.folder.recipe, overrides: [seed])
      return try RunEvaluation(
        straight.folder, try PreparedRecipe(recipe, from: dataSets))
    }
    try evaluations[0].expectSameTasks(as: evaluations[1])
    #expect(throws: ResumeError.self) { try evaluations[2].expectSameTasks(as: evaluations[0]) }
  }
}
