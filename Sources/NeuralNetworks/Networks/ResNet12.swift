import Settings
public import Tensors

/// The residual network of twelve convolutions of the few-shot literature.
public enum ResNet12 {
  /// The filters of the four blocks in most papers.
  public static let usualWidth = [64, 160, 320, 640]
  /// The pixels a side of the smallest pictures that leave features.
  static let smallestSide = 16
  /// The slope of negative numbers in all activations.
  fileprivate static let slope = 0.1
}

/// ResNet-12: four residual blocks of three 3x3 convolutions, each halved by a 2x2 max-pool (Lee,
/// Maji, Ravichandran and Soatto 2019, arXiv 1904.03758, section 4.1; the form of most few-shot
/// papers since).
///
/// A block is a(n(c(a(n(c(a(n(c(x)))))))) + n(p(x))): c are convolutions, without bias where there are
/// normalizations n, a leaky ReLUs of slope 0.1, p a 1x1
/// convolution. `width` says the filters of the blocks. Features are the mean over positions (of
/// most later papers), or all numbers of the last block (Lee et al.); `dropRate` drops numbers of the first two blocks and squares of
/// the last two, where the learner draws at random. Parameters are `block1.layers.convolution1.weight`
/// and so on; without `outputs` there is no `head`.
public func resNet12(
  inputShape: Shape, width: [Int] = ResNet12.usualWidth, features: Conv4.Features = .mean,
  dropRate: Double = 0, dropSize: Int = 5, outputs: Int? = nil,
  normalization: NormalizationMode? = .support
) -> Network {
  var layers: [(name: String, layer: any Layer)] = []
  for (block, filters) in zip(1..., width) {
    let name = "block\(block)"
    layers.append(("\(name).layers", residualBlock(filters: filters, normalization)))
    layers.append(("\(name).activation", Activation.leakyRelu(slope: ResNet12.slope)))
    layers.append(("\(name).pool", Pool(.maximum)))
    guard dropRate > 0 else { continue }
    let drop: any Layer =
      block <= 2 ? Dropout(rate: dropRate) : DropBlock(rate: dropRate, size: dropSize)
    layers.append(("\(name).dropout", drop))
  }
  switch features {
  case .mean: layers.append(("features", GlobalAveragePool()))
  case .maps where outputs == nil: break
  case .all, .maps: layers.append(("features", Flatten()))
  }
  if let outputs { layers.append(("head", Dense(units: outputs))) }
  return Network(inputShape: inputShape, layers: layers)
}

/// Three convolutions, to which what they read is added by a projection.
private func residualBlock(filters: Int, _ normalization: NormalizationMode?) -> Residual {
  func convolution(_ number: Int?, kernel: Int) -> [(name: String, layer: any Layer)] {
    let number = number.map(String.init) ?? ""
    let convolution = Conv2D(filters: filters, kernel: kernel, bias: normalization == nil)
    var layers: [(name: String, layer: any Layer)] = [("convolution\(number)", convolution)]
    if let normalization {
      layers.append(("normalization\(number)", BatchNorm(mode: normalization)))
    }
    return layers
  }
  var layers: [(name: String, layer: any Layer)] = []
  for number in 1...3 {
    layers += convolution(number, kernel: 3)
    if number < 3 {
      layers.append(("activation\(number)", Activation.leakyRelu(slope: ResNet12.slope)))
    }
  }
  return Residual(layers, projection: Sequential(convolution(nil, kernel: 1)))
}

extension NetworkEntry {
  /// Four residual blocks.
  public static let resNet12 = NetworkEntry(
    "resnet12", "Four residual blocks of three convolutions, as in the few-shot literature.",
    takes: .pictures
  ) { (settings, needs) throws(SettingsError) in
    let width = try settings.integers(
      "width", "Filters of each of the four blocks.", default: ResNet12.usualWidth,
      in: 1...4096, count: 4...4)
    let features = try settings.choice(
      "features",
      "What becomes of the last block's results: all in a row, their mean, or maps in place.",
      default: Conv4.Features.mean)
    let dropRate = try settings.number(
      "dropRate",
      "What part of the numbers after each block is dropped in training, by learners that take a "
        + "batch as a whole; inner loops drop nothing.", default: 0,
      .within(0...0.9))
    let dropSize = try settings.integer(
      "dropSize",
      "Side of the squares that the last two blocks drop; 2 is usual for pictures of 32 pixels.",
      default: 5, in: 1...64)
    let normalization = try needs.normalization(in: settings, default: needs.defaultNormalization)
    let key = settings.full("kind")
    return NetworkPlan { (inputs, outputs) throws(NetworkError) in
      let (shape, side) = (inputs[0].shape, ResNet12.smallestSide)
      guard shape[0] >= side, shape[1] >= side else {
        throw NetworkError(
          "'\(key)' resnet12 takes pictures of at least \(side) pixels a side, and these examples "
            + "are \(shape)")
      }
      return try NeuralNetworks.resNet12(
        inputShape: shape, width: width, features: features, dropRate: dropRate,
        dropSize: dropSize, outputs: outputs, normalization: normalization
      ).on(inputs)
    }
  }
}
