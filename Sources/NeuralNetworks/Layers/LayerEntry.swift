public import Settings

/// A kind of layer that a recipe can name.
public struct LayerEntry: CatalogueItem {
  /// The name that a recipe gives it.
  public let name: String
  /// What it is, in one line.
  public let summary: String
  /// Reads its settings and makes it; the reader knows the learner's needs and reads layers within.
  public let read: @Sendable (SettingsSection, LayerReader) throws(SettingsError) -> any Layer

  /// Makes an entry.
  public init(
    _ name: String, _ summary: String,
    read: @escaping @Sendable (SettingsSection, LayerReader) throws(SettingsError) -> any Layer
  ) {
    self.name = name
    self.summary = summary
    self.read = read
  }

  /// Asks a section for all settings.
  public func describe(in section: SettingsSection) throws(SettingsError) {
    _ = try read(section, LayerReader(LayerCatalogue.standard, NetworkNeeds()))
  }
}

/// Reads layers, and layers within layers, from lists of sections.
public struct LayerReader: Sendable {
  /// The kinds of layers that there are.
  public let catalogue: Catalogue<LayerEntry>
  /// What the learner asks of the network that the layers belong to.
  public let needs: NetworkNeeds

  /// Makes a reader.
  public init(_ catalogue: Catalogue<LayerEntry>, _ needs: NetworkNeeds) {
    self.catalogue = catalogue
    self.needs = needs
  }

  /// The layer that a section describes: the key `kind` names an entry, which reads the other keys.
  public func layer(_ settings: SettingsSection) throws(SettingsError) -> any Layer {
    try settings.kind(of: catalogue, default: nil).read(settings, self)
  }

  /// The layers that a list of sections describes, each with a name of its own.
  public func layers(
    in settings: SettingsSection, key: String = "layers"
  ) throws(SettingsError) -> [(name: String, layer: any Layer)] {
    try named(in: settings, key: key).map { ($0.name, $0.layer) }
  }

  /// The same with the sections.
  func named(
    in settings: SettingsSection, key: String
  ) throws(SettingsError) -> [(section: SettingsSection, name: String, layer: any Layer)] {
    guard let sections = try settings.sections(key, "The layers in order, each with its kind.")
    else {
      throw SettingsError(
        .missing, settings.place,
        "'\(settings.full(key))' is missing; it must be a list of sections, each with its 'kind'")
    }
    var counts: [String: Int] = [:]
    var named: [(section: SettingsSection, name: String, layer: any Layer)] = []
    for section in sections {
      let entry = try section.kind(of: catalogue, default: nil)
      counts[entry.name, default: 0] += 1
      let name = try section.text(
        "name", "What names of its parameters begin with.",
        default: "\(entry.name)\(counts[entry.name] ?? 1)")
      guard Self.isName(name), !named.contains(where: { $0.name == name }) else {
        throw section.error(
          "name",
          "must be a name of its own, of letters, digits and '_', parts of it joined by dots, not "
            + "'\(name)'")
      }
      named.append((section, name, try entry.read(section, self)))
    }
    return named
  }

  private static func isName(_ text: String) -> Bool {
    text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
      !part.isEmpty && part.utf8.count <= 64
        && part.utf8.allSatisfy {
          (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "_")
        }
    }
  }
}
