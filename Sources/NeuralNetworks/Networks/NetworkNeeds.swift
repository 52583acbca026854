public import Settings

/// What a learner asks of the network that it is given.
public struct NetworkNeeds: Sendable {
  /// By which statistics networks normalise that normalise unless told otherwise.
  public let defaultNormalization: NormalizationMode
  /// The modes that the learner cannot work with, each with its reason in words that follow "must
  /// not be 'running'", such as `with the learner maml, whose inner loop does not follow running
  /// statistics`.
  public let refusals: [NormalizationMode: String]

  /// Says what a learner asks.
  public init(
    defaultNormalization: NormalizationMode = .support,
    refusing refusals: [NormalizationMode: String] = [:]
  ) {
    self.defaultNormalization = defaultNormalization
    self.refusals = refusals
  }

  /// The modes that a recipe may name.
  ///
  /// Statistics of the examples at hand are not among them, as they make every prediction depend on
  /// the other queries; a learner is evaluated in both ways under `support`.
  private static let modes = NormalizationMode.allCases.filter { $0 != .examples }

  /// Reads by which statistics a network normalises; nil: `none`.
  ///
  /// Throws where the learner refuses the mode.
  public func normalization(
    in settings: SettingsSection, key: String = "normalization",
    default fallback: NormalizationMode?
  ) throws(SettingsError) -> NormalizationMode? {
    try mode(in: settings, key, default: fallback?.rawValue ?? "none", also: ["none"])
  }

  /// Reads by which statistics a normalization layer normalises; throws where the learner refuses
  /// the mode.
  func mode(in settings: SettingsSection) throws(SettingsError) -> NormalizationMode {
    try mode(in: settings, "mode", default: defaultNormalization.rawValue, also: [])
      ?? defaultNormalization
  }

  private func mode(
    in settings: SettingsSection, _ key: String, default fallback: String, also others: [String]
  ) throws(SettingsError) -> NormalizationMode? {
    let name = try settings.choice(
      key, "By the statistics of which examples to normalise.", default: fallback,
      among: others + Self.modes.map(\.rawValue))
    guard let mode = NormalizationMode(rawValue: name) else { return nil }
    guard let reason = refusals[mode] else { return mode }
    let allowed = Self.modes.filter { refusals[$0] == nil }.map(\.rawValue)
    throw settings.error(
      key, "must not be '\(name)' \(reason); use \(allowed.joined(separator: " or "))")
  }
}
