import Foundation
import MetaLearning
import Runs
import TensorPrograms
import TestMaterial
import Testing

/// What becomes of a run whose recipe somebody edits in its folder.
@Suite struct EditedRecipeTests {
  private let temporary: TemporaryFolder
  private let run: TinyRun

  init() throws {
    temporary = try TemporaryFolder()
    run = TinyRun(temporary.url.appending(path: "run"))
  }

  /// Replaces a line of the recipe in the run's folder.
  private func edit(_ line: String, to other: String) throws {
    let text = try String(contentsOf: run.folder.recipe, encoding: .utf8)
    try #require(text.contains(line))
    try text.replacing(line, with: other)
      .write(to: run.folder.recipe, atomically: false, encoding: .utf8)
  }

  private func figures() throws -> (RunFigures, PreparedRecipe, String) {
    let recipe = try Recipe(
      url: run.folder.recipe, overrides: ["evaluation.episodes=2", "evaluation.controls=false"])
    var evaluation = try RunEvaluation(run.folder, try PreparedRecipe(recipe, run.dataSet))
    try evaluation.run(Runner(.init(threads: 1))) { _, _, _ in }
    return (
      try #require(evaluation.figures), evaluation.prepared, "\(RunEvaluation.json([evaluation]))"
    )
  }

  @Test func `it is not gone on with, and the key that differs is named`() throws {
    try run.go(events: 3)
    let bytes = try run.store.loadLatest()?.checkpoint
    try edit("  learningRate: 0.001\n", to: "  learningRate: 0.002\n")
    for overrides in [[], ["training.learningRate=0.002"]] {
      var again = run
      again.overrides = overrides
      let error = #expect(throws: ResumeError.self) { try again.go() }
      #expect(
        error?.description == "\(run.folder.recipe.path) was edited since the run was begun "
          + "(training.learningRate is 0.002 and 0.001 then); put it back, or begin another run with "
          + "it: metalearn train \(run.folder.recipe.path)")
    }
    #expect(try run.store.loadLatest()?.checkpoint == bytes)
    try edit("  learningRate: 0.002\n", to: "  learningRate: 0.001\n")
    try run.go()
    #expect(run.folder.isFinished)
  }

  @Test func `another way of writing the same is no edit`() throws {
    try run.go(events: 3)
    try edit("  learningRate: 0.001\n", to: "  # as before\n  learningRate: 1e-3\n")
    try run.go()
    #expect(run.folder.isFinished)
  }

  @Test func `its figures say so, and only its`() throws {
    try run.go()
    let (figures, prepared, json) = try self.figures()
    #expect(figures.editedKeys.isEmpty)
    #expect(FigureTable(figures, prepared).notes.isEmpty)
    #expect(!json.contains("edited"))
    try edit("  learningRate: 0.001\n", to: "  learningRate: 0.002\n")
    let (edited, _, editedJSON) = try self.figures()
    let key = "training.learningRate is 0.002 and 0.001"
    #expect(edited.editedKeys == [key])
    let note = "recipe.yaml was edited since the run was begun: \(key)"
    #expect(FigureTable(edited, prepared).notes == [note])
    #expect(editedJSON.contains("\"notes\":[\"\(note)\"]"))
  }
}
