public import Foundation
public import MetaLearning
public import MetaTasks
public import Settings
public import TensorFiles
public import Tensors

/// A meta-trained model: parameters to be adapted, with everything that adapting needs.
public struct MetaTrainedModel: Sendable {
  /// The recipe that it was trained by.
  public let recipe: Recipe
  /// What its tasks are made of.
  public let signature: Signature
  /// Classes that its test tasks had; nil where they have none.
  public let ways: Int?
  /// How raw input becomes inputs; nil where there is none to bring.
  public let preparation: (any Preparation)?
  /// The parameters.
  public let parameters: ParameterValues
  /// Below which score a query is of none of the classes; nil where that was not found.
  public let unknown: NoveltyThreshold?

  /// Puts a model together.
  public init(
    recipe: Recipe, signature: Signature, ways: Int?, preparation: (any Preparation)?,
    parameters: ParameterValues, unknown: NoveltyThreshold? = nil
  ) {
    self.unknown = unknown
    self.recipe = recipe
    self.signature = signature
    self.ways = ways
    self.preparation = preparation
    self.parameters = parameters
  }

  /// The learner, ready to adapt.
  public func learner() throws(SettingsError) -> any MetaLearner {
    try recipe.learner(for: signature, ways: ways)
  }

  /// Writes the model to a file, which is there whole or not at all.
  public func write(to url: URL) throws(SafetensorsError) {
    try SealedSafetensors.write(
      parameters.entries.map { ($0.name, $0.leaf) },
      metadata: ModelMetadata(
        kind: .metaTrained, recipe: recipe, signature: signature, ways: ways,
        preparation: preparation, unknown: unknown
      ).encoded, to: url)
  }

  /// Reads a model; throws where the file is missing, damaged or of another kind.
  public static func read(
    _ url: URL, _ catalogues: Catalogues = .standard
  ) throws -> MetaTrainedModel {
    let file = try ModelMetadata.read(url)
    let metadata = try ModelMetadata(file, expecting: .metaTrained, catalogues)
    let template = try metadata.learner().initialParameters(RandomKey(seed: 0))
    return MetaTrainedModel(
      recipe: metadata.recipe, signature: metadata.signature, ways: metadata.ways,
      preparation: metadata.preparation, parameters: try file.tree(like: template.forms),
      unknown: metadata.unknown)
  }
}

extension SafetensorsFile {
  /// Whether the tensors have these names and shapes.
  fileprivate func isOf(_ forms: NamedTree<LeafForm>) throws -> Bool {
    try Set(names) == Set(forms.names)
      && forms.entries.allSatisfy { try tensor($0.name).shape == $0.leaf.shape.dimensions }
  }
}

extension PreparedRecipe {
  /// The model of parameters that were trained by the recipe.
  func model(
    _ parameters: ParameterValues, unknown: NoveltyThreshold? = nil
  ) -> MetaTrainedModel {
    MetaTrainedModel(
      recipe: recipe, signature: dataSet.signature, ways: ways, preparation: dataSet.preparation,
      parameters: parameters, unknown: unknown)
  }

  /// The trained parameters of a run that followed this recipe.
  ///
  /// They are those of its model, or else the best or last that were kept. Throws where there are
  /// none.
  public func parameters(of folder: RunFolder) throws -> ParameterValues {
    let template = learner.initialParameters(RandomKey(seed: 0))
    if RunFolder.hasFile(folder.model) {
      let file = try ModelMetadata.read(folder.model)
      if learner is any UnrollingLearner, try !file.isOf(template.forms) {
        // A rule that is learned trains other networks too, from a start like that of its own.
        return template.replacing(with: try file.leaves(like: template.learned.forms))
      }
      return try file.tree(like: template.forms)
    }
    let store = CheckpointStore(folder: folder.checkpoints)
    let checkpoint = try store.loadBest() ?? store.loadLatest()?.checkpoint
    guard let checkpoint else {
      throw ModelError(
        .missing, file: folder.url.path,
        "the run has no model and no checkpoint yet; go on with: metalearn train --output "
          + "\(folder.url.path) --resume auto")
    }
    do throws(CheckpointMismatch) {
      return try checkpoint.tree(TreeName.learner, like: template)
    } catch {
      throw ModelError(
        .damaged, file: folder.checkpoints.path, "its parameters are not those of the run's recipe")
    }
  }
}
