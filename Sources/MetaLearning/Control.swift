public import MetaTasks
public import NeuralNetworks
public import Settings

/// Something simple that is evaluated on the same tasks, without which no figure means anything.
public struct ControlEntry: CatalogueItem {
  /// The name in files.
  public let name: String
  /// The name for people.
  public let summary: String
  /// Whether it can be applied to tasks.
  public let suits: @Sendable (Signature) -> Bool
  /// Makes it; the network is the learner's own with an output for each class or number, which nobody
  /// has trained.
  public let make: @Sendable (Signature, Network) -> any MetaLearner

  /// Describes a control.
  public init(
    _ name: String, _ summary: String, suits: @escaping @Sendable (Signature) -> Bool,
    make: @escaping @Sendable (Signature, Network) -> any MetaLearner
  ) {
    self.name = name
    self.summary = summary
    self.suits = suits
    self.make = make
  }

  /// There is nothing to set.
  public func describe(in section: SettingsSection) {}
}
