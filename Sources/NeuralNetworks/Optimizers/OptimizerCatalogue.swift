public import Settings

/// The optimizers that a recipe can name.
public enum OptimizerCatalogue {
  /// All of this package.
  ///
  /// One who needs other defaults puts entries in the place of these, such as
  /// `standard.adding(.adam(beta1: 0), .adamw(beta1: 0))`.
  public static let standard = Catalogue<CatalogueEntry<any Optimizer>>(
    "optimizer", usual: "adam", [.adam(), .adamw(), .sgd, .rmsprop])
}
