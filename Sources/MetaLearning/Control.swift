public import MetaTasks
public import NeuralNetworks
public import Settings

/// Something simple that is evaluated on the same tasks, without which no figure means anything.
public struct ControlEntry: CatalogueItem {
  /// The name in files.
  public let name: String
  /// The name for people.
  public let summary: String
  /// Makes it, or several of which the one is judged that is best on validation tasks; none where
  /// it does not suit the tasks.
  public let candidates: @Sendable (ControlParts) -> [any MetaLearner]

  /// Describes a control, which is nil where it does not suit the tasks.
  public init(
    _ name: String, _ summary: String,
    make: @escaping @Sendable (ControlParts) -> (any MetaLearner)?
  ) {
    self.init(name, summary, among: { parts in make(parts).map { [$0] } ?? [] })
  }

  /// Describes a control that is chosen among several.
  public init(
    _ name: String, _ summary: String,
    among candidates: @escaping @Sendable (ControlParts) -> [any MetaLearner]
  ) {
    self.name = name
    self.summary = summary
    self.candidates = candidates
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
  /// The steps of the learner where it is an optimizer; else nil.
  public let optimizerSteps: Int?

  /// Puts parts together.
  public init(
    signature: Signature, network: Network, preparation: (any Preparation)?,
    optimizerSteps: Int? = nil
  ) {
    self.signature = signature
    self.network = network
    self.preparation = preparation
    self.optimizerSteps = optimizerSteps
  }
}
