import ArgumentParser
import Files
import Foundation
import MetaLearning
import MetaTasks
import Runs
import Settings
import TensorPrograms

/// Training on a folder of pictures, of which no recipe says anything.
extension Train {
  /// Whether the argument is a folder or archive of pictures, not a recipe.
  var namesPictures: Bool {
    guard let recipe else { return false }
    let isFolder = Folder.kind(at: URL(fileURLWithPath: recipe)) == .folder
    return isFolder || recipe.lowercased().hasSuffix(".zip")
  }

  /// What to make of the pictures that the argument names; nil where it names none.
  func ownPictures(_ catalogues: Catalogues, until stop: StopSignal) throws -> OwnPictures? {
    guard namesPictures, let recipe else {
      guard from == nil else {
        throw CommandFailure(
          .usage,
          "--from is for a folder of pictures; in a recipe, set training.from to the run instead")
      }
      return nil
    }
    let url = URL(fileURLWithPath: recipe)
    guard !RunFolder(url).isRun else {
      throw CommandFailure(
        .usage,
        "\(recipe) is a run, not pictures; go on with it by: metalearn train --output "
          + "\(ShellWord.of(recipe)) --resume auto")
    }
    let origin = try from.map { path in
      let file = RunFolder.modelFile(at: URL(fileURLWithPath: path))
      return (path: path, model: try MetaTrainedModel.read(file, catalogues))
    }
    let survey = try FolderPictures.survey(
      of: url,
      Reading(skipsDamaged: readingOptions.skipDamaged, isWanted: { stop.exitCode == nil }))
    let pictures = try OwnPictures(survey, path: recipe, from: origin)
    Terminal.note(pictures.words)
    return pictures
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
