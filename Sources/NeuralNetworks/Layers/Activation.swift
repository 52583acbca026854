public import Settings
public import Tensors

/// A function of each element.
public enum Activation: SingleInputLayer, Hashable {
  /// max(x, 0).
  case relu
  /// x where it is positive, else `slope` times x.
  case leakyRelu(slope: Double = 0.01)
  /// The hyperbolic tangent.
  case tanh
  /// 1 / (1 + e^-x).
  case sigmoid
  /// x Φ(x) with the normal distribution function Φ.
  case gelu

  /// Yes.
  public var carriesLeadingAxis: Bool { true }

  /// The function of each element.
  public func callAsFunction(
    _ inputs: Tensor, _ parameters: Parameters, _ context: inout NetworkContext
  ) -> Tensor {
    switch self {
    case .relu: inputs.relu()
    case .leakyRelu(let slope): inputs.leakyRelu(slope: slope)
    case .tanh: inputs.tanh()
    case .sigmoid: inputs.sigmoid()
    case .gelu: inputs.gelu()
    }
  }
}

extension Activation {
  /// The functions that a recipe can name.
  public static let catalogue = Catalogue<CatalogueEntry<Activation>>(
    "activation",
    [
      .init("relu", "max(x, 0) of each element.") { (_) throws(SettingsError) in .relu },
      .init("leakyRelu", "x where it is positive, else a fraction of it, of each element.") {
        (settings) throws(SettingsError) in
        .leakyRelu(
          slope: try settings.number(
            "slope", "The fraction of negative elements.", default: 0.01, .any))
      },
      .init("tanh", "The hyperbolic tangent of each element.") { (_) throws(SettingsError) in .tanh
      },
      .init("sigmoid", "1 / (1 + e^-x) of each element.") { (_) throws(SettingsError) in .sigmoid },
      .init("gelu", "x times the normal distribution function of x, of each element.") {
        (_) throws(SettingsError) in .gelu
      },
    ])

  /// Reads the function that the key `activation` of a network names.
  init(in settings: SettingsSection) throws(SettingsError) {
    self = try settings.kind(of: Self.catalogue, default: "relu", key: "activation").read(settings)
  }
}

extension LayerEntry {
  /// A layer for each activation.
  static let activations = Activation.catalogue.items.map { entry in
    LayerEntry(entry.name, entry.summary) { (settings, _) throws(SettingsError) in
      try entry.read(settings)
    }
  }
}
