public import Settings

/// The layers that a recipe can name.
public enum LayerCatalogue {
  /// All of this package.
  public static let standard = Catalogue<LayerEntry>(
    "layer",
    [.dense, .convolution, .pool, .globalAveragePool, .flatten] + LayerEntry.activations + [
      .batchNorm, .layerNorm, .unitLength, .dropout, .dropBlock,
      .embedding, .sequenceMean, .bag, .lstm, .attention, .causalConvolution, .transformerBlock,
      .concatenate, .add, .film, .sequential, .residual,
    ])
}
