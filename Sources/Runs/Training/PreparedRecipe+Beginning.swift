internal import Foundation
internal import MetaLearning
internal import Tensors

extension PreparedRecipe {
  /// The state before the first step: of random parameters, or of those that another training led
  /// to.
  ///
  /// Throws where there are no such parameters, or they are those of another network or learner.
  func initialState(_ configuration: MetaTrainer.Configuration) throws -> TrainingState {
    let path = recipe.training.from
    if path.isEmpty { return MetaTrainer.initialState(configuration) }
    let file = RunFolder.modelFile(at: URL(fileURLWithPath: path))
    let model = try MetaTrainedModel.read(file, recipe.catalogues)
    let own = learner.initialParameters(RandomKey(seed: 0))
    guard model.parameters.forms == own.forms else {
      throw ModelError(
        .damaged, file: file.path,
        "its network or learner is not that of the recipe; leave learner and network to --from, or "
          + "give them as they stand in its recipe")
    }
    return TrainingState(trees: configuration.trees(of: 0, from: model.parameters))
  }
}
