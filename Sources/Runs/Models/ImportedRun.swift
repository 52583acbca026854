public import Files
internal import Foundation
internal import MetaLearning
public import TensorPrograms
internal import Tensors

/// A run whose weights another program trained.
public struct ImportedRun {
  /// Its folder.
  public let folder: RunFolder
  private let prepared: PreparedRecipe
  private let parameters: ParameterValues

  /// Writes recipe, environment and model of a run; throws where the weights are not those of the
  /// recipe's network.
  ///
  /// `environment` is what `environment.json` will say beside recipe and weights.
  public init(
    _ weights: ForeignWeights, _ prepared: PreparedRecipe, claim: RunClaim, environment: JSONValue
  ) throws {
    folder = claim.folder
    self.prepared = prepared
    parameters = try weights.parameters(of: prepared)
    guard parameters.isFinite else {
      throw ModelError(.damaged, file: weights.file, "it holds numbers that are not finite")
    }
    try prepared.model(parameters).write(to: folder.model)
    let bytes = try RunError.naming { () throws(FileError) in try OpenFile.bytes(of: weights.file) }
    let origin: JSONValue = [
      "file": .string(URL(fileURLWithPath: weights.file).lastPathComponent),
      "sha256": .string(Digest.hexadecimal(bytes)),
    ]
    guard case .object(let members) = environment else { return }
    try folder.write(
      environment: .object(
        members + [.init("weights", origin), .init("recipe", .string(prepared.recipe.yaml))]))
    try folder.write(recipe: prepared.recipe.yaml)
  }

  /// Judges the weights on the test tasks and writes the figures, from when on the run is finished.
  public func evaluate(
    _ runner: Runner, report: (String, Int, Int) -> Void
  ) throws -> (figures: RunFigures, result: JSONValue)? {
    var evaluation = try RunEvaluation(folder, prepared)
    try evaluation.run(runner, report: report)
    guard let figures = evaluation.figures else { return nil }
    if let threshold = figures.novelty?.threshold {
      try prepared.model(parameters, unknown: threshold).write(to: folder.model)
    }
    let result = JSONValue.object(
      [
        .init("schema", 1), .init("command", "import"), .init("run", .string(folder.url.path)),
      ] + figures.members(prepared))
    try folder.write(result: result)
    return (figures, result)
  }
}
