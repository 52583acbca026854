public import Files
public import Foundation
public import MetaTasks

/// A run as a folder: recipe in, checkpoints, metrics, figures and the model out.
public struct RunFolder: Hashable, Sendable {
  /// The folder.
  public let url: URL

  /// Stands for the run in a folder, whether it is there yet or not.
  public init(_ url: URL) { self.url = url }

  /// The recipe, complete, with defaults written out.
  public var recipe: URL { url.appending(path: "recipe.yaml") }
  /// Machine, versions and the words of the command.
  public var environment: URL { url.appending(path: "environment.json") }
  /// What was measured: one JSON object a line, the same bytes in every repetition.
  public var metrics: URL { url.appending(path: "metrics.jsonl") }
  /// How long it took: one JSON object a line.
  public var timing: URL { url.appending(path: "timing.jsonl") }
  /// The folder of checkpoints.
  public var checkpoints: URL { url.appending(path: "checkpoints") }
  /// The trained model.
  public var model: URL { url.appending(path: "model.safetensors") }
  /// The figures at the end; its being there says that the run is finished.
  public var result: URL { url.appending(path: "result.json") }

  /// The run of another rotation, from 1, of which classes are held out.
  public func rotation(_ number: Int) -> RunFolder {
    RunFolder(url.appending(path: "rotation-\(number)"))
  }

  /// Whether the run and its rotations, of so many in all, came to their end.
  func isFinished(rotations: Int) -> Bool {
    isFinished && (1..<max(1, rotations)).allSatisfy { rotation($0).isFinished }
  }

  /// The model file that a path means: the file itself, or that of the run in a folder.
  public static func modelFile(at url: URL) -> URL {
    Folder.kind(at: url) == .folder ? RunFolder(url).model : url
  }

  /// Whether there is an ordinary file, links followed.
  static func hasFile(_ url: URL) -> Bool { Folder.kind(at: url) == .other }

  /// Whether a run was ever begun here.
  public var isRun: Bool { Folder.kind(at: recipe) == .other }
  /// Whether the run came to its end.
  public var isFinished: Bool { isRun && Folder.kind(at: result) == .other }

  /// The run in a folder, to be read; throws where there is none.
  public static func existing(at url: URL) throws(RunError) -> RunFolder {
    let folder = RunFolder(url)
    guard folder.isRun else { throw .notARun(folder: url.path) }
    return folder
  }

  /// The run of a recipe that was begun last in a folder of runs, of those that did not come to their
  /// end; nil where there is none.
  public static func lastUnfinished(in parent: URL, of recipe: Recipe) -> RunFolder? {
    let names = (try? Folder.names(in: parent)) ?? []
    func begun(_ folder: RunFolder) -> String? {
      (try? folder.readEnvironment())?["started"]?.string
    }
    return names.map { RunFolder(parent.appending(path: $0)) }.filter { folder in
      folder.isRun && !folder.isFinished(rotations: recipe.evaluation.rotations)
        && (try? Recipe(url: folder.recipe, recipe.catalogues).differences(from: recipe)) == []
    }.max { begun($0) ?? "" < begun($1) ?? "" }
  }

  /// Writes the complete recipe, from when on the folder counts as a run.
  public func write(recipe yaml: String) throws(RunError) {
    try RunError.naming { () throws(FileError) in try AtomicFile.write(yaml, to: recipe) }
  }

  /// Writes what the figures may depend on besides the recipe.
  public func write(environment value: JSONValue) throws(RunError) {
    try RunError.naming { () throws(FileError) in
      try AtomicFile.write("\(value)\n", to: environment)
    }
  }

  /// Writes the figures of the end, from when on the run counts as finished.
  public func write(result value: JSONValue) throws(RunError) {
    try RunError.naming { () throws(FileError) in try AtomicFile.write("\(value)\n", to: result) }
  }

  /// The figures of the end; throws where there are none or they are damaged.
  public func readResult() throws(RunError) -> JSONValue { try Self.readJSON(result) }

  /// What the figures may depend on; throws where it is missing or damaged.
  public func readEnvironment() throws(RunError) -> JSONValue { try Self.readJSON(environment) }

  /// The folder from which the run was begun, where relative paths of its recipe lead from; nil where
  /// that is not known.
  var workingDirectory: URL? {
    (try? readEnvironment())?["workingDirectory"]?.string.map { URL(fileURLWithPath: $0) }
  }

  /// The keys of the run's recipe that were changed since it was begun, as `key is one and other`;
  /// none where that is not known.
  func editedKeys(of recipe: Recipe) -> [String] {
    guard let begun = (try? readEnvironment())?["recipe"]?.string,
      let original = try? Recipe(yaml: begun, file: environment.path, recipe.catalogues)
    else { return [] }
    return recipe.differences(from: original)
  }

  private static func readJSON(_ url: URL) throws(RunError) -> JSONValue {
    let bytes = try RunError.naming { () throws(FileError) in try OpenFile.bytes(of: url.path) }
    do throws(JSONError) {
      return try JSONValue(parsing: bytes)
    } catch {
      throw .damagedFile(file: url.path, reason: "\(error)")
    }
  }
}

extension DataSets {
  /// The same sets, where relative paths are also looked for from where a run was begun.
  public func alsoFrom(_ run: RunFolder) -> DataSets {
    var sets = self
    sets.workingDirectories += [run.workingDirectory].compactMap { $0 }
    return sets
  }
}
