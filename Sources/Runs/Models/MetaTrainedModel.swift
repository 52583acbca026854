internal import Files
public import Foundation
public import MetaLearning
public import MetaTasks
public import Tensors

/// A meta-trained model: parameters to be adapted, with everything that adapting needs.
public struct MetaTrainedModel: Sendable {
  /// The recipe that it was trained by.
  public let recipe: Recipe
  /// The shape of one example.
  public let inputShape: Shape
  /// Classes that its tasks had, or numbers to predict.
  public let outputCount: Int
  /// How pictures become inputs; nil where inputs are not pictures.
  public let preparation: PicturePreparation?
  /// The parameters.
  public let parameters: ParameterValues

  /// Puts a model together.
  public init(
    recipe: Recipe, inputShape: Shape, outputCount: Int, preparation: PicturePreparation?,
    parameters: ParameterValues
  ) {
    self.recipe = recipe
    self.inputShape = inputShape
    self.outputCount = outputCount
    self.preparation = preparation
    self.parameters = parameters
  }

  /// The learner, ready to adapt.
  public func learner() throws(RecipeError) -> any MetaLearner {
    try recipe.learner(inputShape: inputShape, outputCount: outputCount)
  }

  /// Writes the model to a file, which is there whole or not at all.
  public func write(to url: URL) throws(SafetensorsError) {
    try SealedSafetensors.write(
      parameters.entries.map { ($0.name, $0.leaf) },
      metadata: ModelMetadata(
        kind: .metaTrained, recipe: recipe, inputShape: inputShape, outputCount: outputCount,
        preparation: preparation, classes: nil
      ).encoded, to: url)
  }

  /// Reads a model; throws where the file is missing, damaged or of another kind.
  public static func read(_ url: URL) throws -> MetaTrainedModel {
    let file = try ModelMetadata.read(url)
    let metadata = try ModelMetadata(file, expecting: .metaTrained)
    let learner = try metadata.learner()
    let template = learner.initialParameters(RandomKey(seed: 0))
    return MetaTrainedModel(
      recipe: metadata.recipe, inputShape: metadata.inputShape, outputCount: metadata.outputCount,
      preparation: metadata.preparation, parameters: try file.tree(like: template.map(\.shape)))
  }
}

extension PreparedRecipe {
  /// The model of parameters that were trained by the recipe.
  func model(_ parameters: ParameterValues) -> MetaTrainedModel {
    MetaTrainedModel(
      recipe: recipe, inputShape: dataSet.inputShape, outputCount: outputCount,
      preparation: dataSet.preparation, parameters: parameters)
  }

  /// The trained parameters of a run that followed this recipe.
  ///
  /// They are those of its model, or else the best or last that were kept. Throws where there are
  /// none.
  public func parameters(of folder: RunFolder) throws -> ParameterValues {
    let template = learner.initialParameters(RandomKey(seed: 0))
    if Folder.kind(at: folder.model) == .other {
      return try ModelMetadata.read(folder.model).tree(like: template.map(\.shape))
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
      return try checkpoint.tree("parameters", like: template)
    } catch {
      throw ModelError(
        .damaged, file: folder.checkpoints.path, "its parameters are not those of the run's recipe")
    }
  }
}
