import ArgumentParser
import Files
import Foundation
import MetaLearning
import MetaTasks
import Runs
import Settings
import TensorPrograms

/// Training on data of a user's own, of which no recipe says anything.
extension Train {
  /// What data of a user's own the argument names; nil where it names a recipe, or nothing.
  var ownKind: OwnDataKind? { recipe.flatMap { OwnDataKind(at: URL(fileURLWithPath: $0)) } }

  /// What to make of the data that the argument names; nil where it names none.
  func ownData(_ catalogues: Catalogues, until stop: StopSignal) throws -> (any OwnData)? {
    guard let recipe, let kind = ownKind else {
      guard from == nil else {
        throw CommandFailure(
          .usage,
          "--from is for a folder of pictures; in a recipe, set training.from to the run instead")
      }
      guard columns.isEmpty else {
        throw CommandFailure(
          .usage,
          "\(columns.words.trimmingPrefix(" ")): columns are for a table of your own; in a recipe, "
            + "set them as keys of task")
      }
      return nil
    }
    let url = URL(fileURLWithPath: recipe)
    guard !RunFolder(url).isRun else {
      throw CommandFailure(
        .usage,
        "\(recipe) is a run, not data; go on with it by: metalearn train --output "
          + "\(ShellWord.of(recipe)) --resume auto")
    }
    let reading = Reading(
      skipsDamaged: readingOptions.skipDamaged, columns: columns.names,
      isWanted: { stop.exitCode == nil })
    let data = try kind.choices(at: url, path: recipe, reading, from: try origin(kind, catalogues))
    Terminal.note(data.words)
    return data
  }

  /// The model that `--from` names, which data of the kind can begin with.
  private func origin(
    _ kind: OwnDataKind, _ catalogues: Catalogues
  ) throws -> (path: String, model: MetaTrainedModel)? {
    guard let from else { return nil }
    guard kind == .pictures else {
      throw CommandFailure(
        .usage,
        "--from is for pictures; learn these classes "
          + "from the run itself: metalearn adapt \(ShellWord.of(from)) --support "
          + "\(ShellWord.of(recipe ?? "PATH")) --output model.safetensors")
    }
    let file = RunFolder.modelFile(at: URL(fileURLWithPath: from))
    return (path: from, model: try MetaTrainedModel.read(file, catalogues))
  }

  /// Trains and tests with other classes held out, in folders within the first run's, and says what
  /// all rotations together found.
  func rotate(
    _ recipes: [Recipe], in folder: RunFolder, _ sets: DataSets, _ runner: Runner,
    until stop: StopSignal
  ) throws {
    var results = [try folder.readResult()]
    var metric = MetricDescription.accuracy
    for (number, recipe) in recipes.enumerated().dropFirst() {
      let own = folder.rotation(number)
      let reopens = try own.isFinished && TrainingRun.changesAnything(recipe, of: own)
      if own.isFinished, !reopens {
        results.append(try own.readResult())
        continue
      }
      let prepared = try PreparedRecipe(recipe, from: sets.alsoFrom(folder))
      metric = prepared.mainMetric
      let claim = try RunClaim(own.url, resumption: .auto, reopening: reopens)
      if !printing.quiet { Terminal.note("rotation \(number + 1) of \(recipes.count)") }
      var run = try TrainingRun(
        prepared, claim: claim, environment: prepared.environment(runner), runner: runner)
      switch try outcome(of: &run, prepared, until: stop) {
      case .finished(let result, _): results.append(result)
      case .interrupted(let step), .pruned(let step): throw stopped(at: step, folder, stop)
      }
    }
    show(results, metric)
  }

  /// The names of the controls of the first result, as files and people have them.
  private func controls(of results: [JSONValue]) -> [(name: String, title: String)] {
    let names = results.first?["controls"]?.object?.map(\.key) ?? []
    return names.map { name in
      (name, Catalogues.standard.controls[name]?.summary ?? name)
    }
  }

  private func show(_ results: [JSONValue], _ metric: MetricDescription) {
    let figures = results.compactMap { $0[metric.name]?["mean"]?.number }
    guard let least = figures.min(), let most = figures.max() else { return }
    let mean = figures.reduce(0, +) / Double(figures.count)
    let printer = FigurePrinter(isJSON: printing.json)
    printer.line(
      "over \(figures.count) rotations, each class held out at least once: \(metric.title) "
        + "\(metric.text(mean)), from \(metric.text(least)) to \(metric.text(most))")
    for (name, title) in controls(of: results) {
      let found = results.compactMap { $0["controls"]?[name]?["mean"]?.number }
      printer.line(
        "  control: \(title) \(metric.text(found.reduce(0, +) / Double(max(1, found.count))))")
    }
    guard printing.json else { return }
    let object: JSONValue = [
      "schema": 1, "command": "train", "rotations": .array(results),
      metric.name: ["mean": .number(mean), "least": .number(least), "most": .number(most)],
    ]
    Terminal.result("\(object)")
  }
}
