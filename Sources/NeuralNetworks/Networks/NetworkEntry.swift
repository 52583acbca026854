public import Settings

/// A kind of network that a recipe can name: what it takes, and how its settings are read.
public struct NetworkEntry: CatalogueItem {
  /// The name that a recipe gives it.
  public let name: String
  /// What it is, in one line.
  public let summary: String
  /// What it takes.
  public let takes: NetworkInputs
  private let make: @Sendable (SettingsSection, NetworkNeeds) throws(SettingsError) -> NetworkPlan

  /// Makes an entry.
  public init(
    _ name: String, _ summary: String, takes: NetworkInputs,
    read: @escaping @Sendable (SettingsSection, NetworkNeeds) throws(SettingsError) -> NetworkPlan
  ) {
    self.name = name
    self.summary = summary
    self.takes = takes
    make = read
  }

  /// Reads the settings of a network for a learner that needs something of it.
  public func read(
    _ settings: SettingsSection, _ needs: NetworkNeeds
  ) throws(SettingsError) -> NetworkPlan { try read(settings, needs, among: [self]) }

  /// Reads a network as one of several kinds, which errors name.
  func read(
    _ settings: SettingsSection, _ needs: NetworkNeeds, among entries: [NetworkEntry]
  ) throws(SettingsError) -> NetworkPlan {
    try make(settings, needs).read(from: settings, by: self, among: entries)
  }

  /// Asks a section for all settings.
  public func describe(in section: SettingsSection) throws(SettingsError) {
    _ = try read(section, NetworkNeeds())
  }
}
