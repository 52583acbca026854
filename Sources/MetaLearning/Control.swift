public import MetaTasks
public import NeuralNetworks
public import Settings

/// Something simple that is evaluated on the same tasks, without which no figure means anything.
public struct ControlEntry: CatalogueItem {
  /// The name in files.
  public let name: String
  /// The name for people.
  public let summary: String
  /// Makes it; nil where it does not suit the tasks.
  public let make: @Sendable (ControlParts) -> (any MetaLearner)?

  /// Describes a control.
  public init(
    _ name: String, _ summary: String,
    make: @escaping @Sendable (ControlParts) -> (any MetaLearner)?
  ) {
    self.name = name
    self.summary = summary
    self.make = make
  }

  /// There is nothing to set.
  public func describe(in section: SettingsSection) {}
}

/// What a control is made of.
public struct ControlParts: Sendable {
  /// What tasks are made of.
  public let signature: Signature
  /// The learner's own network with an output for each class or number, which nobody has trained.
  public let network: Network
  /// How raw input becomes inputs; nil where there is none to bring.
  public let preparation: (any Preparation)?

  /// Puts parts together.
  public init(signature: Signature, network: Network, preparation: (any Preparation)?) {
    self.signature = signature
    self.network = network
    self.preparation = preparation
  }
}
