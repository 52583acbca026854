import Settings
public import Tensors

/// The four-block convolutional network of the few-shot literature.
public enum Conv4 {
  /// The filters of each of the four blocks; a literal stands for one number in all of them.
  ///
  /// Pictures shrink from block to block, so filters of late blocks cost less than those of early
  /// ones: with three pools, 64, 64, 128 and 256 take 1.4 times the arithmetic of 64 in each.
  public struct Width: Hashable, Sendable, ExpressibleByIntegerLiteral {
    /// The filters of the blocks, in order.
    public let blocks: [Int]

    /// Makes widths, one a block.
    public init(_ first: Int, _ second: Int, _ third: Int, _ fourth: Int) {
      blocks = [first, second, third, fourth]
    }

    /// Makes one width for all blocks.
    public init(_ width: Int) { self.init(width, width, width, width) }

    /// Makes one width for all blocks.
    public init(integerLiteral width: Int) { self.init(width) }
  }

  /// How blocks halve the pictures.
  public enum Form: String, Codable, Hashable, Sendable, CaseIterable {
    /// Convolution, normalization, 2x2 max-pool, ReLU.
    case maxPool
    /// The same without the last pool, which of the 3x3 positions that 28 pixels come to would drop
    /// five.
    case threeMaxPools
    /// Convolution with stride 2, normalization, ReLU.
    case strided
    /// The same with a row of zeros on each side, as PyTorch programs have it.
    case paddedStrides
    /// Convolution with stride 2, normalization, ReLU; stride 1 in the last block, which keeps 4x4 positions rather than 2x2.
    case threeStrides

    /// The pixels a side of the smallest pictures that leave features.
    public var smallestSide: Int {
      switch self {
      case .maxPool: 16
      case .threeMaxPools: 8
      case .strided, .paddedStrides, .threeStrides: 1
      }
    }

    /// Whether a block, from 1 to 4, ends in a pool.
    fileprivate func pools(after block: Int) -> Bool {
      switch self {
      case .maxPool: true
      case .threeMaxPools: block < 4
      case .strided, .paddedStrides, .threeStrides: false
      }
    }

    /// The stride of a block's convolution, from 1 to 4.
    fileprivate func stride(of block: Int) -> Int {
      switch self {
      case .maxPool, .threeMaxPools: 1
      case .strided, .paddedStrides: 2
      case .threeStrides: block < 4 ? 2 : 1
      }
    }

    /// What lies beyond the border of a picture.
    fileprivate var padding: WindowGeometry.Padding {
      self == .paddedStrides ? .explicit(1) : .same
    }

    /// What the papers' networks of this form give.
    public var usualFeatures: Features { [.strided, .paddedStrides].contains(self) ? .mean : .all }
  }

  /// What becomes of the last block's results [h, w, c].
  public enum Features: String, Codable, Hashable, Sendable, CaseIterable {
    /// All of them: [h · w · c].
    case all
    /// The mean over positions: [c].
    case mean
    /// All of them in their places: [h, w, c].
    case maps
  }
}

/// Conv4: four blocks of 3x3 convolution, batch normalization and ReLU, with filters as `width`
/// says.
///
/// Parameters are `block1.convolution.weight` (and `.bias`), `block1.normalization.scale` and
/// `.offset`, ..., `head.weight` and `head.bias`. Without `outputs` there is no head: results are
/// the features, an embedding: those usual for the form where none are named. Where
/// `normalizesFeatures`, each example's features are brought to one length (``LayerNorm``,
/// `features.normalization`), so that products with them compare directions.
public func conv4(
  inputShape: Shape, width: Conv4.Width = 64, form: Conv4.Form = .maxPool,
  features: Conv4.Features? = nil, normalizesFeatures: Bool = false, outputs: Int? = nil,
  normalization: NormalizationMode? = .support, convolutionBias: Bool = true,
  initializer: Initializer = .glorotUniform
) -> Network {
  var layers: [(name: String, layer: any Layer)] = []
  for (block, filters) in zip(1..., width.blocks) {
    let name = "block\(block)"
    let convolution = Conv2D(
      filters: filters, stride: form.stride(of: block), padding: form.padding,
      bias: convolutionBias,
      initializer: initializer)
    layers.append(("\(name).convolution", convolution))
    if let normalization {
      layers.append(("\(name).normalization", BatchNorm(mode: normalization)))
    }
    // The largest of rectified numbers is the largest number, rectified: a quarter of the work.
    if form.pools(after: block) { layers.append(("\(name).pool", Pool(.maximum))) }
    layers.append(("\(name).activation", Activation.relu))
  }
  switch features ?? form.usualFeatures {
  case .all: layers.append(("features", Flatten()))
  case .mean: layers.append(("features", GlobalAveragePool()))
  case .maps where outputs != nil: layers.append(("features", Flatten()))
  case .maps: break
  }
  if normalizesFeatures { layers.append(("features.normalization", LayerNorm())) }
  if let outputs {
    layers.append(("head", Dense(units: outputs, initializer: initializer)))
  }
  return Network(inputShape: inputShape, layers: layers)
}

extension NetworkEntry {
  /// Four blocks of convolution.
  public static let conv4 = NetworkEntry(
    "conv4", "Four blocks of convolution, normalization and ReLU, as in the few-shot literature.",
    takes: .pictures
  ) { (settings, needs) throws(SettingsError) in
    let form = try settings.choice(
      "form", "How blocks halve the pictures.", default: Conv4.Form.maxPool)
    let blocks = try settings.integers(
      "width", "Filters of each block, or of the four.", each: 64, in: 1...1024, count: 4)
    let features = try settings.choice(
      "features",
      "What becomes of the last block's results: all in a row, their mean, or maps in place.",
      default: form.usualFeatures)
    let normalizesFeatures = try settings.boolean(
      "normalizesFeatures", "Whether each example's features are brought to one length.",
      default: false)
    let convolutionBias = try settings.boolean(
      "convolutionBias", "Whether convolutions have biases.", default: true)
    let normalization = try needs.normalization(
      in: settings, default: needs.defaultNormalization)
    let key = settings.full("kind")
    return NetworkPlan { (inputs, outputs) throws(NetworkError) in
      let shape = inputs[0].shape
      guard shape[0] >= form.smallestSide, shape[1] >= form.smallestSide else {
        throw NetworkError(
          "'\(key)' conv4 of the form \(form.rawValue) takes pictures of at least "
            + "\(form.smallestSide) pixels a side, and these examples are \(shape)")
      }
      return try NeuralNetworks.conv4(
        inputShape: shape, width: Conv4.Width(blocks[0], blocks[1], blocks[2], blocks[3]),
        form: form, features: features, normalizesFeatures: normalizesFeatures, outputs: outputs,
        normalization: normalization, convolutionBias: convolutionBias
      ).on(inputs)
    }
  }
}
