public import Tensors

/// The four-block convolutional network of the few-shot literature.
public enum Conv4 {
  /// How blocks halve the pictures.
  public enum Form: String, Codable, Hashable, Sendable, CaseIterable {
    /// Convolution, normalization, 2x2 max-pool, ReLU; then all features.
    case maxPool
    /// Convolution with stride 2, normalization, ReLU; then the mean over positions.
    case strided
  }
}

/// Conv4: four blocks of 3x3 convolution, batch normalization and ReLU with `width` filters.
///
/// Parameters are `block1.convolution.weight` (and `.bias`), `block1.normalization.scale` and
/// `.offset`, ..., `head.weight` and `head.bias`. Without `outputs` there is no head: results are the
/// features, an embedding.
public func conv4(
  inputShape: Shape, width: Int = 64, form: Conv4.Form = .maxPool, outputs: Int? = nil,
  normalization: NormalizationMode? = .examples, convolutionBias: Bool = true,
  initializer: Initializer = .glorotUniform
) -> Network {
  var layers: [(name: String, layer: any Layer)] = []
  for block in 1...4 {
    let name = "block\(block)"
    let convolution = Conv2D(
      filters: width, stride: form == .strided ? 2 : 1, bias: convolutionBias,
      initializer: initializer)
    layers.append(("\(name).convolution", convolution))
    if let normalization {
      layers.append(("\(name).normalization", BatchNorm(mode: normalization)))
    }
    // The largest of rectified numbers is the largest number, rectified: a quarter of the work.
    if form == .maxPool { layers.append(("\(name).pool", Pool(.maximum))) }
    layers.append(("\(name).activation", Activation.relu))
  }
  switch form {
  case .maxPool: layers.append(("features", Flatten()))
  case .strided: layers.append(("features", GlobalAveragePool()))
  }
  if let outputs {
    layers.append(("head", Dense(units: outputs, initializer: initializer)))
  }
  return Network(inputShape: inputShape, layers: layers)
}
